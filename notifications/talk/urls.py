"""Addresses of conversations."""

from django.urls import path

from notifications.talk import views

app_name = "talk"
urlpatterns = [
    path("", views.threads, name="threads"),
    path("of/assignment/<int:pk>/", views.of_assignment, name="of_assignment"),
    path("of/activity/<int:pk>/", views.of_activity, name="of_activity"),
    path("<int:pk>/", views.thread, name="thread"),
    path("<int:pk>/mute/", views.mute, name="mute"),
    path("said/<int:pk>/picture.jpg", views.picture, name="picture"),
    path("said/<int:pk>/report/", views.report, name="report"),
    path("reports/", views.reports, name="reports"),
    path("reports/<int:pk>/", views.decide, name="decide"),
]
