"""`{{ title|marked:results.terms }}`: what was found, inside <mark>."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from portal.search import showing

register = template.Library()


@register.filter
def marked(text: str, terms: Iterable[str]) -> SafeString:
    return showing.marked(str(text), terms)
