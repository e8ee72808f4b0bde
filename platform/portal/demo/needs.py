"""Six months of needs: who was asked, who came, what they left. Every rule of the services holds for each row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Household
from core.audit import put_sealed
from matching.models import ServiceRequest
from portal.demo.asking import Answer, Pool, Written, answered, ask, ask_studio
from portal.demo.serving import Request, changed, nobody, serve, settle
from portal.demo.stage import PAST_DAYS, WORDS, Stage


def make_needs(stage: Stage) -> None:
    """About eight needs a day at scale 1, in the order in which they were posted, and those of the coming days."""
    pool, written = Pool(stage), Written()
    if stage.personas:
        persona_past(stage, written)
    for posted_at in moments(stage):
        tell_story(stage, pool, written, posted_at)
        if len(written.requests) >= 20_000:
            written.copy()
            written = Written()
    for _ in range(stage.count(24)):
        tell_open_story(stage, pool, written)
    if stage.personas:
        persona_today(stage, pool, written)
    written.copy()


def persona_past(stage: Stage, written: Written) -> None:
    """The persona volunteer knows the persona household: she came to it a few times."""
    for ago in (150, 96, 61, 33, 16):
        posted_at = stage.moment(stage.day(ago), 9)
        request = need_of(stage, posted_at, household=stage.personas["family"], kind=0)
        volunteer = stage.personas["volunteer"]
        if stage.is_free(volunteer, request.starts_at, request.ends_at):
            written.requests.append(request)
            offer = ask(stage, written, request, volunteer, answer=Answer.ACCEPTED)
            came = answered([offer], most=1)
            serve(stage, written, request, came[0], is_past=True)
            settle(stage, written, request, came, asked=1, is_past=True)


def persona_today(stage: Stage, pool: Pool, written: Written) -> None:
    """What the persona worker finds on her desk: needs that are being asked about, came back, or wait to be closed."""
    code = stage.personas["family"].division_id
    households = [household for household in stage.households if household.division_id == code]
    for index, household in enumerate((households * 6)[:6]):
        tell_open_story(stage, pool, written, household=household, is_returned=index % 3 == 2)
    request = need_of(stage, stage.now - timedelta(minutes=25), household=stage.personas["family"], kind=2)
    volunteer = stage.personas["volunteer"]
    if stage.is_free(volunteer, request.starts_at, request.ends_at):
        written.requests.append(request)
        ask(stage, written, request, volunteer, answer=Answer.SENT)
        changed(written, request, Request.ASKING, None, request.posted_at + timedelta(minutes=1))


def tell_open_story(
    stage: Stage,
    pool: Pool,
    written: Written,
    household: Household | None = None,
    *,
    is_returned: bool = False,
) -> None:
    """A need of the last hours: people are being asked, or nobody was found."""
    request = need_of(stage, stage.now - timedelta(minutes=stage.chance.randint(5, 50)), household=household)
    if is_returned:
        request.posted_at -= timedelta(days=1)
    written.requests.append(request)
    asked = pool.find(request, most=request.headcount + 2)
    answer = stage.chance.choice((Answer.DECLINED, Answer.EXPIRED)) if is_returned else Answer.SENT
    for volunteer in asked:
        ask(stage, written, request, volunteer, answer=answer)
    asked_at = request.posted_at + timedelta(minutes=1)
    if asked and not is_returned:
        changed(written, request, Request.ASKING, None, asked_at)
    if is_returned:
        changed(written, request, Request.ASKING, None, asked_at)
        request.ring = stage.rules.rings
        request.returned_because = nobody(len(asked), silent=answer == Answer.EXPIRED)
        changed(written, request, Request.RETURNED, None, asked_at + timedelta(hours=20))


def moments(stage: Stage) -> Iterator[datetime]:
    """When needs were posted: working hours of the last 182 days, oldest first."""
    for ago in range(PAST_DAYS, -1, -1):
        day = stage.day(ago)
        count = stage.count(10 if day.weekday() < 5 else 3)
        minutes = sorted(stage.chance.randint(0, 9 * 60) for _ in range(count))
        for minute in minutes:
            moment = stage.moment(day, 8) + timedelta(minutes=minute)
            if moment < stage.now - timedelta(hours=1):
                yield moment


def tell_story(stage: Stage, pool: Pool, written: Written, posted_at: datetime) -> None:
    request = need_of(stage, posted_at)
    written.requests.append(request)
    is_past = request.ends_at < stage.now - timedelta(hours=3)
    wanted = request.headcount
    asked = pool.find(request, most=wanted * 3 + 1)
    accepted = answered([ask(stage, written, request, volunteer) for volunteer in asked], most=wanted)
    if len(accepted) < wanted:
        accepted += ask_studio(stage, written, request, wanted - len(accepted))
    for yes in accepted:
        serve(stage, written, request, yes, is_past=is_past)
    settle(stage, written, request, accepted, asked=len(asked), is_past=is_past)


def need_of(
    stage: Stage, posted_at: datetime, *, household: Household | None = None, kind: int | None = None
) -> ServiceRequest:
    """A need between two and nine days ahead, at a time when people are awake."""
    if kind is None:
        kind = stage.weighted({index: need["weight"] for index, need in enumerate(WORDS["needs"])})
    need = WORDS["needs"][kind]
    household = household or stage.chance.choice(stage.households)
    day = timezone.localdate(posted_at) + timedelta(days=stage.chance.randint(2, 9))
    starts_at = stage.moment(day, stage.chance.choice((9, 9, 10, 13, 14, 14, 15, 18)))
    number = stage.number(ServiceRequest)
    headcount = max(need["people"], 2 if household.needs_two_people else 1)
    request = ServiceRequest(
        id=number,
        household=household,
        division_id=household.division_id,
        category=need["category"],
        skills=need["skills"],
        title=need["title"],
        seal_id=stage.uuid(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=need["minutes"]),
        headcount=headcount,
        urgency=stage.weighted({"normal": 70, "soon": 25, "urgent": 5}),
        is_remote=need["remote"],
        cell_column=household.cell_column,
        cell_row=household.cell_row,
        ring=1,
        posted_by=stage.workers[household.division_id],
        posted_at=posted_at,
        submission_key=stage.uuid(),
    )
    put_sealed(request, note=WORDS["note"])
    return request
