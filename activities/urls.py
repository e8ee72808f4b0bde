"""Addresses of this app."""

from django.urls import path

from activities.views import attending, hours, organising, public, rankings, stand_ins, waiting

app_name = "activities"
urlpatterns = [
    path("", public.activities, name="list"),
    path("organised/", public.organised, name="organised"),
    path("post/", organising.post, name="post"),
    path("mine/", attending.my_sign_ups, name="my_sign_ups"),
    path("hours/", hours.hours, name="hours"),
    path("hours/<int:pk>/correction/", hours.correction_ask, name="correction_ask"),
    path("corrections/", hours.corrections, name="corrections"),
    path("corrections/<int:pk>/answer/", hours.correction_answer, name="correction_answer"),
    path("ranking/", rankings.ranking, name="ranking"),
    path("ranking/publish/", rankings.ranking_publish, name="ranking_publish"),
    path("ranking/published/<int:pk>/", rankings.snapshot, name="snapshot"),
    path("<int:pk>/", public.activity, name="activity"),
    path("<int:pk>/edit/", organising.edit, name="edit"),
    path("<int:pk>/move/", organising.activity_move, name="activity_move"),
    path("shifts/<int:pk>/sign-up/", attending.shift_sign_up, name="shift_sign_up"),
    path("shifts/<int:pk>/roster/", organising.roster, name="roster"),
    path("shifts/<int:pk>/code/", organising.shift_code, name="shift_code"),
    path("shifts/<int:pk>/wait/", waiting.wait, name="wait"),
    path("waiting/<int:pk>/", waiting.kept_place, name="kept_place"),
    path("waiting/<int:pk>/take/", waiting.take, name="take_kept_place"),
    path("waiting/<int:pk>/leave/", waiting.leave, name="leave_waiting_list"),
    path("sign-ups/<int:pk>/cannot-come/", stand_ins.cannot_come, name="cannot_come"),
    path("sign-ups/<int:pk>/stand-in/", stand_ins.find_stand_in, name="find_stand_in"),
    path("sign-ups/<int:pk>/swap/", stand_ins.swap, name="swap"),
    path("sign-ups/<int:pk>/come-after-all/", stand_ins.come_after_all, name="come_after_all"),
    path("stand-ins/<int:pk>/", stand_ins.stand_in, name="stand_in"),
    path("sign-ups/<int:pk>/cancel/", attending.sign_up_cancel, name="sign_up_cancel"),
    path("sign-ups/<int:pk>/check-in/", attending.check_in, name="check_in"),
    path("sign-ups/<int:pk>/check-out/", attending.check_out, name="check_out"),
    path("sign-ups/<int:pk>/left/", organising.open_check_in, name="open_check_in"),
]
