from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivitiesConfig(AppConfig):
    name = "activities"
    verbose_name = _("Activities and hours")

    def ready(self) -> None:
        from activities import permissions, subscribers  # noqa: F401  who may do what; what follows a fact
