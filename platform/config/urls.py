"""Addresses of the site: each app keeps its own, `portal` has the root."""

from django.contrib import admin
from django.urls import include, path

from core import health

handler500 = "core.outage.server_error"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("people/", include("accounts.urls")),
    path("activities/", include("activities.urls")),
    path("needs/", include("matching.urls")),
    path("inbox/", include("notifications.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("", include("portal.urls")),
]
