"""Addresses of this app."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("unread/", views.unread, name="unread"),
    path("read-all/", views.read_all, name="read_all"),
    path("<int:pk>/", views.open_message, name="open"),
    path("settings/", views.preferences, name="preferences"),
    path("settings/digest/", views.digest_preview, name="digest_preview"),
    path("settings/follow-group/", views.drop_choice, name="drop_choice"),
    path("settings/push/on/", views.push_on, name="push_on"),
    path("settings/push/off/", views.push_off, name="push_off"),
    path("watch/<int:pk>/", views.watch, name="watch"),
    path("unwatch/<int:pk>/", views.unwatch, name="unwatch"),
    # without signing in: the token of a message is the proof
    path("choices/<str:token>/", views.choices, name="choices"),
    path("choices/<str:token>/<str:act>/", views.ticket_act, name="ticket_act"),
    path("question/<str:token>/", views.question, name="question"),
    path("question/<str:token>/<str:name>/", views.answer, name="answer"),
]
