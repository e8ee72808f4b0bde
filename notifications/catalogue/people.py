"""Messages about people: registrations, studios, memberships."""

from django.utils.translation import gettext_lazy as _

from notifications.catalogue.kind import Group, Kind

KINDS: dict[str, Kind] = {
    # --- people
    "volunteer-verified": Kind(
        _("Welcome: you are a registered volunteer"),
        _("You can sign up for activities, and are asked when somebody near you needs what you can do."),
        icon="heart",
        by_email=True,
        group=Group.ACCOUNT,
    ),
    "volunteer-suspended": Kind(
        _("Your registration is suspended"),
        "%(reason)s",
        icon="stop",
        is_urgent=True,
        by_email=True,
        group=Group.ACCOUNT,
    ),
    "volunteer-restored": Kind(
        _("Your registration is in force again"),
        _("You can sign up for activities and are asked again. Welcome back."),
        icon="heart",
        by_email=True,
        group=Group.ACCOUNT,
    ),
    "record-answered": Kind(
        _("Your question about your record was answered"),
        "%(answer)s",
        icon="chat",
        by_email=True,
        group=Group.RECORD,
    ),
    "studio-verified": Kind(
        _("%(studio)s is verified"),
        _("It is on the public list, and is asked when somebody needs what it offers."),
        icon="studio",
        by_email=True,
        group=Group.ACCOUNT,
    ),
    "studio-suspended": Kind(
        _("%(studio)s is suspended"),
        "%(reason)s",
        icon="stop",
        is_urgent=True,
        by_email=True,
        group=Group.ACCOUNT,
    ),
    "studio-restored": Kind(
        _("%(studio)s is in force again"),
        _("It is on the public list again, and is asked. Welcome back."),
        icon="studio",
        by_email=True,
        group=Group.ACCOUNT,
    ),
    "membership-asked": Kind(
        _("%(person)s wants to join %(organisation)s"),
        _("Let the person in, or say why not."),
        icon="users",
        group=Group.ACCOUNT,
    ),
    "membership": Kind(
        _("You are a member of %(organisation)s"),
        _("Your hours count for it and for your neighbourhood both."),
        icon="users",
        group=Group.ACCOUNT,
    ),
    "search-found": Kind(
        _("New for “%(typed)s”: %(title)s"),
        _("The search shows everything that fits, and lets you stop these messages."),
        icon="search",
        group=Group.ACCOUNT,
    ),
}
