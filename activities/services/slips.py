"""Paper slips: printed before, filled in by hand on site, typed in afterwards. Hours that somebody has told (荣誉时).

Each slip has a code of its own that is good for one person, once. The time waits for the organiser's approval, because
only the person says it; typed in by the organiser for somebody else, it is approved with that.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.checks.attendance import check_slip_fits_shift, check_slip_is_in_time, check_slip_is_unused
from activities.checks.posting import check_runs
from activities.events import VolunteerCheckedOut
from activities.models import Activity, Attendance, PaperSlip, Shift, SignUp, Way
from activities.services.sign_up import SIGN_UP_MOVES, rules_of
from activities.services.timesheets import locked_sign_up, reckon
from core import states
from core.errors import DomainError
from core.events import publish

# no 0 O 1 I L: they are read wrong in handwriting and print; the last mark checks the others
MARKS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8
MOST = 60  # slips in one print; five pages


def new_code() -> str:
    marks = [secrets.randbelow(len(MARKS)) for _ in range(LENGTH - 1)]
    return "".join(MARKS[mark] for mark in [*marks, _check_of(marks)])


def _check_of(marks: list[int]) -> int:
    """Weights 1, 2, 3 … modulo 31, a prime: every single wrong mark and every swap among the seven is noticed."""
    return sum(weight * mark for weight, mark in enumerate(marks, 1)) % len(MARKS)


def code_in(typed: str) -> str:
    """The code that was meant: case, spaces and dashes do not matter. Raises DomainError `no_slip`."""
    code = "".join(mark for mark in typed.upper() if mark.isalnum())
    marks = [MARKS.find(mark) for mark in code]
    if len(code) != LENGTH or -1 in marks or _check_of(marks[:-1]) != marks[-1]:
        raise no_slip()
    return code


def no_slip() -> DomainError:
    return DomainError(
        "no_slip",
        _("There is no slip with this code."),
        help=_("Look at the eight letters and digits on the slip and type them again."),
    )


@transaction.atomic
def print_slips(*, shift: Shift, count: int, by: User) -> "QuerySet[PaperSlip, PaperSlip]":
    """New slips for one print. Raises DomainError `not_the_organiser`, `too_many_slips`."""
    check_runs(shift.activity, by)
    unused = PaperSlip.objects.filter(shift=shift, attendance__isnull=True).count()
    if not 1 <= count <= MOST or unused + count > MOST + shift.places:
        raise DomainError(
            "too_many_slips",
            _("At most %(most)d slips are printed at a time."),
            help=_("Use up the slips that are printed already."),
            params={"most": MOST},
        )
    made = PaperSlip.objects.bulk_create(
        PaperSlip(shift=shift, code=new_code(), made_by=by) for _number in range(count)
    )
    return PaperSlip.objects.filter(pk__in=[slip.pk for slip in made]).order_by("pk")


@transaction.atomic
def enter_slip(*, slip: PaperSlip, sign_up: SignUp, came_at: datetime, left_at: datetime, by: User) -> SignUp:
    """Write the times of a slip down as one pair. The same slip for the same person again changes nothing.

    Raises DomainError `not_the_slips_person`, `slip_used`, `slip_too_late`, `impossible_time`, `other_shift`,
    `was_there`, `not_in_this_state`.
    """
    locked = locked_sign_up(sign_up)
    row = PaperSlip.objects.select_for_update(of=("self",)).select_related("attendance").get(pk=slip.pk)
    if row.attendance is not None and row.attendance.sign_up_id == locked.pk:
        return locked
    is_own = locked.volunteer.user_id == by.pk
    if not is_own:
        check_runs(locked.shift.activity, by)
    check_slip_is_unused(row, locked)
    rules = rules_of(locked.shift)
    check_slip_is_in_time(locked.shift, rules=rules, now=timezone.now())
    check_slip_fits_shift(locked, came_at, left_at, rules=rules)
    if locked.status != SignUp.Status.CHECKED_OUT:
        states.move(locked, SignUp.Status.CHECKED_IN, moves=SIGN_UP_MOVES, by=by)
        states.move(locked, SignUp.Status.CHECKED_OUT, moves=SIGN_UP_MOVES, by=by)
    row.attendance = Attendance.objects.create(
        sign_up=locked,
        checked_in_at=came_at,
        checked_out_at=left_at,
        way_in=Way.SLIP,
        way_out=Way.SLIP,
        seen_in_by=None if is_own else by,
        seen_out_by=None if is_own else by,
    )
    row.save(update_fields=["attendance"])
    publish(
        VolunteerCheckedOut(sign_up_id=locked.pk, volunteer_id=locked.volunteer_id, shift_id=locked.shift_id)
    )
    reckon(locked, by=by, decided_by=None if is_own else by, reason=str(_("From a paper slip")))
    return locked


def slip_for(*, typed: str, user: User) -> tuple[PaperSlip, SignUp]:
    """The slip with this code and the person's own place in its shift. Raises DomainError `no_slip`, `no_place`."""
    slip = PaperSlip.objects.select_related("shift__activity").filter(code=code_in(typed)).first()
    if slip is None or slip.shift.activity.status not in Activity.PUBLIC_STATES:
        raise no_slip()
    sign_up = SignUp.objects.standing().filter(shift=slip.shift, volunteer__user=user).first()
    if sign_up is None:
        raise DomainError(
            "no_place",
            _("You have no place in the shift of this slip."),
            help=_("Ask the organiser: hours count only for those who are on the roster."),
        )
    return slip, sign_up


def closes_at(shift: Shift) -> datetime:
    return shift.ends_at + timedelta(days=rules_of(shift).slip_days)
