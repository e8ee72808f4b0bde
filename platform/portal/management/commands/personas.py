"""`manage.py personas`: how to sign in as one person of each role in the demo district."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.models import User
from portal.demo.stage import DOMAIN
from portal.management.commands.demo import PASSWORD


class Command(BaseCommand):
    help = "Prints one login for each role of the demo district."

    def handle(self, *_args: Any, **_options: Any) -> None:
        roles = {
            "volunteer": _("Volunteer"),
            "worker": _("Community worker"),
            "centre": _("Volunteer centre"),
            "studio": _("Studio lead"),
            "family": _("Household's contact"),
        }
        known = set(
            User.objects.filter(email__in=[f"{role}@{DOMAIN}" for role in roles]).values_list(
                "email", flat=True
            )
        )
        if not known:
            self.stdout.write(_("There are no demo people: run `manage.py demo` first."))
            return
        for role, words in roles.items():
            if (email := f"{role}@{DOMAIN}") in known:
                self.stdout.write(f"  {email:<38} {PASSWORD:<14} {words}")
