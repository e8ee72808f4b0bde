"""Addresses of the sockets."""

from typing import Any

from django.urls import path

from notifications.consumers import PersonConsumer

websocket_urlpatterns: list[Any] = [path("ws/", PersonConsumer.as_asgi())]
