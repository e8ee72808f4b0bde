"""`manage.py messages`: collect the words of the site and compile them. What it does: core/catalogues.py."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import catalogues


class Command(BaseCommand):
    help = "Collects new words into the catalogues and compiles them; no gettext tools are needed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "names", nargs="*", help="catalogues: accounts activities matching notifications site (all)"
        )
        parser.add_argument("--compile", action="store_true", help="only compile what changed")
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if a word is missing or stale"
        )

    def handle(self, *_args: Any, names: list[str], **options: Any) -> None:
        chosen = [c for c in catalogues.catalogues() if not names or c.name in names]
        if not chosen:
            raise CommandError(f"no such catalogue: {', '.join(names)}")
        if options["check"]:
            self.check_words(chosen)
            return
        for catalogue in chosen:
            if not options["compile"]:
                words = catalogues.collect(catalogue)
                empty = len(words.untranslated_entries())
                self.stdout.write(f"{catalogue.name}: {len(words)} messages, {empty} to translate")
            catalogues.compile_catalogue(catalogue)

    def check_words(self, chosen: list[catalogues.Catalogue]) -> None:
        said = [line for catalogue in chosen for line in catalogues.problems_of(catalogue)]
        said += catalogues.contradictions(chosen)
        said += catalogues.stray_chinese(folder for catalogue in chosen for folder in catalogue.sources)
        for line in said:
            self.stderr.write(line)
        if said:
            raise CommandError(f"{len(said)} words need a hand")
        self.stdout.write("every word is there, in both languages")
