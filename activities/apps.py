from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivitiesConfig(AppConfig):
    name = "activities"
    verbose_name = _("Activities and hours")

    def ready(self) -> None:
        from activities import permissions  # noqa: F401  registers who may do what
