"""The wall board for the centre's screen."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core.release import release
from portal import home as reading
from portal.wall import wall_of

DAY = 24 * 60 * 60  # seconds after which a screen loads the page anew: nothing grows for weeks


@require_GET
@never_cache
def wall(request: HttpRequest) -> HttpResponse:
    """Public: it shows figures and names of those who agreed. A screen of an older release, or of yesterday, is told
    to load itself anew."""
    place = reading.district()
    if place is None:
        raise Http404
    now = timezone.now()
    if request.headers.get("HX-Request") and _is_old(request, now.timestamp()):
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {
        "district": place,
        "now": now,
        "wall": wall_of(place.code, timezone.localdate(now)),
        "release": release(),
        "loaded": request.GET.get("loaded") or f"{now.timestamp():.0f}",
        "theme": "dark",
    }
    return render(request, "portal/wall.html", context)


def _is_old(request: HttpRequest, now: float) -> bool:
    loaded = request.GET.get("loaded", "")
    is_long_ago = not loaded.isdecimal() or now - int(loaded) > DAY
    return is_long_ago or request.GET.get("release") != release()
