"""Each planning leaves one line: every night for each district, and when somebody asks for it."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Division, User, Volunteer
from matching.models import PlanDraft, PlanRun, Run, ServiceRequest
from matching.plans.board import lay_out, open_needs, wanting
from matching.plans.solving import Solved, solve
from matching.services.plans import EXPIRES_AFTER, current_plan
from matching.services.progress import finish, tell

KEEP_RUNS = timedelta(days=365)
SUBDISTRICT_DIGITS = 9
PEOPLE_READ_AT_ONCE = 5_000  # some 0.2 s here; more are read in the background, with progress


def plan_the_night() -> list[PlanRun]:
    """All open needs of each district, planned jointly over everybody; nobody is asked. Old drafts and runs go.

    Safe to run twice: it writes one more line a district.
    """
    now = timezone.now()
    PlanDraft.objects.filter(made_at__lt=now - EXPIRES_AFTER).delete()
    PlanRun.objects.filter(made_at__lt=now - KEEP_RUNS).delete()
    return [_plan_district(district) for district in Division.objects.filter(level=Division.Level.DISTRICT)]


def _plan_district(district: Division) -> PlanRun:
    began, now = time.perf_counter(), timezone.now()
    within = ServiceRequest.objects.filter(division__code__startswith=district.code)
    solved = solve(lay_out(list(wanting(within, now=now)), now=now))
    return record_run(division=district, solved=solved, seconds=time.perf_counter() - began, by=None)


def plan_on_demand(run: Run) -> None:
    """From every candidate, for whoever asked; she may have left. The best plan is recorded for her division.

    A second worker writes the same draft again; the end counts once.
    """
    by = run.asked_by
    if by is None or not by.scope_codes:
        finish(run, "done", {})
        return
    current = current_plan(by=by, anew=True, told=lambda percent: tell(run, percent))
    division = Division.objects.get(code=min(by.scope_codes, key=len))
    with transaction.atomic():
        line = record_run(division=division, solved=current.best, seconds=current.seconds, by=by)
        finish(run, "done", {"needs": line.needs, "planned": line.proposed, "empty": line.unfilled})


def planning_of(user: User) -> Run | None:
    """The planning from everybody that this person waits for."""
    return Run.objects.running().filter(kind=Run.Kind.PLANNING, asked_by=user).first()


def takes_long(user: User) -> bool:
    """Whether the first look has to read more people than one waits for in front of a page."""
    drafts = PlanDraft.objects.filter(user=user, made_at__gt=timezone.now() - EXPIRES_AFTER)
    if drafts.exists() or not open_needs(user, now=timezone.now()):
        return False
    return len(Volunteer.objects.values_list("pk")[: PEOPLE_READ_AT_ONCE + 1]) > PEOPLE_READ_AT_ONCE


@transaction.atomic
def record_run(*, division: Division, solved: Solved, seconds: float, by: User | None) -> PlanRun:
    """One line of what was planned; the bound is the engine's proof."""
    plan, needs = solved.plan, solved.board.needs
    seats, unfilled = sum(need.request.free for need in needs), int(plan.unfilled.sum())
    places: defaultdict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for need, empty in zip(needs, plan.unfilled.tolist(), strict=True):
        place = places[need.request.division_id[:SUBDISTRICT_DIGITS]]
        place["needs"] += 1
        place["seats"] += need.request.free
        place["unfilled"] += empty
    return PlanRun.objects.create(
        division=division,
        made_by=by,
        needs=len(needs),
        seats=seats,
        proposed=seats - unfilled,
        unfilled=unfilled,
        objective=plan.objective,
        lower_bound=plan.lower_bound,
        is_exact=solved.is_exact,
        seconds=seconds,
        model_version=solved.board.model.version,
        places=[{"code": code, **counts} for code, counts in sorted(places.items())],
    )
