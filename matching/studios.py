"""Studios as providers, asked when the rings of volunteers are spent; one small function for each reason not to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import ngettext_lazy

from accounts.models import Credential, Studio, StudioService
from core.codes import Skill
from core.geo import distance_m, distance_step
from matching.engine import first_wave
from matching.models import Assignment, ServiceRequest
from matching.needs import Need
from matching.problem import Ask
from matching.states import MAY_BE_ASKED_AGAIN

STUDIO_VERSION = "studio-1"
CHANCE_OF_A_STUDIO = (
    0.5  # before there is history: a studio answers more often than a person (MATCHING: 17 to 47 %)
)
MOST_STUDIOS_AT_ONCE = 3


@dataclass(frozen=True)
class Provider:
    """A verified studio, what it offers and holds, and how many services it has promised in each week."""

    studio: Studio
    promised: Counter[date]
    services: tuple[StudioService, ...]
    credentials: tuple[Credential, ...]

    def room_in(self, week: date) -> int:
        return max(self.studio.weekly_capacity - self.promised[week], 0)


def week_of(moment: datetime) -> date:
    """The Monday of the local week."""
    day = timezone.localtime(moment).date()
    return day - timedelta(days=day.weekday())


def load_providers(needs: Sequence[Need], *, studio_ids: Sequence[int] | None = None) -> list[Provider]:
    """Verified studios with what they offer, in four queries however many there are."""
    studios = Studio.objects.verified().order_by("id").prefetch_related("services", "credentials")
    if studio_ids is not None:
        studios = studios.filter(pk__in=studio_ids)
    weeks = [week_of(need.request.starts_at) for need in needs]
    first = timezone.make_aware(datetime.combine(min(weeks), datetime.min.time()))
    last = timezone.make_aware(datetime.combine(max(weeks) + timedelta(days=7), datetime.min.time()))
    promised: dict[int, Counter[date]] = {}
    standing = Assignment.objects.standing().filter(
        studio__isnull=False, request__starts_at__gte=first, request__starts_at__lt=last
    )
    for studio, starts_at in standing.values_list("studio_id", "request__starts_at"):
        promised.setdefault(studio or 0, Counter())[week_of(starts_at)] += 1
    return [
        Provider(
            studio,
            promised.get(studio.pk, Counter()),
            tuple(studio.services.all()),
            tuple(studio.credentials.all()),
        )
        for studio in studios
    ]


def check_offers_it(need: Need, provider: Provider) -> bool:
    """A service for each skill wanted; without skills, one of the same kind."""
    services = provider.services
    if need.request.is_remote:
        services = tuple(service for service in services if service.is_remote) or services
    if not need.request.skills:
        return any(service.category == need.request.category for service in services)
    return set(need.request.skills) <= {service.skill for service in services}


def check_credential_is_valid(need: Need, provider: Provider) -> bool:
    """Order 685, Art 16: valid on the day of service."""
    day = date.fromordinal(need.day)
    valid = {row.skill for row in provider.credentials if row.is_valid_on(day)}
    licensed = {code for at, code in enumerate(Skill.values) if need.licensed >> at & 1}
    return licensed <= valid


def check_is_open_then(need: Need, provider: Provider) -> bool:
    return provider.studio.slots & need.slots == need.slots


def check_goes_there(need: Need, provider: Provider) -> bool:
    if need.request.is_remote:
        return True
    return distance_m(provider.studio.point, need.request.cell.centre) <= provider.studio.radius_m


def check_has_room(need: Need, provider: Provider) -> bool:
    return provider.room_in(week_of(need.request.starts_at)) >= 1


def check_was_not_asked(need: Need, provider: Provider) -> bool:
    return not any(
        offer.studio_id == provider.studio.pk and offer.status not in MAY_BE_ASKED_AGAIN
        for offer in need.offers
    )


@dataclass(frozen=True)
class StudioCheck:
    code: str
    holds: Callable[[Need, Provider], bool]
    counted: Any  # ngettext_lazy with `count`


STUDIO_CHECKS = (
    StudioCheck(
        "service",
        check_offers_it,
        ngettext_lazy("%(count)d studio does not offer it", "%(count)d studios do not offer it", "count"),
    ),
    StudioCheck(
        "credential",
        check_credential_is_valid,
        ngettext_lazy(
            "%(count)d studio has no valid licence for that day",
            "%(count)d studios have no valid licence for that day",
            "count",
        ),
    ),
    StudioCheck(
        "open",
        check_is_open_then,
        ngettext_lazy("%(count)d studio is closed then", "%(count)d studios are closed then", "count"),
    ),
    StudioCheck(
        "radius",
        check_goes_there,
        ngettext_lazy("%(count)d studio does not go there", "%(count)d studios do not go there", "count"),
    ),
    StudioCheck(
        "capacity",
        check_has_room,
        ngettext_lazy(
            "%(count)d studio has no room that week", "%(count)d studios have no room that week", "count"
        ),
    ),
    StudioCheck(
        "studio_asked",
        check_was_not_asked,
        ngettext_lazy("%(count)d studio was asked already", "%(count)d studios were asked already", "count"),
    ),
)
STUDIO_CHECK_BY_CODE = {check.code: check for check in STUDIO_CHECKS}


def passes(need: Need, provider: Provider) -> bool:
    return all(check.holds(need, provider) for check in STUDIO_CHECKS)


def studio_hindrances(need: Need, provider: Provider) -> list[str]:
    """Codes of all that it does not pass."""
    return [check.code for check in STUDIO_CHECKS if not check.holds(need, provider)]


def studio_counts(need: Need, providers: Sequence[Provider]) -> dict[str, int]:
    """How many studios each check excluded first. Those that do not offer the service are left out: they are most."""
    found: Counter[str] = Counter()
    for provider in providers:
        for check in STUDIO_CHECKS:
            if not check.holds(need, provider):
                found[check.code] += 1
                break
    del found["service"]
    return dict(found)


def studios_to_ask(need: Need, providers: Sequence[Provider]) -> list[Ask]:
    """The next studios for this need, nearest first, as many as bring the chance to the wanted one."""
    able = [provider for provider in providers if passes(need, provider)]
    able.sort(key=lambda provider: (_away(need.request, provider), provider.studio.pk))
    thinking = [offer.probability for offer in need.live]
    target = float(need.asking.fill_targets[need.request.urgency])
    chances = [*thinking, *[CHANCE_OF_A_STUDIO] * len(able)]
    count = max(first_wave(chances, 1, target, MOST_STUDIOS_AT_ONCE) - len(thinking), 0)
    return [ask_of(need, provider) for provider in able[:count]]


def _away(request: ServiceRequest, provider: Provider) -> int:
    return 0 if request.is_remote else distance_step(provider.studio.point, request.cell)


def ask_of(need: Need, provider: Provider) -> Ask:
    """The question to this studio, with its reasons."""
    steps = None if need.request.is_remote else distance_step(provider.studio.point, need.request.cell)
    reasons: list[dict[str, Any]] = [
        {"code": "studio_offers", "skills": need.request.skills},
        {"code": "studio_has_room", "count": provider.room_in(week_of(need.request.starts_at))},
    ]
    reasons.append({"code": "by_phone"} if steps is None else {"code": "near", "metres": steps})
    return Ask(
        volunteer_id=None,
        studio_id=provider.studio.pk,
        score=1.0 / (1.0 + (steps or 0) / 5000),
        probability=CHANCE_OF_A_STUDIO,
        reasons=reasons,
        model_version=STUDIO_VERSION,
        distance_m=steps,
    )
