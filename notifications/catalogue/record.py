"""Messages about what somebody earned: stars, certificates, awards, training."""

from django.utils.translation import gettext_lazy as _

from notifications.catalogue.kind import Group, Kind

KINDS: dict[str, Kind] = {
    "star-published": Kind(
        _("Your application for a star is published"),
        _("Anybody can object until %(until)s. Then it is decided, and you are told."),
        icon="star",
        group=Group.RECORD,
    ),
    "star-granted": Kind(
        _("Congratulations: star %(level)s is yours"),
        _("It stands on your page from now on. Thank you for your time."),
        icon="star",
        by_email=True,
        group=Group.RECORD,
    ),
    "star-refused": Kind(
        _("Star %(level)s was not granted"), "%(reason)s", icon="star", by_email=True, group=Group.RECORD
    ),
    "star-revoked": Kind(
        _("Star %(level)s was revoked"), "%(reason)s", icon="star", by_email=True, group=Group.RECORD
    ),
    "star-objection-answered": Kind(
        _("Your objection to a star was answered"), "%(answer)s", icon="chat", group=Group.RECORD
    ),
    "certificate-ready": Kind(
        _("Your certificate is ready"),
        _("Number %(serial)s. You can open it, print it and pass it on."),
        icon="print",
        group=Group.RECORD,
    ),
    "certificate-superseded": Kind(
        _("A certificate of yours is out of date"),
        _("A service on number %(serial)s was corrected. Ask for a new one: it is free and takes a moment."),
        icon="history",
        by_email=True,
        group=Group.RECORD,
    ),
    "certificate-revoked": Kind(
        _("A certificate of yours was revoked"),
        _("Number %(serial)s: %(reason)s"),
        icon="stop",
        by_email=True,
        group=Group.RECORD,
    ),
    "award-entered": Kind(
        _("An award was entered into your record: %(title)s"),
        _("If something is wrong with it, tell the volunteer centre."),
        icon="star",
        group=Group.RECORD,
    ),
    "training-entered": Kind(
        _("A training was entered into your record: %(title)s"),
        _("If something is wrong with it, tell the volunteer centre."),
        icon="users",
        group=Group.RECORD,
    ),
}
