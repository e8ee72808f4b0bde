"""What stays empty and what would fill it, counted over every candidate of the district by the hard limits."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.utils.translation import ngettext

from core.geo import CELL_M
from core.templatetags.words import distance
from matching.checks import NEAR, TO_BE_ASKED, passing
from matching.needs import Need
from matching.people import People
from matching.services.planning import because
from matching.studios import Provider
from matching.words import skill_words, what_would_help, why_returned

FARTHEST_WORTH_ASKING_M = 10_000


def reasons_of(need: Need, people: People, providers: Sequence[Provider]) -> dict[str, Any]:
    """Codes and counts: as when a need comes back, and who would come if they went farther."""
    return because(need, people, providers) | _farther(need, people)


def _farther(need: Need, people: People) -> dict[str, int]:
    """How many pass everything but the distance within 10 km, and the step of 500 m of the nearest of them."""
    if need.request.is_remote:
        return {"farther": 0}
    able = passing(need, people, [check for check in TO_BE_ASKED if check is not NEAR])
    metres = np.hypot(*(people.xy - need.xy).T)
    beyond = able & (metres > people.radius_m) & (metres <= FARTHEST_WORTH_ASKING_M)
    if not beyond.any():
        return {"farther": 0}
    nearest = float(metres[beyond].min())
    return {
        "farther": int(beyond.sum()),
        "farther_m": max(CELL_M, int(np.ceil(nearest / CELL_M)) * CELL_M),
    }


def why_empty(need: Need, found: Mapping[str, Any], *, needed_elsewhere: int, left_out: int) -> list[str]:
    """Why seats stay empty, in words with numbers."""
    lines = []
    if left_out:
        lines.append(
            ngettext(
                "You leave out %(count)d person who could come.",
                "You leave out %(count)d people who could come.",
                left_out,
            )
            % {"count": left_out}
        )
    if needed_elsewhere:
        lines.append(
            ngettext(
                "%(count)d person could come, and is needed more for another need.",
                "%(count)d people could come, and each is needed more for another need.",
                needed_elsewhere,
            )
            % {"count": needed_elsewhere}
        )
    return lines or why_returned(_with(need, found))


def what_would_fill(need: Need, found: Mapping[str, Any], *, empty: int) -> list[str]:
    """One more person of what kind and where; a wider radius; another time; what else the counts suggest."""
    request = need.request
    params = {
        "count": empty,
        "skills": skill_words(request.skills),
        "place": request.subdistrict,
    }
    if request.skills:
        first = ngettext(
            "%(count)d more person in or near %(place)s with this skill: %(skills)s.",
            "%(count)d more people in or near %(place)s with this skill: %(skills)s.",
            empty,
        )
    else:
        first = ngettext(
            "%(count)d more volunteer in or near %(place)s.",
            "%(count)d more volunteers in or near %(place)s.",
            empty,
        )
    lines = [first % params]
    if found.get("farther"):
        lines.append(
            ngettext(
                "A wider radius: %(count)d person could come who lives farther away (%(distance)s).",
                "A wider radius: %(count)d people could come who live farther away (the nearest %(distance)s).",
                found["farther"],
            )
            % {"count": found["farther"], "distance": distance(found["farther_m"])}
        )
    return lines + what_would_help(_with(need, found))


def _with(need: Need, found: Mapping[str, Any]) -> Any:
    """The need as if it had come back for these reasons; the row itself stays as it was read."""
    shown = copy.copy(need.request)
    shown.returned_because = dict(found)
    return shown
