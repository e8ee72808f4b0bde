"""What stands in the index of each thing that can be found. Written in the transaction of the fact that changes it.

Of a need only the public part goes in: title, kind, skills and subdistrict. Never the household, the note, the cell.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models, transaction
from django.utils.translation import override

from accounts.models import Division, Organisation, Studio, Volunteer
from activities.models import Activity
from core.codes import ServiceCategory, Skill
from matching.models import ServiceRequest
from portal.models import SearchEntry
from portal.search.words import vector_of

Kind = SearchEntry.Kind
BATCH = 1000
LOOKING = {ServiceRequest.Status.OPEN, ServiceRequest.Status.ASKING, ServiceRequest.Status.RETURNED}
WRITTEN = [
    *("title", "summary", "division_code", "is_public", "happens_at", "ends_at"),
    *("categories", "skills", "lon", "lat", "vector"),
]
Names = dict[str, str]


@cache
def in_both_languages(table: type[models.TextChoices], code: str) -> str:
    """The word for a code, as a reader of either language would type it."""
    if code not in table.values:
        return ""
    said = []
    for language in ("zh-hans", "en"):
        with override(language):
            said.append(str(table(code).label))
    return " ".join(said)


def kinds_in_words(categories: Iterable[str], skills: Iterable[str] = ()) -> str:
    known = [in_both_languages(ServiceCategory, code) for code in categories]
    return " ".join([*known, *(in_both_languages(Skill, code) for code in skills)])


def place_in_words(code: str, names: Names, *, down_to: int = 12) -> str:
    """The names of a division and of those above it, no finer than `down_to` digits."""
    return " ".join(
        names[code[:length]]
        for length in (6, 9, 12)
        if length <= min(down_to, len(code)) and code[:length] in names
    )


def excerpt(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= 160 else one_line[:159] + "…"


def activity_entry(activity: Activity, names: Names) -> SearchEntry | None:
    """Published activities that take people; nothing of a draft, a cancelled or a finished one."""
    if activity.status != Activity.Status.RECRUITING:
        return None
    organiser = activity.organisation or activity.studio
    return SearchEntry(
        kind=Kind.ACTIVITY,
        object_id=activity.pk,
        title=activity.title,
        summary=excerpt(activity.about),
        division_code=activity.division_id,
        is_public=True,
        happens_at=activity.starts_at,
        ends_at=activity.ends_at,
        categories=activity.categories,
        lon=activity.lon,
        lat=activity.lat,
        vector=vector_of(
            a=activity.title,
            b=f"{kinds_in_words(activity.categories)} {place_in_words(activity.division_id, names)}",
            c=f"{activity.place} {organiser or ''} {activity.about}",
        ),
    )


def need_entry(need: ServiceRequest, names: Names) -> SearchEntry | None:
    """Live needs until they begin; public under the conditions of `matching.browse.open_to_all`: people are looked
    for, there is room, and the household is none where a person confirms first."""
    if need.status in {ServiceRequest.Status.CLOSED, ServiceRequest.Status.CANCELLED}:
        return None
    subdistrict = need.division.parent or need.division
    return SearchEntry(
        kind=Kind.NEED,
        object_id=need.pk,
        title=need.title,
        division_code=need.division_id,
        is_public=need.status in LOOKING and need.free > 0 and not need.household.is_sensitive,
        happens_at=need.starts_at,
        ends_at=need.starts_at,
        categories=[need.category],
        skills=need.skills,
        lon=subdistrict.lon,
        lat=subdistrict.lat,
        vector=vector_of(
            a=need.title,
            b=f"{kinds_in_words([need.category], need.skills)} {place_in_words(need.division_id, names, down_to=9)}",
        ),
    )


def studio_entry(studio: Studio, names: Names) -> SearchEntry | None:
    """Verified studios with what they offer."""
    if studio.status != Studio.Status.VERIFIED:
        return None
    services = list(studio.services.all())
    categories = list(dict.fromkeys(service.category for service in services))
    skills = list(dict.fromkeys(service.skill for service in services))
    kinds = kinds_in_words(categories, skills)
    return SearchEntry(
        kind=Kind.STUDIO,
        object_id=studio.pk,
        title=studio.name,
        summary=excerpt(studio.about),
        division_code=studio.division_id,
        is_public=True,
        categories=categories,
        skills=skills,
        lon=studio.lon,
        lat=studio.lat,
        vector=vector_of(
            a=studio.name,
            b=f"{' '.join(service.name for service in services)} {kinds} {place_in_words(studio.division_id, names)}",
            c=studio.about,
        ),
    )


def organisation_entry(organisation: Organisation, names: Names) -> SearchEntry | None:
    return SearchEntry(
        kind=Kind.ORGANISATION,
        object_id=organisation.pk,
        title=organisation.name,
        division_code=organisation.division_id,
        is_public=True,
        vector=vector_of(a=organisation.name, b=place_in_words(organisation.division_id, names)),
    )


def volunteer_entry(volunteer: Volunteer, names: Names) -> SearchEntry | None:
    """For staff in whose scope the volunteer lives: never public, whatever else changes."""
    skills = [given.skill for given in volunteer.skills.all()]
    kinds = kinds_in_words(volunteer.categories, skills)
    return SearchEntry(
        kind=Kind.VOLUNTEER,
        object_id=volunteer.pk,
        title=volunteer.user.name,
        division_code=volunteer.home_division_id,
        is_public=False,
        categories=volunteer.categories,
        skills=skills,
        vector=vector_of(
            a=volunteer.user.name, b=f"{kinds} {place_in_words(volunteer.home_division_id, names)}"
        ),
    )


@dataclass(frozen=True)
class Source:
    rows: Callable[[], models.QuerySet[Any]]
    entry: Callable[[Any, Names], SearchEntry | None]


SOURCES = {
    Kind.ACTIVITY: Source(lambda: Activity.objects.select_related("organisation", "studio"), activity_entry),
    Kind.NEED: Source(
        lambda: ServiceRequest.objects.select_related("household", "division__parent"), need_entry
    ),
    Kind.STUDIO: Source(lambda: Studio.objects.prefetch_related("services"), studio_entry),
    Kind.ORGANISATION: Source(Organisation.objects.all, organisation_entry),
    Kind.VOLUNTEER: Source(
        lambda: Volunteer.objects.select_related("user").prefetch_related("skills"), volunteer_entry
    ),
}


def _names() -> Names:
    return dict(Division.objects.values_list("code", "name"))


def _write(entries: Collection[SearchEntry]) -> None:
    SearchEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["kind", "object_id"], update_fields=WRITTEN
    )


@transaction.atomic
def refresh(kind: SearchEntry.Kind, object_id: int) -> None:
    """Put one thing into the index as it stands now, or take it out."""
    row = SOURCES[kind].rows().filter(pk=object_id).first()
    entry = SOURCES[kind].entry(row, _names()) if row else None
    if entry:
        _write([entry])
    else:
        SearchEntry.objects.filter(kind=kind, object_id=object_id).delete()


def _batches(kind: SearchEntry.Kind) -> Iterator[list[Any]]:
    last = 0
    while batch := list(SOURCES[kind].rows().filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def rebuild(told: Callable[[str], None] = lambda _line: None) -> int:
    """The whole index anew, in batches that each commit; the number of things in it. Searches go on meanwhile."""
    names = _names()
    count = 0
    for kind, source in SOURCES.items():
        kept = 0
        for batch in _batches(kind):
            entries = [entry for row in batch if (entry := source.entry(row, names))]
            with transaction.atomic():
                _write(entries)
                gone = {row.pk for row in batch} - {entry.object_id for entry in entries}
                SearchEntry.objects.filter(kind=kind, object_id__in=gone).delete()
            kept += len(entries)
        _forget_deleted(kind)
        told(f"{kind.value}: {kept}")
        count += kept
    return count


def _forget_deleted(kind: SearchEntry.Kind) -> None:
    """Entries whose row is gone."""
    rows = SOURCES[kind].rows().filter(pk=models.OuterRef("object_id"))
    SearchEntry.objects.filter(~models.Exists(rows), kind=kind).delete()
