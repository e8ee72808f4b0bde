"""Messages about activities, places and hours."""

from django.utils.translation import gettext_lazy as _

from notifications.catalogue.kind import Group, Kind, still_signed_up

KINDS: dict[str, Kind] = {
    # --- activities
    "signed-up": Kind(
        _("Your place is kept: %(title)s, %(when)s"),
        _("Where: %(place)s. If you cannot come, give the place back in good time."),
        icon="calendar",
        by_email=True,
        about="sign_up",
        still_true=still_signed_up,
        group=Group.GOING,
    ),
    "sign-up-cancelled": Kind(
        _("Your place was cancelled by the organiser: %(title)s, %(when)s"),
        icon="stop",
        is_urgent=True,
        by_sms=True,
        by_email=True,
        group=Group.GOING,
    ),
    "activity-changed": Kind(
        _("Changed: %(title)s"),
        _("What changed: %(what)s. Now: %(when)s, %(place)s."),
        icon="edit",
        is_urgent=True,
        by_sms=True,
        by_email=True,
        group=Group.GOING,
    ),
    "activity-cancelled": Kind(
        _("Cancelled: %(title)s, %(when)s"),
        "%(reason)s",
        icon="stop",
        is_urgent=True,
        by_sms=True,
        by_email=True,
        group=Group.GOING,
    ),
    "activity-published": Kind(
        _("Published: %(title)s"),
        _("People can sign up now."),
        icon="calendar",
        by_email=True,
        group=Group.MINE,
    ),
    "activity-refused": Kind(
        _("Not published yet: %(title)s"),
        _("The centre says: %(reason)s Change it and send it again."),
        icon="edit",
        by_email=True,
        group=Group.MINE,
    ),
    "hours": Kind(
        _("%(hours)s recorded: %(title)s"), _("Thank you for your time."), icon="clock", group=Group.RECORD
    ),
    "hours-corrected": Kind(
        _("Hours put right: %(title)s"),
        _("Your list of hours shows what was changed and why."),
        icon="clock",
        group=Group.RECORD,
    ),
    "correction-made": Kind(
        _("Your hours were put right: %(title)s"),
        "%(answer)s",
        icon="clock",
        by_email=True,
        group=Group.RECORD,
    ),
    "correction-refused": Kind(
        _("Your hours stay as they are: %(title)s"),
        "%(answer)s",
        icon="clock",
        by_email=True,
        group=Group.RECORD,
    ),
}
