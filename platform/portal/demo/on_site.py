"""An activity that goes on right now where the persona worker is: people have come in several ways, and an earlier
shift of the same day has left something to decide."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from psycopg.types.range import TimestamptzRange

from accounts.models import Commitment, SourceKind, Volunteer
from activities.models import Activity, Attendance, Shift, SignUp, Timesheet, Way
from portal.demo.copying import Leaf, copy_in, copy_leaves
from portal.demo.stage import WORDS, Stage

PEOPLE = 8
HERE = (Way.QR, Way.QR, Way.CODE, Way.ROSTER)  # the ways of those who have come already


def make_today(stage: Stage, verified: list[Volunteer]) -> None:
    """The lead of the persona studio is expected now; two of the earlier shift wait for a decision."""
    over = (stage.now - timedelta(hours=6), stage.now - timedelta(hours=4))
    now = (stage.now - timedelta(minutes=20), stage.now + timedelta(minutes=100))
    persona = stage.personas["studio"]
    if not stage.is_free(persona, *now):
        return
    chosen = [one for one in verified if one != persona and stage.is_free(one, over[0], now[1])][:PEOPLE]
    activity = _activity(stage, over[0], now[1])
    earlier, current = (
        Shift(
            id=stage.number(Shift),
            activity=activity,
            starts_at=starts_at,
            ends_at=ends_at,
            places=places,
            taken=taken,
            code_secret=secrets.token_hex(20),
        )
        for (starts_at, ends_at), places, taken in ((over, 4, 2), (now, 12, len(chosen) - 1))
    )
    rows = [_sign_up(stage, earlier, volunteer) for volunteer in chosen[:2]]
    rows += [_sign_up(stage, current, volunteer) for volunteer in [persona, *chosen[2:]]]
    attendances = [_left_open(rows[0]), _on_paper(rows[1])]
    attendances += [
        _arrival(row, way, minutes) for minutes, (row, way) in enumerate(zip(rows[3:], HERE, strict=False))
    ]
    copy_in([activity])
    copy_in([earlier, current])
    copy_in(rows)
    copy_leaves(attendances)
    copy_leaves([_commitment(row) for row in rows])
    copy_leaves([_waiting(rows[1])])


def _activity(stage: Stage, starts_at: datetime, ends_at: datetime) -> Activity:
    division = stage.personas["family"].division
    kind = WORDS["activities"][0]
    point = stage.near(division)
    return Activity(
        id=stage.number(Activity),
        title=division.name.removesuffix(WORDS["place_suffix"]) + kind["title"],
        about=kind["about"],
        division=division,
        categories=kind["categories"],
        people_served=kind["people"],
        place=f"{division.name}{kind['place']}",
        lon=point.lon,
        lat=point.lat,
        risks=kind["risks"],
        safeguards=WORDS["safeguards"],
        status=Activity.Status.RECRUITING,
        starts_at=starts_at,
        ends_at=ends_at,
        posted_by=stage.workers[division.code],
        posted_at=stage.now - timedelta(days=6),
        submission_key=stage.uuid(),
    )


def _sign_up(stage: Stage, shift: Shift, volunteer: Volunteer) -> SignUp:
    stage.busy[volunteer.pk].append((shift.starts_at, shift.ends_at))
    return SignUp(
        id=stage.number(SignUp),
        shift=shift,
        volunteer=volunteer,
        signed_up_at=stage.now - timedelta(days=3),
    )


def _commitment(row: SignUp) -> Leaf:
    return Leaf(
        Commitment,
        volunteer_id=row.volunteer_id,
        period=TimestamptzRange(row.shift.starts_at, row.shift.ends_at),
        source_kind=SourceKind.SIGN_UP,
        source_id=row.pk,
    )


def _arrival(row: SignUp, way: str, minutes: int) -> Leaf:
    row.status = SignUp.Status.CHECKED_IN
    seen_by = row.shift.activity.posted_by_id if way == Way.ROSTER else None
    came_at = row.shift.starts_at + timedelta(minutes=minutes - 2)
    return Leaf(Attendance, sign_up_id=row.pk, checked_in_at=came_at, way_in=way, seen_in_by_id=seen_by)


def _left_open(row: SignUp) -> Leaf:
    """Came and forgot to check out."""
    return _arrival(row, Way.QR, 0)


def _on_paper(row: SignUp) -> Leaf:
    row.status = SignUp.Status.CHECKED_OUT
    return Leaf(
        Attendance,
        sign_up_id=row.pk,
        checked_in_at=row.shift.starts_at,
        checked_out_at=row.shift.ends_at,
        way_in=Way.SLIP,
        way_out=Way.SLIP,
    )


def _waiting(row: SignUp) -> Leaf:
    minutes = (row.shift.ends_at - row.shift.starts_at) // timedelta(minutes=1)
    return Leaf(
        Timesheet, sign_up_id=row.pk, planned_minutes=minutes, observed_minutes=minutes, grade="honour"
    )
