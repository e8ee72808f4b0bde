"""Addresses of what somebody earned: stars, certificates, awards, training."""

from django.urls import path

from activities.views import certificates, record, stars

urlpatterns = [
    path("record/", record.record, name="record"),
    path("record/<int:pk>/honours/", record.honours, name="honours"),
    path("record/<str:kind>/<int:pk>/strike/", record.honour_strike, name="honour_strike"),
    path("certificates/ask/", certificates.certificate_ask, name="certificate_ask"),
    path("certificates/<int:pk>/", certificates.certificate, name="certificate"),
    path("certificates/<int:pk>/paper.pdf", certificates.certificate_paper, name="certificate_paper"),
    path("certificates/<int:pk>/revoke/", certificates.certificate_revoke, name="certificate_revoke"),
    path("stars/", stars.stars, name="stars"),
    path("stars/apply/", stars.star_apply, name="star_apply"),
    path("stars/decide/", stars.star_decisions, name="star_decisions"),
    path("stars/<int:pk>/", stars.star, name="star"),
    path("stars/<int:pk>/withdraw/", stars.star_withdraw, name="star_withdraw"),
    path("stars/<int:pk>/<str:act>/", stars.star_decide, name="star_decide"),
    path("stars/objections/<int:pk>/answer/", stars.objection_answer, name="objection_answer"),
]
