"""The applications that are compared. All serve the same Django; only the way in differs."""

import os

from a2wsgi import WSGIMiddleware
from asgiref.wsgi import WsgiToAsgi
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from config.pages import Pages

threads = int(os.environ.get("WEB_THREADS", "8"))
wsgi = get_wsgi_application()
asgi = get_asgi_application()
bridge = Pages(wsgi, threads=threads)
a2wsgi = WSGIMiddleware(wsgi, workers=threads)
asgiref = WsgiToAsgi(wsgi)
