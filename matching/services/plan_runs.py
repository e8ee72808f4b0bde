"""Each planning leaves one line: every night for each district, and when somebody asks for it."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Division, User
from matching.models import PlanDraft, PlanRun, ServiceRequest
from matching.plans.board import lay_out, wanting
from matching.plans.solving import Solved, solve
from matching.services.plans import EXPIRES_AFTER, Current, current_plan

KEEP_RUNS = timedelta(days=365)
SUBDISTRICT_DIGITS = 9


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


def plan_anew(*, by: User) -> Current:
    """On demand: from every candidate; the best plan is recorded for the person's division."""
    current = current_plan(by=by, anew=True)
    division = Division.objects.get(code=min(by.scope_codes, key=len))
    record_run(division=division, solved=current.best, seconds=current.seconds, by=by)
    return current


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
