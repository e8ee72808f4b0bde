"""`manage.py import_roster FILE`: a list of volunteers, studios, households or needs, as a centre keeps it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import StaffRole, User
from core.errors import DomainError
from portal.intake.importing import Result, import_roster
from portal.intake.mending import file_to_mend
from portal.models import Roster

SHOWN_PROBLEMS = 100


class Command(BaseCommand):
    help = (
        "Imports a list from CSV or XLSX. Good rows go in, bad rows are named with row, column and reason and can be "
        "written to a file to mend. Running the same list again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=Roster.values, default="", help="else told from the header")
        parser.add_argument("--dry-run", action="store_true", help="report only, write nothing")
        parser.add_argument("--by", metavar="EMAIL", help="who imports (else the first of a centre)")
        parser.add_argument(
            "--verified", action="store_true", help="the centre has checked these people already"
        )
        parser.add_argument("--errors-to", type=Path, metavar="FILE", help="write the rows to mend there")
        parser.add_argument("--language", default="zh-hans", help="of the messages: zh-hans, zh-hant or en")

    def handle(self, *_args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if not file.is_file():
            raise CommandError(f"no such file: {file}")
        with override(options["language"]):
            try:
                result = import_roster(
                    content=file.read_bytes(),
                    roster=options["kind"],
                    by=self.importer(options["by"]),
                    is_dry_run=options["dry_run"],
                    is_verified=options["verified"],
                )
            except DomainError as refused:
                raise CommandError(str(refused)) from refused
            self.tell(result)
            if options["errors_to"] and result.to_mend:
                options["errors_to"].write_bytes(file_to_mend(result))
                self.stdout.write(_("The rows to mend are in %(file)s") % {"file": options["errors_to"]})

    def importer(self, email: str | None) -> User:
        found = User.objects.filter(is_active=True).order_by("pk")
        if email:
            found = found.filter(email=email.lower())
        else:
            found = found.filter(roles__kind=StaffRole.Kind.CENTRE_STAFF)
        user: User | None = found.first()
        if user is None:
            raise CommandError(
                f"nobody has the e-mail address {email}" if email else "no staff of a centre yet: --by EMAIL"
            )
        return user

    def tell(self, result: Result) -> None:
        report = result.report
        for problem in report.problems[:SHOWN_PROBLEMS]:
            place = _("row %(row)d") % {"row": problem.row}
            column = f", {problem.column}" if problem.column else ""
            self.stderr.write(f"{place}{column}: {problem.reason}")
        if len(report.problems) > SHOWN_PROBLEMS:
            self.stderr.write("…")
        if report.not_read:
            self.stdout.write(
                _("Columns that were not read: %(names)s") % {"names": ", ".join(report.not_read)}
            )
        if report.never_read:
            self.stdout.write(
                _("Never taken in (ID numbers): %(names)s") % {"names": ", ".join(report.never_read)}
            )
        said = _("would be imported") if report.is_dry_run else _("imported")
        self.stdout.write(
            _(
                "%(kind)s: %(rows)d rows; %(imported)d %(said)s, %(already)d there already, %(refused)d to mend."
            )
            % {
                "kind": Roster(report.roster).label,
                "rows": report.rows,
                "imported": report.imported,
                "said": said,
                "already": report.already,
                "refused": report.refused,
            }
        )
        if report.changes_nothing:
            self.stdout.write(_("Nothing had to be changed."))
