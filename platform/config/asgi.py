"""Pages and sockets on one port: Django under WSGI in threads for pages, Channels for sockets."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from config.pages import Pages
from config.wsgi import application as pages  # loads the apps, before what follows
from notifications.routing import websocket_urlpatterns

application = ProtocolTypeRouter(
    {
        "http": Pages(pages, threads=int(os.environ.get("WEB_THREADS", "8"))),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
