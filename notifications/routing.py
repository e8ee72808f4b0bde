"""Addresses of the sockets."""

from typing import Any

from django.urls import path

from notifications.consumers import live

application: Any = live  # an ASGI application, where Django expects a view
websocket_urlpatterns: list[Any] = [path("ws/", application)]
