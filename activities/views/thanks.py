"""What is said after a check-out."""

from django.utils.translation import gettext as _

from activities.models import SignUp, Timesheet
from core.templatetags.words import hours


def thanks(sign_up: SignUp) -> str:
    sheet = Timesheet.objects.filter(sign_up=sign_up).first()
    if sheet is None:
        return _("You are checked out. Less than a minute was observed, so nothing is recorded.")
    if sheet.status == Timesheet.Status.WAITING:
        return _("You are checked out. Somebody else looks at the time and approves it. Thank you.")
    return _("You are checked out, %(hours)s recorded. Thank you.") % {
        "hours": hours(sheet.approved_minutes or 0)
    }
