"""Addresses of places in shifts: the waiting list, who comes instead."""

from django.urls import path

from activities.views import calendars, can_take, qualifications, series, stand_ins, waiting

urlpatterns = [
    path("shifts/<int:pk>/wait/", waiting.wait, name="wait"),
    path("waiting/<int:pk>/", waiting.kept_place, name="kept_place"),
    path("waiting/<int:pk>/take/", waiting.take, name="take_kept_place"),
    path("waiting/<int:pk>/leave/", waiting.leave, name="leave_waiting_list"),
    path("sign-ups/<int:pk>/cannot-come/", stand_ins.cannot_come, name="cannot_come"),
    path("sign-ups/<int:pk>/stand-in/", stand_ins.find_stand_in, name="find_stand_in"),
    path("sign-ups/<int:pk>/swap/", stand_ins.swap, name="swap"),
    path("sign-ups/<int:pk>/come-after-all/", stand_ins.come_after_all, name="come_after_all"),
    path("stand-ins/<int:pk>/", stand_ins.stand_in, name="stand_in"),
    path("waiting/<int:pk>/confirm/", waiting.confirm, name="confirm_sign_up"),
    path("waiting/<int:pk>/refuse/", waiting.refuse, name="refuse_sign_up"),
    path("calendar/", calendars.calendar, name="calendar"),
    path("calendar/revoke/", calendars.calendar_revoke, name="calendar_revoke"),
    path("calendar/<str:token>.ics", calendars.calendar_feed, name="calendar_feed"),
    path("sign-ups/<int:pk>/shift.ics", calendars.shift_calendar, name="shift_calendar"),
    path("<int:pk>/series/", series.series, name="series"),
    path("series/<int:pk>/standing/", series.standing, name="standing"),
    path("series/<int:pk>/<str:day>/", series.series_day, name="series_day"),
    path("can-take/", can_take.can_take, name="can_take"),
    path("qualifications/", qualifications.qualifications, name="qualifications"),
    path("qualifications/queue/", qualifications.qualification_queue, name="qualification_queue"),
    path("qualifications/<int:pk>/check/", qualifications.qualification_check, name="qualification_check"),
    path("shifts/<int:pk>/roles/", qualifications.shift_roles, name="shift_roles"),
]
