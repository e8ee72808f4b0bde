"""The reasons to refuse, one function each; a `*_gap` lists what is missing and refuses nothing."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.models import Commitment, Division, Organisation, RuleSet, Studio, User, Volunteer
from core.codes import Skill
from core.errors import DomainError
from core.templatetags.words import period

MOST_CATEGORIES = 4  # the national system's form has four places


def check_is_no_volunteer_yet(user: User) -> None:
    if Volunteer.objects.filter(user=user).exists():
        raise DomainError(
            "already_registered",
            _("You are registered as a volunteer already."),
            help=_("Change your record instead of registering again."),
        )


def check_home_is_below_the_district(division: Division) -> None:
    """A district is too wide to say who lives near."""
    if division.level == Division.Level.DISTRICT:
        raise DomainError(
            "home_too_wide",
            _("A whole district is too wide."),
            help=_("Choose the neighbourhood or the subdistrict."),
        )


def check_is_in_scope(by: User, division: Division) -> None:
    """A worker writes only into the own divisions, staff of a centre only into the own district."""
    if not any(division.code.startswith(code) for code in by.scope_codes):
        raise DomainError(
            "outside_your_area",
            _("%(division)s lies outside the area you work for."),
            help=_("Choose a neighbourhood of yours, or ask the worker of that one."),
            params={"division": division.name},
        )


def check_guardian_agreed(
    *, born_on: date | None, has_guardian_consent: bool, day: date, rules: RuleSet
) -> None:
    """A minor serves with the guardian's consent on record (Shanghai volunteer regulation, Art 13)."""
    age = (
        None
        if born_on is None
        else day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
    )
    if age is not None and age < rules.minimum_age and not has_guardian_consent:
        raise DomainError(
            "guardian_consent_missing",
            _("Whoever is younger than %(age)d needs the consent of a guardian."),
            help=_("Ask your guardian, then tick the box that says so."),
            params={"age": rules.minimum_age},
        )


def check_not_born_in_the_future(born_on: date | None, day: date) -> None:
    if born_on is not None and not day - timedelta(days=366 * 120) <= born_on <= day:
        raise DomainError(
            "birth_date_impossible", _("This cannot be a date of birth."), help=_("Look at the year again.")
        )


def check_is_not_the_own_record(owner_id: int, by: User) -> None:
    """Staff are volunteers and lead studios too: what the centre says yes to, somebody else looks at."""
    if owner_id == by.pk:
        raise DomainError(
            "own_record",
            _("Nobody decides about the own record."),
            help=_("Ask somebody else of the centre."),
        )


def check_categories_are_few(categories: Collection[str]) -> None:
    if len(categories) > MOST_CATEGORIES:
        raise DomainError(
            "too_many_categories",
            _("At most %(most)d kinds of service can be chosen."),
            help=_("Keep those that you like best."),
            params={"most": MOST_CATEGORIES},
        )


def check_skills_differ(skills: Iterable[str]) -> None:
    seen = list(skills)
    if len(seen) != len(set(seen)):
        raise DomainError(
            "skill_twice", _("The same skill is given twice."), help=_("Remove one of the two.")
        )


def check_no_clash(*, volunteer: Volunteer, starts_at: datetime, ends_at: datetime, rules: RuleSet) -> None:
    """No other promise of this person within the period and the rest that the rules ask for around it."""
    rest = timedelta(minutes=rules.rest_minutes)
    other = (
        Commitment.objects.filter(volunteer=volunteer)
        .overlapping(starts_at - rest, ends_at + rest)
        .order_by("period")
        .first()
    )
    if other is not None:
        raise clash_with(other)


def clash_with(other: Commitment) -> DomainError:
    return DomainError(
        "clash",
        _("This time is taken: there is already a promise for %(period)s."),
        help=_("Choose another time, or cancel the other promise first."),
        params={"period": period(other.period.lower, other.period.upper)},
    )


def check_ends_after_it_starts(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise DomainError(
            "period_is_empty", _("The end lies before the start."), help=_("Look at the two times again.")
        )


def licence_gap(volunteer: Volunteer, skills: Iterable[str], day: date, rules: RuleSet) -> list[str]:
    """The skills among `skills` that need a licence under these rules and for which this volunteer holds no checked
    one that is valid on `day` (State Council Order 685, Art 16). Reads `volunteer.skills`, which may be prefetched."""
    held = {row.skill for row in volunteer.skills.all() if row.is_licensed_on(day)}
    return sorted((set(skills) & set(rules.licensed_skills)) - held)


def studio_licence_gap(studio: Studio, skills: Iterable[str], day: date, rules: RuleSet) -> list[str]:
    """The same for a studio and its credentials."""
    held = {row.skill for row in studio.credentials.all() if row.is_valid_on(day)}
    return sorted((set(skills) & set(rules.licensed_skills)) - held)


def check_is_licensed(volunteer: Volunteer, skills: Iterable[str], day: date, rules: RuleSet) -> None:
    missing = licence_gap(volunteer, skills, day, rules)
    if missing:
        raise DomainError(
            "licence_missing",
            _("This needs a licence that is valid on the day: %(skills)s."),
            help=_("Enter the licence in your record; the centre looks at it."),
            params={"skills": _words(missing)},
        )


def _words(skills: Iterable[str]) -> str:
    return pgettext("between the words of a list", ", ").join(str(Skill(code).label) for code in skills)


def check_name_is_free(name: str, *, studio: Studio | None = None) -> None:
    others = Studio.objects.filter(name__iexact=name)
    if (others.exclude(pk=studio.pk) if studio else others).exists():
        raise DomainError(
            "name_taken",
            _("A studio of this name exists already."),
            help=_("Add the street or the trade to the name."),
        )


def check_offers_something(services: Collection[object]) -> None:
    if not services:
        raise DomainError(
            "no_service", _("A studio offers at least one service."), help=_("Enter the first service.")
        )


def check_consent_is_not_in_the_future(consent_on: date, day: date) -> None:
    if consent_on > day:
        raise DomainError(
            "consent_in_the_future",
            _("The consent cannot be given on a day to come."),
            help=_("Register the household once the consent is there."),
        )


def check_may_join(organisation: Organisation, user: User, code: str) -> None:
    how = Organisation.HowToJoin
    if organisation.how_to_join == how.CLOSED:
        raise DomainError(
            "closed",
            _("This organisation takes nobody at the moment."),
            help=_("Look at the other organisations."),
        )
    if organisation.how_to_join == how.CODE and (
        not organisation.join_code or code != organisation.join_code
    ):
        raise DomainError(
            "wrong_code",
            _("This is not the organisation's code."),
            help=_("Ask a person who manages it for the code."),
        )
    if organisation.how_to_join == how.OPEN and not Volunteer.objects.verified().filter(user=user).exists():
        raise DomainError(
            "not_verified",
            _("This organisation is open to verified volunteers."),
            help=_("Register as a volunteer; the centre verifies you."),
        )


def check_reason_is_given(reason: str) -> None:
    if not reason.strip():
        raise DomainError(
            "reason_missing", _("A reason is needed."), help=_("Say in a sentence why; it is kept.")
        )
