"""Addresses of this app."""

from django.urls import include, path

from activities.views import (
    attending,
    coins,
    copying,
    hours,
    ledger,
    organising,
    papers,
    public,
    publishing,
    rankings,
    record_checks,
)

app_name = "activities"
urlpatterns = [
    path("", include("activities.urls_on_site")),
    path("", include("activities.urls_of_record")),
    path("", include("activities.urls_places")),
    path("", public.activities, name="list"),
    path("organised/", public.organised, name="organised"),
    path("post/", organising.post, name="post"),
    path("mine/", attending.my_sign_ups, name="my_sign_ups"),
    path("hours/", hours.hours, name="hours"),
    path("hours/<int:pk>/correction/", hours.correction_ask, name="correction_ask"),
    path("corrections/", hours.corrections, name="corrections"),
    path("corrections/<int:pk>/answer/", hours.correction_answer, name="correction_answer"),
    path("checks/", record_checks.record_checks, name="record_checks"),
    path("checks/<int:pk>/decide/", record_checks.record_check_decide, name="record_check_decide"),
    path("ranking/", rankings.ranking, name="ranking"),
    path("ranking/publish/", publishing.ranking_publish, name="ranking_publish"),
    path("ranking/published/<int:pk>/", publishing.snapshot, name="snapshot"),
    path("ranking/published/<int:pk>/publish/", publishing.snapshot_publish, name="snapshot_publish"),
    path("ranking/published/<int:pk>/withdraw/", publishing.snapshot_withdraw, name="snapshot_withdraw"),
    path("ranking/published/<int:pk>/object/", publishing.snapshot_object, name="snapshot_object"),
    path("ranking/published/<int:pk>/lines.csv", papers.snapshot_csv, name="snapshot_csv"),
    path("ranking/published/<int:pk>/lines.xlsx", papers.snapshot_xlsx, name="snapshot_xlsx"),
    path("ranking/published/<int:pk>/poster.pdf", papers.snapshot_poster, name="snapshot_poster"),
    path("ranking/objections/<int:pk>/answer/", publishing.objection_answer, name="objection_answer"),
    path("coins/", coins.coins, name="coins"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/<int:year>-<int:month>.json", ledger.ledger_head, name="ledger_head"),
    path("<int:pk>/", public.activity, name="activity"),
    path("<int:pk>/edit/", organising.edit, name="edit"),
    path("<int:pk>/copy/", copying.activity_copy, name="activity_copy"),
    path("<int:pk>/move/", organising.activity_move, name="activity_move"),
    path("shifts/<int:pk>/sign-up/", attending.shift_sign_up, name="shift_sign_up"),
    path("sign-ups/<int:pk>/cancel/", attending.sign_up_cancel, name="sign_up_cancel"),
]
