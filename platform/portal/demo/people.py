"""People of the demo district: staff, volunteers, studios, units, households."""

from __future__ import annotations

from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.models import (
    Credential,
    Division,
    Household,
    HouseholdMember,
    Membership,
    Organisation,
    StaffRole,
    Studio,
    StudioMember,
    StudioService,
    User,
    Volunteer,
    VolunteerSkill,
)
from core.audit import put_sealed
from core.codes import IdType, ServiceCategory, Sex, Skill
from core.geo import cell_of, snapped
from core.slots import ALL_SLOTS, to_mask
from portal.demo.copying import copy_in
from portal.demo.stage import DOMAIN, WORDS, Stage

LICENCES = {trade["skill"]: trade["licence"] for trade in WORDS["trades"]}
SKILL_WEIGHTS = {
    Skill.NURSING: 9, Skill.ELECTRICAL: 8, Skill.MAINTENANCE: 7, Skill.RECEPTION: 9, Skill.EDUCATION: 8,
    Skill.INFORMATION: 8, Skill.FIRST_AID: 6, Skill.LAW: 5, Skill.COUNSELLING: 5, Skill.HANDICRAFT: 6,
    Skill.ACCOUNTING: 4, Skill.PHOTOGRAPHY: 3, Skill.LANGUAGES: 3, Skill.DRIVING: 4, Skill.MUSIC: 2, Skill.OTHER: 2,
}  # fmt: skip


def free_time(stage: Stage) -> int:
    """Retired people by day, working people in the evening and at weekends, a few at any time."""
    day = [slot for row in range(5) for slot in (row * 3 + 1, row * 3 + 2)]
    evening = [row * 3 + 3 for row in range(5)]
    weekend = [*range(16, 25)]
    pools = {(*day, 16, 17): 5, (*evening, *weekend): 4, (*day, *evening, *weekend): 1}
    pool = stage.weighted(pools)
    return to_mask(slot for slot in pool if stage.chance.random() < 0.7)


def make_users(stage: Stage, count: int, prefix: str, password: str) -> list[User]:
    """Users with an address each. The copying of rows leaves sign-in by password to those who have one."""
    users = []
    for index in range(count):
        number = stage.number(User)
        users.append(
            User(
                id=number,
                name=stage.name(),
                email=f"{prefix}{number}-{index}@{DOMAIN}",
                password=password,
                joined_at=stage.now - timedelta(days=stage.chance.randint(190, 700)),
            )
        )
    return users


def make_staff(stage: Stage) -> None:
    """One community worker for each neighbourhood, two people at the centre. Once, whatever the scale."""
    known = {
        role.division_id: role.user
        for role in StaffRole.objects.filter(kind=StaffRole.Kind.COMMUNITY_WORKER).select_related("user")
    }
    missing = [division for division in stage.neighbourhoods if division.code not in known]
    users = make_users(stage, len(missing) + 2, "staff", make_password(None))
    copy_in(users)
    roles = [
        StaffRole(
            id=stage.number(StaffRole),
            user=user,
            kind=StaffRole.Kind.COMMUNITY_WORKER,
            division=division,
            given_at=user.joined_at,
        )
        for user, division in zip(users, missing, strict=False)
    ]
    roles += [
        StaffRole(
            id=stage.number(StaffRole),
            user=user,
            kind=StaffRole.Kind.CENTRE_STAFF,
            division=stage.district,
            given_at=user.joined_at,
        )
        for user in users[len(missing) :]
    ]
    copy_in(roles)
    stage.workers = known | {division.code: user for user, division in zip(users, missing, strict=False)}


def make_volunteers(stage: Stage) -> None:
    users = make_users(stage, stage.count(2_000), "volunteer", make_password(None))
    volunteers, skills = [], []
    for user in users:
        division = stage.chance.choice(stage.neighbourhoods)
        volunteer = volunteer_of(stage, user, division)
        volunteers.append(volunteer)
        codes = {stage.weighted(SKILL_WEIGHTS) for _ in range(stage.chance.choice((1, 1, 2, 2, 3)))}
        skills += [skill_of(stage, volunteer, code) for code in sorted(codes)]
    copy_in(users)
    copy_in(volunteers)
    copy_in(skills)
    stage.volunteers = volunteers
    for row in skills:
        stage.skills[row.volunteer_id].append(row)


def volunteer_of(stage: Stage, user: User, division: Division) -> Volunteer:
    home = snapped(stage.near(division))
    status = stage.weighted(
        {Volunteer.Status.VERIFIED: 93, Volunteer.Status.APPLIED: 5, Volunteer.Status.SUSPENDED: 2}
    )
    born_on = stage.today - timedelta(days=round(365.25 * stage.chance.triangular(16, 80, 58)))
    registered_at = user.joined_at + timedelta(hours=1)
    volunteer = Volunteer(
        id=stage.number(Volunteer),
        user=user,
        status=status,
        sex=stage.chance.choice(Sex.values),
        born_on=born_on,
        id_type=IdType.MAINLAND,
        seal_id=stage.uuid(),
        home_division=division,
        lon=home.lon,
        lat=home.lat,
        radius_m=stage.chance.choice((1_000, 1_500, 2_000, 3_000, 3_000, 5_000)),
        categories=sorted(stage.chance.sample(ServiceCategory.values[:18], stage.chance.randint(1, 4))),
        slots=free_time(stage),
        publishes_name=stage.chance.random() < 0.7,
        accepts_pushes=stage.chance.random() < 0.95,
        registered_at=registered_at,
        verified_at=registered_at + timedelta(days=2) if status != Volunteer.Status.APPLIED else None,
        submission_key=stage.uuid(),
    )
    volunteer.has_guardian_consent = (volunteer.age_on(stage.today) or 0) < stage.rules.minimum_age
    return volunteer


def skill_of(stage: Stage, volunteer: Volunteer, skill: str) -> VolunteerSkill:
    """With a licence where the rules ask for one: mostly valid and checked, sometimes run out or not yet checked."""
    row = VolunteerSkill(
        id=stage.number(VolunteerSkill),
        volunteer=volunteer,
        skill=skill,
        level=stage.chance.choice((1, 2, 2, 3)),
    )
    if skill in stage.rules.licensed_skills:
        row.licence_name = LICENCES.get(skill, "")
        row.licence_valid_until = stage.today + timedelta(days=stage.weighted({900: 8, 400: 8, -30: 1}))
        row.is_licence_checked = stage.chance.random() < 0.9
    return row


def make_organisations(stage: Stage) -> list[Organisation]:
    """Units and groups; half of the volunteers are members of one (dual registration)."""
    organisations = []
    for index in range(stage.count(60)):
        is_unit = index % 2 == 0
        base = stage.chance.choice(WORDS["units"] if is_unit else WORDS["groups"])
        number = stage.number(Organisation)
        organisations.append(
            Organisation(
                id=number,
                name=f"{base} {number}",
                kind=Organisation.Kind.UNIT if is_unit else Organisation.Kind.COMMUNITY,
                organisation_class="3" if is_unit else "1",
                is_registered=is_unit,
                division=stage.chance.choice(stage.neighbourhoods),
                submission_key=stage.uuid(),
            )
        )
    copy_in(organisations)
    memberships = [
        Membership(
            id=stage.number(Membership),
            user=volunteer.user,
            organisation=stage.chance.choice(organisations),
            joined_on=volunteer.registered_at.date(),
        )
        for volunteer in stage.volunteers
        if stage.chance.random() < 0.5
    ]
    copy_in(memberships)
    stage.units = {
        row.user_id: row.organisation_id
        for row in memberships
        if row.organisation.kind == Organisation.Kind.UNIT
    }
    return organisations


def make_studios(stage: Stage) -> None:
    """Each is led by one of its three to five members, with a licence that is valid where the rules ask for one."""
    verified = [volunteer for volunteer in stage.volunteers if volunteer.status == Volunteer.Status.VERIFIED]
    studios, members, services, credentials = [], [], [], []
    for index in range(stage.count(145)):
        trade = WORDS["trades"][index % len(WORDS["trades"])]
        division = stage.chance.choice(stage.neighbourhoods)
        point = stage.near(division)
        team = stage.chance.sample(verified, stage.chance.randint(3, 5))
        name = WORDS["studio_name"].format(
            theme=stage.chance.choice(WORDS["studio_themes"]), trade=trade["trade"]
        )
        number = stage.number(Studio)
        registered_at = stage.now - timedelta(days=stage.chance.randint(190, 600))
        studio = Studio(
            id=number,
            name=f"{name} {number}",
            lead=team[0].user,
            division=division,
            lon=point.lon,
            lat=point.lat,
            slots=to_mask(row * 3 + part for row in range(6) for part in (1, 2)),
            weekly_capacity=stage.chance.randint(4, 12),
            status=Studio.Status.VERIFIED if index % 20 != 7 else Studio.Status.APPLIED,
            registered_at=registered_at,
            verified_at=registered_at + timedelta(days=3) if index % 20 != 7 else None,
            submission_key=stage.uuid(),
        )
        studios.append(studio)
        stage.teams[number] = team
        if studio.status == Studio.Status.VERIFIED:
            stage.offered[trade["skill"]].append(studio)
        members += [
            StudioMember(
                id=stage.number(StudioMember),
                studio=studio,
                volunteer=volunteer,
                joined_on=registered_at.date(),
            )
            for volunteer in team
        ]
        services += [
            StudioService(
                id=stage.number(StudioService),
                studio=studio,
                name=service,
                category=trade["category"],
                skill=trade["skill"],
                is_remote=trade["remote"],
            )
            for service in trade["services"]
        ]
        if trade["licence"]:
            credentials.append(
                Credential(
                    id=stage.number(Credential),
                    studio=studio,
                    skill=trade["skill"],
                    name=trade["licence"],
                    valid_until=stage.today + timedelta(days=stage.chance.randint(60, 900)),
                    is_checked=True,
                )
            )
    for rows in (studios, members, services, credentials):
        copy_in(rows)
    stage.studios = studios


def make_households(stage: Stage) -> None:
    contacts = make_users(stage, stage.count(600), "family", make_password(None))
    households, members = [], []
    for contact in contacts:
        household = household_of(stage, contact, stage.chance.choice(stage.neighbourhoods))
        households.append(household)
        members += household_members(stage, household)
    copy_in(contacts)
    copy_in(households)
    copy_in(members)
    stage.households = households


def household_of(stage: Stage, contact: User, division: Division) -> Household:
    point = stage.near(division)
    cell = cell_of(point)
    number = stage.number(Household)
    household = Household(
        id=number,
        alias=f"{contact.name[0]}{stage.chance.choice(WORDS['elders'])} {number}",
        contact=contact,
        contact_name=contact.name,
        division=division,
        people_served=["03"] if stage.chance.random() < 0.8 else ["06"],
        seal_id=stage.uuid(),
        cell_column=cell.column,
        cell_row=cell.row,
        needs_two_people=stage.chance.random() < 0.05,
        is_sensitive=False,
        consent_by=Household.ConsentBy.FAMILY,
        consent_on=stage.day(stage.chance.randint(190, 400)),
        registered_by=stage.workers[division.code],
        registered_at=stage.now - timedelta(days=stage.chance.randint(183, 400)),
        submission_key=stage.uuid(),
    )
    put_sealed(
        household,
        address=WORDS["address"].format(
            road=stage.chance.choice(WORDS["roads"]),
            number=stage.chance.randint(1, 900),
            block=stage.chance.randint(1, 30),
            room=stage.chance.randint(1, 6) * 100 + stage.chance.randint(1, 4),
        ),
        phone=f"+8610000{number % 1_000_000:06d}",
        point=f"{point.lon},{point.lat}",
        health=stage.chance.choice(WORDS["health"]),
    )
    return household


def household_members(stage: Stage, household: Household) -> list[HouseholdMember]:
    year = stage.today.year
    relations = [(HouseholdMember.Relation.HEAD, year - stage.chance.randint(65, 92))]
    if stage.chance.random() < 0.4:
        relations.append((HouseholdMember.Relation.PARTNER, year - stage.chance.randint(62, 90)))
    return [
        HouseholdMember(
            id=stage.number(HouseholdMember), household=household, relation=relation, birth_year=born
        )
        for relation, born in relations
    ]


def make_personas(stage: Stage, password: str) -> None:
    """One person per role to sign in as, in one neighbourhood, so that the main job can be tried at once."""
    division = stage.neighbourhoods[0]
    names = dict(zip(("centre", "worker", "volunteer", "studio", "family"), WORDS["surnames"], strict=False))
    people = {
        role: User.objects.create_user(
            email=f"{role}@{DOMAIN}",
            password=password,
            name=surname + WORDS["stems"][0] + WORDS["branches"][0],
        )
        for role, surname in names.items()
    }
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=str(user.email), verified=True, primary=True)
        for user in people.values()
    )
    StaffRole.objects.create(user=people["centre"], kind=StaffRole.Kind.CENTRE_STAFF, division=stage.district)
    StaffRole.objects.create(user=people["worker"], kind=StaffRole.Kind.COMMUNITY_WORKER, division=division)
    for role, codes in (("volunteer", ("09", "19", "14")), ("studio", ("04",))):
        volunteer = volunteer_of(stage, people[role], division)
        volunteer.status = Volunteer.Status.VERIFIED
        volunteer.verified_at = volunteer.registered_at
        volunteer.born_on = date(stage.today.year - 45, 3, 1)
        volunteer.slots = ALL_SLOTS
        volunteer.radius_m = 5_000
        volunteer.publishes_name = volunteer.accepts_pushes = True
        skills = [skill_of(stage, volunteer, code) for code in codes]
        for skill in skills:
            skill.level = VolunteerSkill.Level.PROFESSIONAL
            skill.licence_valid_until = stage.today + timedelta(days=800)
            skill.is_licence_checked = True
        copy_in([volunteer])
        copy_in(skills)
        stage.skills[volunteer.pk] = skills
        stage.volunteers.append(volunteer)
        stage.personas[role] = volunteer
        if role == "studio":
            studio = stage.offered[codes[0]][0]
            Studio.objects.filter(pk=studio.pk).update(lead=people[role])
            StudioMember.objects.create(studio=studio, volunteer=volunteer)
            studio.lead = people[role]
            stage.teams[studio.pk].append(volunteer)
    household = household_of(stage, people["family"], division)
    copy_in([household])
    copy_in(household_members(stage, household))
    stage.households.append(household)
    stage.personas["family"] = household
    stage.workers[division.code] = people["worker"]
