"""Words of the desks."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from matching import words
from matching.models import Offer, ServiceRequest

register = template.Library()


@register.filter
def briefly(offer: Offer) -> str:
    """The two weightiest reasons of an offer."""
    return str(_(", ")).join(words.why(offer)[:2])


@register.filter
def returned_briefly(need: ServiceRequest) -> str:
    """Who could have come and what excluded most of them, for a need that came back."""
    return str(_(", ")).join(words.why_returned(need)[:2])


@register.filter
def lasting(length: timedelta | None) -> str:
    """ "35 minutes", "4 hours", "2 days"; a dash for nothing."""
    if length is None:
        return "—"
    minutes = round(length / timedelta(minutes=1))
    if minutes < 90:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = round(hours / 24)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


@register.filter
def percent(value: int | None) -> str:
    """ "87 %", and a dash where there was nothing to divide by."""
    return "—" if value is None else gettext("%(value)d%%") % {"value": value}
