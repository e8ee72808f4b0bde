"""`manage.py demo`: fill an empty database with the demo district."""

import os
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.demo.build import build, is_built

PASSWORD = os.environ.get("DEMO_PASSWORD", "ningju-demo")


class Command(BaseCommand):
    help = "Builds the demo district: 2,000 volunteers, 145 studios, 600 households, 400 activities, 6 months of needs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale", type=float, default=1, help="multiply everything but divisions and staff"
        )
        parser.add_argument(
            "--today", type=date.fromisoformat, help="the day to count back from (YYYY-MM-DD)"
        )
        parser.add_argument(
            "--again", action="store_true", help="add to a demo district that is already there"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["scale"] <= 0:
            raise CommandError(_("--scale must be above 0."))
        if is_built() and not options["again"]:
            self.stdout.write(_("The demo district is already there."))
            return
        with override("zh-hans"):
            build(
                scale=options["scale"],
                today=options["today"] or timezone.localdate(),
                password=PASSWORD,
                say=self.stdout.write,
            )
