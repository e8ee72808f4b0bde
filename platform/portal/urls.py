"""Addresses of the portal."""

from django.urls import path

from portal import style, views

app_name = "portal"
urlpatterns = [path("", views.home, name="home"), path("style/", style.style, name="style")]
