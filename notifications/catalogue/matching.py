"""Messages about needs, offers and assignments."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.catalogue.kind import (
    ANSWER,
    Group,
    Kind,
    not_reviewed,
    still_asked,
    still_going,
    still_proposed,
)

KINDS: dict[str, Kind] = {
    # --- matching: to who is asked, goes and went
    "offer": Kind(
        _("Can you help? %(title)s, %(when)s"),
        _("Please answer by %(by)s. Whoever says yes first goes; saying no is fine."),
        icon="hand",
        is_urgent=True,
        by_email=True,
        action=ANSWER,
        about="offer",
        still_true=still_asked,
        group=Group.ASKED,
    ),
    "studio-offer": Kind(
        _("Can %(studio)s help? %(title)s, %(when)s"),
        _("Please answer by %(by)s and say who goes."),
        icon="studio",
        is_urgent=True,
        by_email=True,
        action=ANSWER,
        about="offer",
        still_true=still_asked,
        group=Group.ASKED,
    ),
    "offer-taken": Kind(
        _("Somebody has already said yes: %(title)s"),
        _("Thank you for being there. We ask again when something suits you."),
        icon="done",
        group=Group.ASKED,
    ),
    "offer-withdrawn": Kind(
        _("No longer needed: %(title)s"),
        _("There is nothing for you to do. Thank you for being there."),
        icon="done",
        group=Group.ASKED,
    ),
    "assignment": Kind(
        _("You are going: %(title)s, %(when)s"),
        _("Where to go and whom to call stands on the page of the assignment."),
        icon="calendar",
        by_email=True,
        about="assignment",
        still_true=still_going,
        group=Group.GOING,
    ),
    "assignment-cancelled": Kind(
        _("You need not go: %(title)s, %(when)s"),
        _("It was cancelled. %(reason)s"),
        icon="stop",
        is_urgent=True,
        by_email=True,
        group=Group.GOING,
    ),
    "reviewed": Kind(
        _("%(stars)s of 5 stars for: %(title)s"),
        _("The household has said how it was. Thank you."),
        icon="star",
        group=Group.RECORD,
    ),
    # --- matching: to the worker who posted the need
    "request-staffed": Kind(
        _("People found: %(title)s, %(when)s"),
        icon="users",
        action=pgettext_lazy("button", "See who goes"),
        group=Group.MINE,
    ),
    "request-returned": Kind(
        _("Nobody found yet: %(title)s, %(when)s"),
        _("The page says why. Change the need and ask again, or look for somebody yourself."),
        icon="warning",
        is_urgent=True,
        by_email=True,
        action=pgettext_lazy("button", "See why"),
        group=Group.MINE,
    ),
    "request-proposed": Kind(
        _("Please confirm who is asked: %(title)s, %(when)s"),
        _("In this household a person confirms first. Nobody is asked before you have looked."),
        icon="shield",
        is_urgent=True,
        by_email=True,
        action=pgettext_lazy("button", "Look and confirm"),
        about="request",
        still_true=still_proposed,
        group=Group.MINE,
    ),
    "request-lost-somebody": Kind(
        _("Somebody cannot come: %(title)s, %(when)s"),
        _("Others are being asked."),
        icon="warning",
        is_urgent=True,
        by_email=True,
        group=Group.MINE,
    ),
    "request-cancelled": Kind(
        _("Cancelled: %(title)s, %(when)s"), "%(reason)s", icon="stop", group=Group.MINE
    ),
    "service-done": Kind(
        _("Done: %(title)s"), _("You can read the report and close the need."), icon="done", group=Group.MINE
    ),
    # --- matching: to the household's contact
    "household-registered": Kind(
        _("Your household is registered"),
        _("Your community worker can now look for help. You see here what is under way."),
        icon="home",
        by_email=True,
        group=Group.MINE,
    ),
    "help-asked": Kind(
        _("We are looking for somebody: %(title)s, %(when)s"),
        _("We tell you when somebody is found."),
        icon="search",
        group=Group.HOUSEHOLD,
    ),
    "help-found": Kind(
        _("Help is coming: %(title)s, %(when)s"),
        _("Your page says who comes."),
        icon="heart",
        by_email=True,
        group=Group.HOUSEHOLD,
    ),
    "help-on-the-way": Kind(
        _("On the way to you: %(title)s"),
        icon="walk",
        is_urgent=True,
        about="assignment",
        still_true=still_going,
        group=Group.HOUSEHOLD,
    ),
    "help-cancelled": Kind(
        _("Not coming: %(title)s, %(when)s"),
        _("Your community worker knows and is looking for somebody else."),
        icon="warning",
        is_urgent=True,
        by_email=True,
        group=Group.HOUSEHOLD,
    ),
    "request-called-off": Kind(
        _("Called off: %(title)s, %(when)s"),
        "%(reason)s",
        icon="stop",
        is_urgent=True,
        by_email=True,
        group=Group.HOUSEHOLD,
    ),
    "please-review": Kind(
        _("How was it? %(title)s"),
        _("A minute of yours helps the next household, and thanks who came."),
        icon="star",
        by_email=True,
        action=pgettext_lazy("button", "Say how it was"),
        about="assignment",
        still_true=not_reviewed,
        group=Group.HOUSEHOLD,
    ),
}
