"""`manage.py check_tallies`: does every tally say what the ledger says?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activities import tallies


class Command(BaseCommand):
    help = "Recomputes every tally from the ledger and lists those that differ; --mend writes them anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="write all tallies anew from the ledger")

    def handle(self, *_args: Any, mend: bool, **_options: Any) -> None:
        found = tallies.differences()
        for difference in found:
            self.stdout.write(
                f"{difference.subject_kind} {difference.subject_id}, {difference.period} from "
                f"{difference.period_starts_on}: ledger {difference.ledger_minutes} min in "
                f"{difference.ledger_services} services, tally {difference.tally_minutes} min in "
                f"{difference.tally_services}"
            )
        if not found:
            self.stdout.write("every tally agrees with the ledger")
        elif mend:
            tallies.rebuild()
            self.stdout.write(f"{len(found)} tallies differed; all are written anew")
        else:
            raise CommandError(f"{len(found)} tallies differ from the ledger")
