"""`manage.py reindex`: the search index anew, from the rows as they stand."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.search.index import rebuild


class Command(BaseCommand):
    help = "Builds the search index anew: activities, needs and studios."

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = rebuild(self.stdout.write)
        self.stdout.write(f"{count} things can be found")
