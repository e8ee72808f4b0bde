"""Addresses of attendance: what is used on site, and what is decided about it afterwards."""

from django.urls import path

from activities.views import attending, kiosks, offline, on_site, positions, scanning, slips, times

urlpatterns = [
    path("shifts/<int:pk>/roster/", on_site.roster, name="roster"),
    path("shifts/<int:pk>/code/", on_site.shift_code, name="shift_code"),
    path("sign-ups/<int:pk>/check-in/", attending.check_in, name="check_in"),
    path("sign-ups/<int:pk>/check-out/", attending.check_out, name="check_out"),
    path("sign-ups/<int:pk>/left/", on_site.open_check_in, name="open_check_in"),
    path("scan/<int:pk>/<str:token>/", scanning.scan, name="scan"),
    path("scanned/<str:ticket>/", scanning.scanned, name="scanned"),
    path("sign-ups/<int:pk>/tick/", on_site.tick, name="tick"),
    path("shifts/<int:pk>/offline-key/", offline.offline_key, name="offline_key"),
    path("offline-ticks/", offline.offline_ticks, name="offline_ticks"),
    path("offline-entries/<int:pk>/settle/", on_site.settle_entry, name="settle_entry"),
    path("times/", times.times, name="times"),
    path("times/<int:pk>/approve/", times.approve_time, name="approve_time"),
    path("shifts/<int:pk>/tablet/", kiosks.kiosk_setup, name="kiosk_setup"),
    path("kiosk/", kiosks.kiosk, name="kiosk"),
    path("kiosk/tap/", kiosks.kiosk_tap, name="kiosk_tap"),
    path("kiosk/begin/<str:token>/", kiosks.kiosk_begin, name="kiosk_begin"),
    path("shifts/<int:pk>/slips/", slips.shift_slips, name="shift_slips"),
    path("shifts/<int:pk>/slips/print/", slips.print_slips, name="print_slips"),
    path("slip/", slips.slip, name="slip"),
    path("shifts/<int:pk>/meeting-point/", positions.meeting_point, name="meeting_point"),
    path("sign-ups/<int:pk>/check-in-here/", positions.check_in_here, name="check_in_here"),
]
