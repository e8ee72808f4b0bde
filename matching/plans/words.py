"""Codes and differences of a plan in words, about a third person."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.words import distance

YESES_WORTH_SAYING = 0.05


def why_not_words(codes: Sequence[str]) -> list[str]:
    """Codes of the limits somebody does not pass, about a third person."""
    said = {
        "skill": _("does not have the skill"),
        "licence": _("has no checked licence that is valid on the day"),
        "verified": _("is not verified yet"),
        "age": _("is too young without a guardian's consent"),
        "household": _("belongs to the household"),
        "blocked": _("is not sent to this household"),
        "free": _("is not free at this time"),
        "near": _("lives farther away than the own radius"),
        "clash": _("has promised this time already"),
        "cancelled": _("has cancelled too often this week"),
        "pushes": _("does not want to be asked"),
        "budget": _("has been asked enough this week"),
        "asked": _("was asked about this already"),
        "thinking": _("is being asked about another need at this time"),
        "service": _("does not offer this service"),
        "credential": _("has no checked licence that is valid on the day"),
        "open": _("is closed at this time"),
        "radius": _("does not go that far"),
        "capacity": _("has no more room in that week"),
        "studio_asked": _("was asked about this already"),
        "gone": _("is suspended or no longer registered"),
    }
    return [said.get(code, _("does not pass a limit")) for code in codes]


def difference_words(*, metres: int, yeses: float, empty: int, asks: int) -> list[str]:
    """How one plan differs from another, the weightiest first; metres in steps of 500, `asks` are new questions."""
    lines = []
    if empty > 0:
        lines.append(
            ngettext("%(count)d place more stays empty", "%(count)d places more stay empty", empty)
            % {"count": empty}
        )
    if asks:
        said = (
            ngettext("%(count)d person more is asked", "%(count)d people more are asked", abs(asks))
            if asks > 0
            else ngettext("%(count)d person fewer is asked", "%(count)d people fewer are asked", abs(asks))
        )
        lines.append(said % {"count": abs(asks)})
    if metres > 0:
        lines.append(_("%(distance)s more in total") % {"distance": distance(metres)})
    elif metres < 0:
        lines.append(_("%(distance)s less in total") % {"distance": distance(-metres)})
    if abs(yeses) >= YESES_WORTH_SAYING:
        word = _("%(count).1f fewer yeses expected") if yeses < 0 else _("%(count).1f more yeses expected")
        lines.append(word % {"count": abs(yeses)})
    return lines
