"""`manage.py demo`: fill an empty database with the demo district."""

import os
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from portal.demo.build import build, is_built

KNOWN_PASSWORD = "ningju-demo"  # noqa: S105  everybody reads it in the README
PASSWORD = os.environ.get("DEMO_PASSWORD") or KNOWN_PASSWORD


class Command(BaseCommand):
    help = "Builds the demo district: 2,000 volunteers, 145 studios, 600 households, 400 activities, 6 months of needs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale", type=float, default=1, help="multiply everything but divisions and staff"
        )
        parser.add_argument(
            "--today", type=date.fromisoformat, help="the day to count back from (YYYY-MM-DD)"
        )
        parser.add_argument("--again", action="store_true", help="add to people who are already there")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["scale"] <= 0:
            raise CommandError(_("--scale must be above 0."))
        if is_built() and not options["again"]:
            self.stdout.write(_("The demo district is already there."))
            return
        _check_may_be_built(again=options["again"])
        with override("zh-hans"):
            build(
                scale=options["scale"],
                today=options["today"] or timezone.localdate(),
                password=PASSWORD,
                say=self.stdout.write,
            )


def _check_may_be_built(*, again: bool) -> None:
    """The demo's people hold every role. Raises CommandError: real people are there, or the password is known."""
    if not again and User.objects.exists():
        raise CommandError(
            _("There are people in this database already. --again adds the demo district to them.")
        )
    if settings.HTTPS and PASSWORD == KNOWN_PASSWORD:
        raise CommandError(
            _("Everybody knows the demo's password, and this site is open to others: set DEMO_PASSWORD.")
        )
