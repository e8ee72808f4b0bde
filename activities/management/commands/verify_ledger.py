"""`manage.py verify_ledger`: do the tallies, the ranks, the chain and the published heads say what the ledger says?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activities import bands, chain, tallies
from activities.services.coins import coin_differences


class Command(BaseCommand):
    help = (
        "Recomputes everything that follows the ledger and lists every difference; exit code 1 when there is one. "
        "--mend writes the tallies and bands anew; the chain and the heads are never mended."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--mend", action="store_true", help="write tallies and bands anew from the ledger"
        )

    def handle(self, *_args: Any, mend: bool, **_options: Any) -> None:
        counted = [str(difference) for difference in tallies.differences()] + bands.differences()
        chained = chain.differences() + coin_differences()
        for line in counted + chained:
            self.stdout.write(line)
        if mend and counted:
            tallies.rebuild()
            self.stdout.write(f"{len(counted)} tallies and bands differed; all are written anew")
            counted = []
        if counted or chained:
            raise CommandError(f"{len(counted) + len(chained)} differences")
        self.stdout.write("the ledger, its tallies, its chain and its published heads agree")
