"""What was found, inside <mark> (`{{ title|marked:results.terms }}`), and the addresses of narrower searches."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.models import SavedSearch
from portal.search import showing
from portal.search.finding import Results

register = template.Library()


@register.filter
def marked(text: str, terms: Iterable[str]) -> SafeString:
    return showing.marked(str(text), terms)


FACETS = {"category": _("Kind of service"), "skill": _("Skill"), "division": _("Subdistrict")}


ONE_OF = {
    "activity": _("Activity"),
    "studio": _("Studio"),
    "organisation": _("Organisation"),
    "volunteer": _("Volunteer"),
    "help": _("Help"),
}


@register.filter
def one_of(kind: str) -> str:
    """The kind of a single result."""
    return str(ONE_OF.get(kind, ""))


@register.filter
def facet(name: str) -> str:
    return str(FACETS[name])


@register.filter
def at_address(saved: Iterable[SavedSearch], address: str) -> SavedSearch | None:
    """The saved search with this address, if there is one."""
    return next((one for one in saved if one.address == address), None)


@register.simple_tag
def narrowed(results: Results, **instead: str | int) -> str:
    """The address of the same search with other filters; the value in use takes its filter away."""
    in_use = results.filters
    changed = {
        name: "" if str(getattr(in_use, name)) == str(value) else value for name, value in instead.items()
    }
    return in_use.address(results.typed, **changed)
