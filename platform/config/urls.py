"""Addresses of the site: each app keeps its own, `portal` has the root."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from activities.views import verifying
from core import health, signing

handler500 = "core.outage.server_error"
# the administration's own login page knows neither the throttle nor the second step
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("verify/", verifying.certificate_form, name="certificate_form"),
    path("verify/keys.json", signing.signing_keys, name="signing_keys"),
    path("verify/revoked.json", verifying.revoked_certificates, name="revoked_certificates"),
    path("verify/<str:statement>/", verifying.certificate_check, name="certificate_check"),
    path("accounts/", include("allauth.urls")),
    path("people/", include("accounts.urls")),
    path("activities/", include("activities.urls")),
    path("needs/", include("matching.urls")),
    path("inbox/", include("notifications.urls")),
    path("talk/", include("notifications.talk.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("", include("portal.urls")),
]
