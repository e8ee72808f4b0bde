"""`{{ offer|why }}`, `{{ request|why_returned }}`, `{{ request|what_would_help }}`: lists of sentences, and names."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from accounts.models import Volunteer
from accounts.models.volunteers import public_name
from matching import words
from matching.models import Assignment, ServiceRequest

register = template.Library()
register.filter("why", words.why)
register.filter("why_returned", words.why_returned)
register.filter("what_would_help", words.what_would_help)


@register.filter
def skills_of(request: ServiceRequest) -> str:
    return words.skill_words(request.skills)


@register.filter
def names(assignments: Iterable[Assignment]) -> str:
    return _(", ").join(dict.fromkeys(str(row.volunteer) for row in assignments))


@register.filter
def first_name_only(volunteer: Volunteer) -> str:
    """What the household reads of who comes: the surname, whoever consents to more in public."""
    return str(public_name(volunteer.user.name, consents=False))


@register.filter
def of(rows: Mapping[int, Any], key: int) -> Any:
    """What a table of rows holds for this key; nothing if nothing."""
    return rows.get(key, ())
