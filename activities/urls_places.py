"""Addresses of places in shifts: the waiting list, who comes instead."""

from django.urls import path

from activities.views import stand_ins, waiting

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
]
