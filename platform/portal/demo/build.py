"""Building the demo district, in the order in which things depend on each other."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import User
from activities import tallies
from activities.chain import close_ledger
from activities.models import RankingSnapshot, Tally
from activities.rules import period_start
from activities.services import prepare_ranking, publish_ranking
from core.errors import DomainError
from portal.demo.earning import grant_what_was_earned, make_regulars
from portal.demo.gatherings import make_activities
from portal.demo.needs import make_needs
from portal.demo.people import (
    make_households,
    make_organisations,
    make_personas,
    make_staff,
    make_studios,
    make_volunteers,
)
from portal.demo.stage import DOMAIN, Stage

SEED = 20_260_301  # with the people already there, so that a second district is another one
LOCK = 7_310_105  # pg_advisory_xact_lock: two builders never work at once


@contextlib.contextmanager
def without_collector() -> Iterator[None]:
    """Millions of rows live at once and none of them in a cycle: nothing is gained by looking for cycles."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def is_built() -> bool:
    return bool(User.objects.filter(email__endswith=f"@{DOMAIN}").exists())


@transaction.atomic
def build(*, scale: float, today: date, password: str, say: Callable[[str], None]) -> None:
    """All of it or nothing. `say` hears each step with the seconds it took."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        # constraints and indexes are checked as ever; only the wait for the disk at each commit is saved
        cursor.execute("SET LOCAL synchronous_commit = off")
    stage = Stage(scale=scale, today=today, seed=SEED + User.objects.count())

    def people() -> None:
        make_staff(stage)
        make_volunteers(stage)
        make_studios(stage)
        make_households(stage)
        if not User.objects.filter(email=f"volunteer@{DOMAIN}").exists():
            make_personas(stage, password)

    def activities() -> None:
        organisations = make_organisations(stage)
        make_activities(stage, organisations)
        make_regulars(stage, organisations[0])

    def hours() -> None:
        tallies.rebuild()

    for name, step in (
        ("people", people),
        ("activities", activities),
        ("needs", lambda: make_needs(stage)),
        ("hours", hours),
        ("stars", lambda: grant_what_was_earned(stage)),
        ("rankings", lambda: publish_rankings(stage)),
        ("search", lambda: call_command("reindex", verbosity=0)),
    ):
        started = time.monotonic()
        with without_collector():
            step()
        say(f"{name}: {time.monotonic() - started:.1f} s")


def publish_rankings(stage: Stage) -> None:
    """Last month's is open to objections, the one before is published, as the centre would have done."""
    centre = User.objects.get(email=f"centre@{DOMAIN}")
    close_ledger()
    last = period_start(Tally.Period.MONTH, period_start(Tally.Period.MONTH, stage.today) - timedelta(days=1))
    for month in (period_start(Tally.Period.MONTH, last - timedelta(days=1)), last):
        for kind in (Tally.Subject.VOLUNTEER, Tally.Subject.STUDIO, Tally.Subject.UNIT):
            try:
                frozen = prepare_ranking(
                    subject_kind=kind,
                    period=Tally.Period.MONTH,
                    period_starts_on=month,
                    division=stage.district,
                    by=centre,
                )
            except DomainError:
                continue  # a very small district has too few
            if month != last:
                RankingSnapshot.objects.filter(pk=frozen.pk).update(
                    objections_until=stage.today - timedelta(days=1)
                )
                publish_ranking(snapshot=frozen, by=centre)
