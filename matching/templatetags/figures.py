"""`{{ 0.34|share }}`: 34%."""

from django import template

register = template.Library()


@register.filter
def share(value: float) -> str:
    return f"{100 * value:.0f}%"
