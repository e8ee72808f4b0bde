"""Addresses of this app."""

from django.urls import path

from matching.views import apart, household, laboratory, models, plan, public, volunteer, worker

app_name = "matching"
urlpatterns = [
    # volunteers and leads of studios
    path("offers/", volunteer.offers, name="offers"),
    path("offers/<int:pk>/", volunteer.offer, name="offer"),
    path("offers/<int:pk>/accept/", volunteer.accept, name="accept"),
    path("offers/<int:pk>/decline/", volunteer.decline, name="decline"),
    path("services/<int:pk>/", volunteer.assignment, name="assignment"),
    path("services/<int:pk>/contact/", volunteer.contact, name="contact"),
    path("services/<int:pk>/move/", volunteer.assignment_move, name="assignment_move"),
    # everybody
    path("open/", public.near, name="near"),
    path("open/<int:pk>/", public.public_need, name="public_need"),
    path("open/<int:pk>/offer-myself/", public.offer_me, name="offer_myself"),
    # the worker of the neighbourhood
    path("post/", worker.request_post, name="request_post"),
    path("<int:pk>/", worker.request, name="request"),
    path("<int:pk>/cancel/", worker.request_cancel, name="request_cancel"),
    path("<int:pk>/close/", worker.request_close, name="request_close"),
    path("<int:pk>/ask-again/", worker.again, name="ask_again"),
    path("<int:pk>/ask-these/", worker.ask_these, name="ask_these"),
    path("proposals/<int:pk>/pass-over/", worker.pass_proposal, name="pass_over"),
    path("services/<int:pk>/times/", worker.times, name="enter_times"),
    path("households/<int:pk>/not-sent/", apart.not_sent, name="not_sent"),
    path("not-sent/<int:pk>/end/", apart.may_be_sent, name="may_be_sent"),
    # the centre
    path("model/", models.model, name="model"),
    path("model/train/", models.model_train, name="model_train"),
    path("model/back/", models.model_back, name="model_back"),
    path("model/<int:pk>/serve/", models.model_serve, name="model_serve"),
    path("laboratory/", laboratory.laboratory, name="laboratory"),
    path("laboratory/rule/", laboratory.laboratory_rule, name="laboratory_rule"),
    path("laboratory/<int:pk>/take/", laboratory.laboratory_take, name="laboratory_take"),
    # the plan for all open needs
    path("plan/", plan.plan, name="plan"),
    path("plan/<int:pk>/", plan.plan_need, name="plan_need"),
    path("plan/change/", plan.plan_change, name="plan_change"),
    path("plan/anew/", plan.plan_anew, name="plan_anew"),
    path("plan/state/", plan.plan_state, name="plan_state"),
    path("plan/running/<int:pk>/", plan.plan_running, name="plan_running"),
    path("plan/send/", plan.plan_send, name="plan_send"),
    # the household
    path("my-household/", household.my_household, name="my_household"),
    path("services/<int:pk>/review/", household.review, name="review"),
]
