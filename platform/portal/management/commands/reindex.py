"""`manage.py reindex`: the search index anew, from the rows as they stand."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.search.index import rebuild
from portal.search.suggesting import relearn
from portal.search.weighing import weigh


class Command(BaseCommand):
    help = "Builds the search index anew: everything that can be found, and the words to suggest."

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = rebuild(self.stdout.write)
        weigh()
        relearn()
        self.stdout.write(f"{count} things can be found")
