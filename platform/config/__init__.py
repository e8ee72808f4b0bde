from config import environment

environment.read()

from config.celery import app as celery_app  # noqa: E402  (the settings read the environment)

__all__ = ["celery_app"]
