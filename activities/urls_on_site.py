"""Addresses of attendance: what is used on site, and what is decided about it afterwards."""

from django.urls import path

from activities.views import attending, organising, scanning

urlpatterns = [
    path("shifts/<int:pk>/roster/", organising.roster, name="roster"),
    path("shifts/<int:pk>/code/", organising.shift_code, name="shift_code"),
    path("sign-ups/<int:pk>/check-in/", attending.check_in, name="check_in"),
    path("sign-ups/<int:pk>/check-out/", attending.check_out, name="check_out"),
    path("sign-ups/<int:pk>/left/", organising.open_check_in, name="open_check_in"),
    path("scan/<int:pk>/<str:token>/", scanning.scan, name="scan"),
    path("scanned/<str:ticket>/", scanning.scanned, name="scanned"),
]
