"""Codes into sentences of the reader's language: why somebody is asked, and why nobody could be found.

The phrases have no subject, so that the person asked and the worker read the same.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.codes import Skill
from core.slots import DAYS, PARTS
from core.templatetags.words import distance
from matching.checks import BY_CODE
from matching.models import Offer, ServiceRequest
from matching.studios import STUDIO_CHECK_BY_CODE

Params = Mapping[str, Any]


def skill_words(codes: Sequence[str]) -> str:
    return _(", ").join(str(Skill(code).label) for code in codes)


def slot_word(slot: int) -> str:
    """ "Saturday morning" for slot 16."""
    row, part = divmod(slot - 1, 3)
    return _("%(day)s %(part)s") % {"day": DAYS[row], "part": PARTS[part]}


def _skills_fit(params: Params) -> str:
    return _("Skill fits: %(skills)s") % {
        "skills": skill_words([Skill.values[bit] for bit in params["skills"]])
    }


def _studio_offers(params: Params) -> str:
    if not params["skills"]:
        return _("Offers this kind of service")
    return _("Offers it: %(skills)s") % {"skills": skill_words(params["skills"])}


def _visits(params: Params) -> str:
    count = params["visits"]
    return ngettext(
        "Knows the household: %(count)d visit", "Knows the household: %(count)d visits", count
    ) % {"count": count}


def _room(params: Params) -> str:
    count = params["count"]
    return ngettext(
        "Room for %(count)d more service that week", "Room for %(count)d more services that week", count
    ) % {"count": count}


REASONS: dict[str, Callable[[Params], str]] = {
    "near": lambda params: _("Near: %(distance)s") % {"distance": distance(params["metres"])},
    "by_phone": lambda _params: _("By phone or online: distance does not matter"),
    "has_skills": _skills_fit,
    "free_in_slot": lambda _params: _("Free at this time"),
    "knows_household": _visits,
    "usually_accepts": lambda params: _("Often says yes: %(percent)d%%") % params,
    "recently_active": lambda _params: _("Has helped lately"),
    "rested": lambda params: _("Not asked in the last %(days)d days") % params,
    "light_load": lambda _params: _("Nothing else promised this week"),
    "answers_fast": lambda _params: _("Answers quickly"),
    "speaks_language": lambda _params: _("Speaks the language"),
    "came_unasked": lambda _params: _("Came unasked"),
    "studio_offers": _studio_offers,
    "studio_has_room": _room,
}


def why(offer: Offer) -> list[str]:
    """Why this person or studio is asked, the weightiest first; a code that this version does not know is left out."""
    return [REASONS[reason["code"]](reason) for reason in offer.reasons if reason.get("code") in REASONS]


def why_returned(request: ServiceRequest) -> list[str]:
    """Why nobody could be found, with numbers; empty unless the need came back."""
    found = request.returned_because
    if not found:
        return []
    if found.get("cause") == "started":
        return [_("The time came before enough people were found.")]
    return [_able(request, found), *_people(found), *_answers(found), *_studios(found)]


def _able(request: ServiceRequest, found: Params) -> str:
    count = found.get("able", 0)
    if not request.skills:
        return ngettext("%(count)d volunteer could do it", "%(count)d volunteers could do it", count) % {
            "count": count
        }
    skills = skill_words(request.skills)
    if not count:
        return _("Nobody has the skill: %(skills)s") % {"skills": skills}
    return ngettext("%(count)d has the skill: %(skills)s", "%(count)d have the skill: %(skills)s", count) % {
        "count": count,
        "skills": skills,
    }


def _people(found: Params) -> list[str]:
    """Checks that excluded somebody, most people first; having no such skill is the rule and not worth a line."""
    excluded = sorted(found.get("excluded", {}).items(), key=lambda item: -item[1])
    return [
        str(BY_CODE[code].counted % {"count": count})
        for code, count in excluded
        if code in BY_CODE and code not in {"skill", "asked"}
    ]


def _answers(found: Params) -> list[str]:
    lines = []
    if count := found.get("declined", 0):
        lines.append(ngettext("%(count)d said no", "%(count)d said no", count) % {"count": count})
    if count := found.get("silent", 0):
        lines.append(
            ngettext("%(count)d did not answer", "%(count)d did not answer", count) % {"count": count}
        )
    return lines


def _studios(found: Params) -> list[str]:
    return [
        str(STUDIO_CHECK_BY_CODE[code].counted % {"count": count})
        for code, count in found.get("studios", {}).items()
        if code in STUDIO_CHECK_BY_CODE
    ]


def what_would_help(request: ServiceRequest) -> list[str]:
    """What the worker could do about it, the most promising first."""
    found = request.returned_because
    lines = []
    if found.get("free_in_slot"):
        lines.append(
            ngettext(
                "On %(slot)s %(count)d of them is free: another time would help.",
                "On %(slot)s %(count)d of them are free: another time would help.",
                found["free_in_slot"],
            )
            % {"slot": slot_word(found["slot"]), "count": found["free_in_slot"]}
        )
    excluded = sorted(found.get("excluded", {}).items(), key=lambda item: -item[1])
    for code, _count in excluded:
        remedy = BY_CODE[code].remedy if code in BY_CODE else ""
        if remedy and not (lines and code in {"free", "clash"}) and str(remedy) not in lines:
            lines.append(str(remedy))
    if found.get("silent"):
        lines.append(_("Those who did not answer can be asked once more."))
    return lines[:3]
