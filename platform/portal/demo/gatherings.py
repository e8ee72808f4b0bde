"""Activities of six months past and two weeks ahead, with shifts, sign-ups, check-ins and hours."""

from __future__ import annotations

import secrets
from datetime import timedelta

from psycopg.types.range import TimestamptzRange

from accounts.models import Commitment, Organisation, SourceKind, Volunteer
from activities.models import Activity, Attendance, ServiceRecord, Shift, SignUp, Timesheet, Waiting, Way
from portal.demo.copying import Leaf, copy_in, copy_leaves
from portal.demo.on_site import make_today
from portal.demo.stage import PAST_DAYS, WORDS, Stage

AHEAD_DAYS = 14


def make_activities(stage: Stage, organisations: list[Organisation]) -> None:
    verified = [volunteer for volunteer in stage.volunteers if volunteer.status == Volunteer.Status.VERIFIED]
    activities, shifts, sign_ups, attendances, commitments, records = [], [], [], [], [], []
    waiting: list[Leaf] = []
    sheets: list[Leaf] = []
    for index in range(stage.count(400)):
        activity = activity_of(stage, index, organisations)
        activities.append(activity)
        for shift in shifts_of(stage, activity):
            shifts.append(shift)
            if activity.status not in (Activity.Status.RECRUITING, Activity.Status.FINISHED):
                continue
            for volunteer in who_signs_up(stage, shift, verified):
                sign_up = SignUp(
                    id=stage.number(SignUp),
                    shift=shift,
                    volunteer=volunteer,
                    signed_up_at=min(shift.starts_at - timedelta(days=3), stage.now - timedelta(hours=2)),
                )
                sign_ups.append(sign_up)
                commitments.append(
                    Leaf(
                        Commitment,
                        volunteer_id=volunteer.pk,
                        period=TimestamptzRange(shift.starts_at, shift.ends_at),
                        source_kind=SourceKind.SIGN_UP,
                        source_id=sign_up.pk,
                    )
                )
                if shift.ends_at < stage.now and stage.chance.random() < 0.9:
                    attendances.append(attendance := attendance_of(stage, sign_up))
                    records.append(record_of(stage, activity, sign_up, attendance))
                    sheets.append(sheet_of(sign_up, records[-1]))
            waiting += who_waits(stage, shift, verified)
    for rows in (activities, shifts, sign_ups):
        copy_in(rows)
    for leaves in (attendances, commitments, records, sheets, waiting):
        copy_leaves(leaves)
    if stage.personas:
        make_today(stage, verified)


def activity_of(stage: Stage, index: int, organisations: list[Organisation]) -> Activity:
    """Every eighth lies ahead; of those a few still wait for the centre's check."""
    kind = stage.chance.choice(WORDS["activities"])
    ahead = index % 8 == 0
    day = (
        stage.today + timedelta(days=stage.chance.randint(1, AHEAD_DAYS))
        if ahead
        else stage.day(stage.chance.randint(1, PAST_DAYS))
    )
    organisation = stage.chance.choice(organisations)
    division = stage.chance.choice(stage.neighbourhoods)
    point = stage.near(division)
    starts_at = stage.moment(day, stage.chance.choice((9, 13, 14, 18)))
    status = Activity.Status.FINISHED
    if ahead:
        status = Activity.Status.REVIEW if index % 80 == 0 else Activity.Status.RECRUITING
    return Activity(
        id=stage.number(Activity),
        title=division.name.removesuffix(WORDS["place_suffix"]) + kind["title"],
        about=kind["about"],
        organisation=organisation,
        division=division,
        categories=kind["categories"],
        people_served=kind["people"],
        place=f"{division.name}{kind['place']}",
        lon=point.lon,
        lat=point.lat,
        risks=kind["risks"],
        safeguards=WORDS["safeguards"],
        status=status,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        posted_by=stage.workers[division.code],
        posted_at=starts_at - timedelta(days=10) if not ahead else stage.now - timedelta(days=2),
        submission_key=stage.uuid(),
    )


def shifts_of(stage: Stage, activity: Activity) -> list[Shift]:
    """One shift of two hours, or two back to back."""
    shifts = []
    for part in range(stage.chance.choice((1, 1, 2))):
        starts_at = activity.starts_at + timedelta(hours=2 * part)
        activity.ends_at = starts_at + timedelta(hours=2)
        shifts.append(
            Shift(
                id=stage.number(Shift),
                activity=activity,
                starts_at=starts_at,
                ends_at=activity.ends_at,
                places=stage.chance.choice((5, 8, 10, 15, 20)),
                code_secret=secrets.token_hex(20),
            )
        )
    return shifts


def who_signs_up(stage: Stage, shift: Shift, verified: list[Volunteer]) -> list[Volunteer]:
    """Free people, up to the places; upcoming shifts are partly filled."""
    share = (
        stage.chance.uniform(0.5, 1.0)
        if shift.ends_at < stage.now
        else stage.chance.choice((0.2, 0.5, 0.8, 1.0))
    )
    wanted = round(shift.places * share)
    found = [
        volunteer
        for volunteer in stage.chance.sample(verified, min(len(verified), wanted * 2))
        if stage.is_free(volunteer, shift.starts_at, shift.ends_at)
    ][:wanted]
    for volunteer in found:
        stage.busy[volunteer.pk].append((shift.starts_at, shift.ends_at))
    shift.taken = len(found)
    return found


def who_waits(stage: Stage, shift: Shift, verified: list[Volunteer]) -> list[Leaf]:
    """A few free people for a full shift that lies ahead."""
    if shift.starts_at <= stage.now or shift.taken < shift.places:
        return []
    people = [
        volunteer
        for volunteer in stage.chance.sample(verified, min(len(verified), 12))
        if stage.is_free(volunteer, shift.starts_at, shift.ends_at)
    ]
    joined_at = stage.now - timedelta(hours=1)
    return [
        Leaf(
            Waiting,
            shift_id=shift.pk,
            volunteer_id=volunteer.pk,
            status=Waiting.Status.WAITING,
            joined_at=joined_at,
        )
        for volunteer in people[: stage.chance.randint(1, 4)]
    ]


def attendance_of(stage: Stage, sign_up: SignUp) -> Leaf:
    """In and out, within minutes of the plan."""
    sign_up.status = SignUp.Status.CHECKED_OUT
    return Leaf(
        Attendance,
        sign_up_id=sign_up.pk,
        checked_in_at=sign_up.shift.starts_at + timedelta(minutes=stage.chance.randint(-10, 10)),
        checked_out_at=sign_up.shift.ends_at + timedelta(minutes=stage.chance.randint(-15, 10)),
        way_in=Way.QR,
        way_out=Way.CODE,
    )


def sheet_of(sign_up: SignUp, record: Leaf) -> Leaf:
    """What the system observed is approved by the rule."""
    shift, minutes = sign_up.shift, record.values["minutes"]
    return Leaf(
        Timesheet,
        sign_up_id=sign_up.pk,
        status=Timesheet.Status.APPROVED,
        planned_minutes=int((shift.ends_at - shift.starts_at).total_seconds() // 60),
        observed_minutes=minutes,
        approved_minutes=minutes,
        approved_at=record.values["recorded_at"],
    )


def record_of(stage: Stage, activity: Activity, sign_up: SignUp, attendance: Leaf) -> Leaf:
    starts_at, ends_at = attendance.values["checked_in_at"], attendance.values["checked_out_at"]
    return Leaf(
        ServiceRecord,
        volunteer_id=sign_up.volunteer_id,
        organisation_id=activity.organisation_id,
        unit_id=stage.units.get(sign_up.volunteer.user_id, activity.organisation_id),
        home_code=sign_up.volunteer.home_division_id,
        division_id=activity.division_id,
        category=activity.categories[0],
        name=activity.title,
        place=activity.place,
        in_charge=activity.posted_by.name,
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=int((ends_at - starts_at).total_seconds() // 60),
        source_kind=ServiceRecord.Source.SHIFT,
        source_id=sign_up.pk,
        recorded_by_id=sign_up.volunteer.user_id,
        recorded_at=ends_at,
    )
