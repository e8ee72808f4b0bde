"""Messages about conversations. The words themselves are read on their page, where they are kept sealed."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.catalogue.kind import Group, Kind

KINDS: dict[str, Kind] = {
    "said": Kind(
        _("Somebody writes about: %(title)s"),
        _("Answer in the conversation; nobody needs your phone number."),
        icon="chat",
        action=pgettext_lazy("button", "Read and answer"),
        group=Group.GOING,
    )
}
