"""Check-in and check-out."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import RuleSet
from activities.models import Activity, Attendance, PaperSlip, Shift, SignUp
from core.errors import DomainError
from core.templatetags.words import period


def check_takes_place(activity: Activity) -> None:
    if activity.status == Activity.Status.CANCELLED:
        raise DomainError(
            "cancelled", _("This activity was cancelled."), help=_("Look at the other activities nearby.")
        )


def check_check_in_is_open(shift: Shift, *, rules: RuleSet, now: datetime) -> None:
    opens = shift.starts_at - timedelta(minutes=rules.check_in_opens_minutes)
    if now < opens:
        raise DomainError(
            "too_early",
            _("The check-in opens at %(time)s."),
            help=_("Come back then; the organiser shows the code on site."),
            params={"time": period(opens)},
        )
    if now >= shift.ends_at:
        raise DomainError(
            "too_late",
            _("This shift is over; the check-in is closed."),
            help=_("If you were there, ask the organiser to tell the volunteer centre."),
        )


def check_check_out_is_open(shift: Shift, *, rules: RuleSet, now: datetime) -> None:
    closes = shift.ends_at + timedelta(minutes=rules.check_out_closes_minutes)
    if now > closes:
        raise DomainError(
            "too_late",
            _("The check-out closed at %(time)s."),
            help=_("Your check-in stays open; the organiser decides which time counts."),
            params={"time": period(closes)},
        )


def check_pairs_left(sign_up: SignUp, *, rules: RuleSet, now: datetime) -> None:
    """Check-ins of this person in this activity on this day, all its shifts together."""
    pairs = Attendance.objects.filter(
        sign_up__volunteer=sign_up.volunteer_id,
        sign_up__shift__activity=sign_up.shift.activity_id,
        checked_in_at__date=timezone.localdate(now),
    ).count()
    if pairs >= rules.check_in_pairs_a_day:
        raise DomainError(
            "no_pairs_left",
            _("At most %(most)d check-ins a day count for one activity."),
            help=_("If a time is missing, ask for a correction in “My hours”."),
            params={"most": rules.check_in_pairs_a_day},
        )


def check_left_after_coming(came_at: datetime, left_at: datetime) -> None:
    if not came_at <= left_at <= timezone.now():
        raise DomainError(
            "impossible_time",
            _("The time lies before the check-in or in the future."),
            help=_("Look at the time of the check-in and type when the person left."),
        )


def check_comes_after_leaving(left_at: datetime, came_at: datetime) -> None:
    if came_at < left_at:
        raise DomainError(
            "was_there",
            _("At this time the person is on record as present already."),
            help=_("Look at the times on the roster; a time that is missing can be approved there."),
        )


def check_has_left(sign_up: SignUp) -> None:
    if sign_up.status != SignUp.Status.CHECKED_OUT:
        raise DomainError(
            "still_there",
            _("This person has not checked out yet."),
            help=_("Approve the time when the person has left."),
        )


def check_minutes_are_possible(minutes: int, shift: Shift, rules: RuleSet) -> None:
    """Not more than lies between the opening of the check-in and the closing of the check-out."""
    around = timedelta(minutes=rules.check_in_opens_minutes + rules.check_out_closes_minutes)
    most = (shift.ends_at - shift.starts_at + around) // timedelta(minutes=1)
    if not 0 <= minutes <= most:
        raise DomainError(
            "impossible_time",
            _(
                "At most %(most)d minutes lie between the first check-in and the last check-out of this shift."
            ),
            help=_("Type the minutes that were really given."),
            params={"most": most},
        )


def check_slip_is_unused(slip: PaperSlip, sign_up: SignUp) -> None:
    if slip.shift_id != sign_up.shift_id:
        raise DomainError("other_shift", _("This code belongs to another shift."))
    if slip.attendance_id is not None:
        raise DomainError(
            "slip_used",
            _("This slip has been typed in already, for somebody else."),
            help=_("Look at the code again, or ask the organiser."),
        )


def check_slip_is_in_time(shift: Shift, *, rules: RuleSet, now: datetime) -> None:
    if now < shift.starts_at:
        raise DomainError("too_early", _("This shift has not begun yet."))
    if now > shift.ends_at + timedelta(days=rules.slip_days):
        raise DomainError(
            "slip_too_late",
            _("A slip can be typed in within %(days)d days after the shift."),
            help=_("Ask the organiser; the volunteer centre can still decide."),
            params={"days": rules.slip_days},
        )


def check_slip_fits_shift(sign_up: SignUp, came_at: datetime, left_at: datetime, *, rules: RuleSet) -> None:
    """Inside the windows of the shift, and at no time at which the person is on record already."""
    check_left_after_coming(came_at, left_at)
    shift = sign_up.shift
    check_check_in_is_open(shift, rules=rules, now=came_at)
    check_check_out_is_open(shift, rules=rules, now=left_at)
    check_pairs_left(sign_up, rules=rules, now=came_at)
    if sign_up.status == SignUp.Status.CHECKED_IN:
        raise DomainError(
            "still_there",
            _("You are checked in: check out first, or ask the organiser to decide when you left."),
        )
    known = sign_up.attendances.filter(checked_in_at__lt=left_at, checked_out_at__gt=came_at)
    if known.exists():
        raise DomainError(
            "was_there",
            _("At this time the person is on record as present already."),
            help=_("Look at the times on the roster; a time that is missing can be approved there."),
        )
