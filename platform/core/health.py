"""Whether the site is up."""

from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"up": True})


def readyz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ready": True})
