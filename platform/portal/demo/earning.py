"""People who come every Saturday for years: enough hours for stars, a certificate, an award and a training."""

from __future__ import annotations

import secrets
from datetime import timedelta

from accounts.models import Organisation, User, Volunteer
from activities import services
from activities.models import Activity, Shift, SignUp, StarApplication, Training
from activities.tasks import make_certificate
from portal.demo.copying import copy_in, copy_leaves
from portal.demo.gatherings import attendance_of, record_of, sheet_of
from portal.demo.stage import DOMAIN, PAST_DAYS, WORDS, Stage

# Saturdays of three hours each: what somebody has done before the six months that the rest of the demo tells of
SATURDAYS = (40, 36, 104, 38)


def make_regulars(stage: Stage, organisation: Organisation) -> None:
    """The volunteer to sign in as and three others, at one stand of a market."""
    regulars = regulars_of(stage)
    division = stage.neighbourhoods[0]
    words, point = WORDS["regular"], stage.near(division)
    last = stage.day(PAST_DAYS + 7)
    last -= timedelta(days=(last.weekday() - 5) % 7)
    saturdays = [last - timedelta(weeks=back) for back in range(max(SATURDAYS))]
    activity = Activity(
        id=stage.number(Activity),
        title=words["title"],
        about=words["about"],
        organisation=organisation,
        division=division,
        categories=words["categories"],
        people_served=words["people"],
        place=division.name.removesuffix(WORDS["place_suffix"]) + words["place"],
        lon=point.lon,
        lat=point.lat,
        risks=words["risks"],
        safeguards=WORDS["safeguards"],
        status=Activity.Status.FINISHED,
        starts_at=stage.moment(saturdays[-1], 9),
        ends_at=stage.moment(saturdays[0], 12),
        posted_by=stage.workers[division.code],
        posted_at=stage.moment(saturdays[-1], 9) - timedelta(days=20),
        submission_key=stage.uuid(),
    )
    shifts, sign_ups, attendances, records, sheets = [], [], [], [], []
    for back, day in enumerate(saturdays):
        coming = [person for person, often in zip(regulars, SATURDAYS, strict=False) if back < often]
        shift = Shift(
            id=stage.number(Shift),
            activity=activity,
            starts_at=stage.moment(day, 9),
            ends_at=stage.moment(day, 12),
            places=6,
            taken=len(coming),
            code_secret=secrets.token_hex(20),
        )
        shifts.append(shift)
        for volunteer in coming:
            sign_up = SignUp(
                id=stage.number(SignUp),
                shift=shift,
                volunteer=volunteer,
                signed_up_at=shift.starts_at - timedelta(days=3),
            )
            sign_ups.append(sign_up)
            attendances.append(attendance := attendance_of(stage, sign_up))
            records.append(record_of(stage, activity, sign_up, attendance))
            sheets.append(sheet_of(sign_up, records[-1]))
    for rows in ([activity], shifts, sign_ups):
        copy_in(rows)
    for leaves in (attendances, records, sheets):
        copy_leaves(leaves)


def regulars_of(stage: Stage) -> list[Volunteer]:
    """The volunteer of the personas first, then verified ones who are in no persona."""
    first = stage.personas.get("volunteer")
    others = [
        volunteer
        for volunteer in stage.volunteers
        if volunteer.status == Volunteer.Status.VERIFIED and volunteer not in stage.personas.values()
    ]
    return ([first] if first else []) + others[: len(SATURDAYS) - 1]


def grant_what_was_earned(stage: Stage) -> None:
    """A star in publication with an objection, two granted ones, one applied for; a certificate, an award, a training.

    By the services, as people would do it; only the publicity of the granted ones lies in the past.
    """
    if "volunteer" not in stage.personas:
        return  # a second district
    centre = User.objects.get(email=f"centre@{DOMAIN}")
    first, second, third, fourth = regulars_of(stage)
    for volunteer in (second, third, first, fourth):
        services.apply_for_star(volunteer=volunteer, by=volunteer.user)
    for volunteer, is_over in ((second, True), (third, True), (first, False)):
        application = StarApplication.objects.get(volunteer=volunteer)
        services.publish_star(application=application, by=centre)
        if is_over:
            StarApplication.objects.filter(pk=application.pk).update(objections_until=stage.day(1))
            services.grant_star(application=application, by=centre)
        else:
            services.object_to_star(application=application, words=WORDS["objection"], by=fourth.user)
    services.enter_award(
        volunteer=first,
        name=WORDS["award"]["name"],
        granted_on=stage.day(80),
        granted_by=WORDS["award"]["by"],
        by=centre,
    )
    services.enter_training(
        volunteer=first,
        study_minutes=360,
        held_on=stage.day(300),
        kind=Training.Kind.POST,
        way=Training.Way.IN_PERSON,
        by=centre,
        **WORDS["training"],
    )
    certificate = services.ask_for_certificate(volunteer=first, starts_on=None, ends_on=None, by=first.user)
    make_certificate(certificate.pk)
