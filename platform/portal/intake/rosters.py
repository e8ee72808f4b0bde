"""The four lists: how a row is read, what makes it one of a kind, and which service takes it in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Studio, User, Volunteer, in_subtrees
from accounts.services import (
    CredentialGiven,
    ServiceGiven,
    SkillGiven,
    register_household,
    register_studio,
    register_volunteer,
    verify_studio,
    verify_volunteer,
)
from core.codes import PeopleServed, ServiceCategory, Skill
from matching.models import ServiceRequest
from matching.services import open_request
from portal.intake import values
from portal.intake.people import Places, account_of, new_account
from portal.intake.rows import Row
from portal.intake.values import WORDS
from portal.models import Roster

SERVICE_HOURS = 2  # of a need that names no end


@dataclass(frozen=True)
class Importing:
    """Who brings the list, and what the centre says about the people in it."""

    by: User
    places: Places
    licensed_skills: frozenset[str]  # of the rules in force
    is_verified: bool = False


@dataclass(frozen=True)
class Kind:
    """`read` gives the arguments of the service (problems stand in the row); `keys` what makes the row one
    of a kind, each by itself;
    `find` gives the id of what is there already, `act` takes the row in and gives the new one's."""

    read: Callable[[Row, Importing], dict[str, Any]]
    keys: Callable[[dict[str, Any]], list[str]]
    find: Callable[[dict[str, Any], Row], int | None]
    act: Callable[[dict[str, Any], Row, Importing, UUID], int]


def _id(rows: QuerySet[Any]) -> int | None:
    return rows.values_list("pk", flat=True).first()


def _name(row: Row, key: str, longest: int) -> str:
    return row.need(key, lambda cell: values.text(cell, longest=longest), "")


# --- volunteers


def read_volunteer(row: Row, importing: Importing) -> dict[str, Any]:
    name = _name(row, "name", 60)
    skills = row.read("skills", lambda cell: values.codes(cell, Skill, "skill_words"), [])
    licence = row.read("licence_name", lambda cell: values.text(cell, longest=80), "")
    until = row.read("licence_valid_until", values.day, None)
    given = {
        "name": name,
        "contacts": [row.read("phone", values.phone, ""), row.read("email", values.email, "")],
        "home_division": row.need("division", importing.places.read, None),
        "skills": skills,
        "categories": row.read(
            "categories", lambda cell: values.codes(cell, ServiceCategory, "category_words"), []
        ),
        "slots": row.read("slots", values.slots, 0),
        "radius_m": round(
            row.read("radius_km", lambda cell: values.number(cell, least=0.5, most=30), 3.0) * 1000
        ),
        "licence": licence,
        "licence_until": until,
        "sex": row.read("sex", lambda cell: values.one_of(cell, WORDS["sex"]), ""),
        "born_on": row.read("born_on", values.day, None),
        "speaks": row.read("speaks", lambda cell: values.text(cell, longest=100), ""),
        "publishes_name": row.read("publishes_name", values.yes_or_no, False),
        "has_guardian_consent": row.read("has_guardian_consent", values.yes_or_no, False),
    }
    if licence and until is None:
        row.note("licence_valid_until", _("Until when is the licence valid?"))
    if not row.has("phone") and not row.has("email"):
        row.note("phone", _("A phone number or an e-mail address is needed."))
    return given


def find_volunteer(given: dict[str, Any], row: Row) -> int | None:
    account = given["account"] = account_of(row, given["name"])
    return _id(Volunteer.objects.filter(user=account)) if account else None


def take_volunteer(given: dict[str, Any], row: Row, importing: Importing, key: UUID) -> int:
    volunteer = register_volunteer(
        user=given["account"] or new_account(row, given["name"]),
        home_division=given["home_division"],
        home=None,
        skills=_skills_given(given, importing),
        categories=given["categories"],
        slots=given["slots"],
        radius_m=given["radius_m"],
        sex=given["sex"],
        born_on=given["born_on"],
        speaks=given["speaks"],
        publishes_name=given["publishes_name"],
        has_guardian_consent=given["has_guardian_consent"],
        submission_key=key,
        by=importing.by,
    )
    if importing.is_verified:
        verify_volunteer(volunteer=volunteer, by=importing.by)
    return volunteer.pk


def _skills_given(given: dict[str, Any], importing: Importing) -> list[SkillGiven]:
    """The licence of a list stands for its licensed skills; with only others among them, for the first."""
    licensed = [skill for skill in given["skills"] if skill in importing.licensed_skills] or given["skills"][
        :1
    ]
    return [
        SkillGiven(
            skill=skill,
            licence_name=given["licence"] if skill in licensed else "",
            licence_valid_until=given["licence_until"] if skill in licensed else None,
        )
        for skill in given["skills"]
    ]


# --- studios


def read_studio(row: Row, importing: Importing) -> dict[str, Any]:
    lead_name = _name(row, "lead_name", 60)
    skill = row.need("skill", lambda cell: values.one_code(cell, Skill, "skill_words"), "")
    category = row.read("category", lambda cell: values.one_code(cell, ServiceCategory, "category_words"), "")
    credential = row.read("credential", lambda cell: values.text(cell, longest=80), "")
    until = row.read("credential_valid_until", values.day, None)
    if credential and until is None:
        row.note("credential_valid_until", _("Until when is the licence valid?"))
    return {
        "name": _name(row, "name", 80),
        "lead_name": lead_name,
        "division": row.need("division", importing.places.read, None),
        "services": row.need("services", values.parts, []),
        "skill": skill,
        "category": category or WORDS["category_of_skill"].get(skill, ServiceCategory.COMMUNITY.value),
        "is_remote": row.read("is_remote", values.yes_or_no, False),
        "weekly_capacity": row.read("weekly_capacity", lambda cell: values.whole(cell, least=1, most=500), 5),
        "slots": row.read("slots", values.slots, 0),
        "credential": credential,
        "credential_until": until,
        "about": row.read("about", values.text, ""),
    }


def find_studio(given: dict[str, Any], row: Row) -> int | None:
    given["account"] = account_of(row, given["lead_name"])
    return _id(Studio.objects.filter(name=given["name"]))


def take_studio(given: dict[str, Any], row: Row, importing: Importing, key: UUID) -> int:
    studio = register_studio(
        name=given["name"],
        lead=given["account"] or new_account(row, given["lead_name"]),
        division=given["division"],
        point=None,
        services=[
            ServiceGiven(name[:60], given["category"], given["skill"], given["is_remote"])
            for name in dict.fromkeys(given["services"])
        ],
        slots=given["slots"],
        weekly_capacity=given["weekly_capacity"],
        credentials=[CredentialGiven(given["skill"], given["credential"], given["credential_until"])]
        if given["credential"]
        else [],
        member_volunteers=[],
        about=given["about"],
        submission_key=key,
        by=importing.by,
    )
    if importing.is_verified:
        verify_studio(studio=studio, by=importing.by)
    return studio.pk


# --- households


def read_household(row: Row, importing: Importing) -> dict[str, Any]:
    return {
        "alias": _name(row, "alias", 40),
        "contact_name": _name(row, "contact_name", 60),
        "phone": row.need("phone", values.phone, ""),
        "division": row.need("division", importing.places.read, None),
        "address": _name(row, "address", 200),
        "people_served": row.read("people_served", lambda cell: values.codes(cell, PeopleServed), []),
        "health": row.read("health", values.text, ""),
        "consent_by": row.need("consent_by", lambda cell: values.one_of(cell, WORDS["consent_by"]), ""),
        "consent_on": row.need("consent_on", values.day, None),
        "needs_two_people": row.read("needs_two_people", values.yes_or_no, False),
        "is_sensitive": row.read("is_sensitive", values.yes_or_no, False),
    }


def find_household(given: dict[str, Any], _row: Row) -> int | None:
    return _id(Household.objects.filter(alias=given["alias"], division=given["division"]))


def take_household(given: dict[str, Any], _row: Row, importing: Importing, key: UUID) -> int:
    # only who has shown to own the number gets to see the household
    contact = User.objects.filter(phone=given["phone"], is_phone_verified=True, is_active=True).first()
    household = register_household(
        **given, contact=contact, point=None, members=[], submission_key=key, by=importing.by
    )
    return household.pk


# --- needs


def read_need(row: Row, importing: Importing) -> dict[str, Any]:
    day = row.need("day", values.day, None)
    starts, ends = row.need("starts", values.clock, (None, None))
    ends = row.read("ends", lambda cell: values.clock(cell)[0], ends)
    starts_at, ends_at = _period(day, starts, ends)
    return {
        "household": _household(row, importing),
        "title": _name(row, "title", 60),
        "category": row.need(
            "category", lambda cell: values.one_code(cell, ServiceCategory, "category_words"), ""
        ),
        "skills": row.read("skills", lambda cell: values.codes(cell, Skill, "skill_words"), []),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "headcount": row.read("headcount", lambda cell: values.whole(cell, least=1, most=20), 1),
        "urgency": row.read("urgency", lambda cell: values.one_of(cell, WORDS["urgency"]), "normal"),
        "is_remote": row.read("is_remote", values.yes_or_no, False),
        "note": row.read("note", values.text, ""),
    }


def _period(
    day: date | None, starts: time | None, ends: time | None
) -> tuple[datetime | None, datetime | None]:
    if day is None or starts is None:
        return None, None
    zone = timezone.get_current_timezone()
    starts_at = datetime.combine(day, starts, tzinfo=zone)
    if ends is None:
        return starts_at, starts_at + timedelta(hours=SERVICE_HOURS)
    return starts_at, datetime.combine(day, ends, tzinfo=zone)


def _household(row: Row, importing: Importing) -> Household | None:
    """A household in scope by its short name, with the neighbourhood where two bear the same one."""
    alias = row.need("household", lambda cell: values.text(cell, longest=40), "")
    if not alias:
        return None
    found: QuerySet[Household] = Household.objects.active().filter(
        in_subtrees(importing.by.scope_codes), alias=alias
    )
    division = row.read("division", importing.places.read, None)
    if division is not None:
        found = found.filter(division__code__startswith=division.code)
    some = list(found[:2])
    if not some:
        row.note("household", _("No household of this short name is registered in your district."))
    elif len(some) > 1:
        row.note("household", _("Several households have this short name: fill in the neighbourhood."))
    return some[0] if len(some) == 1 else None


def find_need(given: dict[str, Any], _row: Row) -> int | None:
    return _id(
        ServiceRequest.objects.filter(
            household=given["household"], title=given["title"], starts_at=given["starts_at"]
        )
    )


def take_need(given: dict[str, Any], _row: Row, importing: Importing, key: UUID) -> int:
    return open_request(**given, submission_key=key, by=importing.by).pk


KINDS: dict[str, Kind] = {
    Roster.VOLUNTEERS: Kind(
        read_volunteer, lambda given: list(filter(None, given["contacts"])), find_volunteer, take_volunteer
    ),
    Roster.STUDIOS: Kind(read_studio, lambda given: [given["name"]], find_studio, take_studio),
    Roster.HOUSEHOLDS: Kind(
        read_household,
        lambda given: [f"{given['division'].code}|{given['alias']}"],
        find_household,
        take_household,
    ),
    Roster.NEEDS: Kind(
        read_need,
        lambda given: [f"{given['household'].pk}|{given['title']}|{given['starts_at'].isoformat()}"],
        find_need,
        take_need,
    ),
}
