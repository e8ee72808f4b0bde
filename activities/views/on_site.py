"""The organiser on site: the roster with one tap each, the code, and what is decided about times."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from activities import services
from activities.forms.attending import OpenCheckInForm
from activities.models import Attendance, OfflineEntry, Shift, SignUp
from activities.rules import code_at, seconds_left
from activities.services import offline
from activities.services import roster as ticking
from activities.services.roster import TICKED
from activities.services.sign_up import rules_of
from activities.services.slips import closes_at
from activities.views.scanning import code_of_now

LOOKS_AGAIN = 10  # seconds, and when the code changes


def shift_run_by(request: HttpRequest, pk: int) -> Shift:
    rows = Shift.objects.run_by(person(request)).select_related("activity")
    return get_object_or_404(rows, pk=pk)


def _sign_up_run_by(request: HttpRequest, pk: int) -> SignUp:
    rows = SignUp.objects.filter(shift__in=Shift.objects.run_by(person(request)))
    return get_object_or_404(rows.select_related("shift__activity", "volunteer"), pk=pk)


@login_required
@ensure_csrf_cookie
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """Who comes to a shift and how far each is; asked by htmx, only the list. Kept for when the network is gone."""
    shift = shift_run_by(request, pk)
    rows = shift.sign_ups.select_related("volunteer__user", "timesheet", "role").prefetch_related(
        "attendances"
    )
    sign_ups = list(rows.order_by("status", "id"))
    entries = shift.offline_entries.filter(outcome=OfflineEntry.Outcome.REFUSED, settled_at__isnull=True)
    now, closes = timezone.now(), timedelta(minutes=rules_of(shift).check_out_closes_minutes)
    shown = {
        "shift": shift,
        "coming": [row for row in sign_ups if row.status != SignUp.Status.CANCELLED],
        "cancelled": [row for row in sign_ups if row.status == SignUp.Status.CANCELLED],
        "waiting": list(shift.waiting.in_line().select_related("volunteer__user").order_by("id")),
        "present": sum(row.status == SignUp.Status.CHECKED_IN for row in sign_ups),
        "is_over": shift.ends_at <= now,
        "takes_slips": now <= closes_at(shift),
        "takes_ticks": now <= shift.ends_at + closes,
        "conflicts": entries.select_related("sign_up__volunteer__user"),
        "ticked": TICKED,
        "form": OpenCheckInForm(),
    }
    template = "activities/roster_list.html" if request.htmx else "activities/roster.html"  # type: ignore[attr-defined]
    return render(request, template, shown)


@login_required
@require_POST
def tick(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap: `act` is in, out, or back for a tap on the wrong name."""
    user, sign_up = person(request), _sign_up_run_by(request, pk)
    name = {"name": sign_up.volunteer}
    acts = {
        "in": (lambda: ticking.tick(sign_up=sign_up, act="in", by=user), _("%(name)s is here.") % name),
        "out": (lambda: ticking.tick(sign_up=sign_up, act="out", by=user), _("%(name)s has left.") % name),
        "back": (
            lambda: ticking.take_back_tick(sign_up=sign_up, by=user),
            _("Taken back: %(name)s.") % name,
        ),
    }
    act = request.POST.get("act", "")
    if act not in acts:
        raise Http404
    tried(request, *acts[act])
    return redirect("activities:roster", sign_up.shift_id)


@login_required
@require_POST
def open_check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide when somebody left who forgot to check out."""
    user, sign_up = person(request), _sign_up_run_by(request, pk)
    pair = get_object_or_404(Attendance, sign_up=sign_up, checked_out_at__isnull=True)
    form = OpenCheckInForm(request.POST)
    if form.is_valid():
        left_at, reason = form.moment(pair.checked_in_at), form.cleaned_data["reason"]
        tried(
            request,
            lambda: services.decide_open_check_in(sign_up=sign_up, left_at=left_at, reason=reason, by=user),
            _("Written into the hours as an entered time."),
        )
    else:
        messages.error(request, _("Type when the person left, and how that is known."))
    return redirect("activities:roster", sign_up.shift_id)


@login_required
@require_POST
def settle_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """A tick that was not taken over has been seen."""
    rows = OfflineEntry.objects.filter(shift__in=Shift.objects.run_by(person(request)))
    entry = get_object_or_404(rows.select_related("shift__activity"), pk=pk)
    tried(request, lambda: offline.settle(entry=entry, by=person(request)), _("Put aside."))
    return redirect("activities:roster", entry.shift_id)


@login_required
@never_cache
def shift_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The big code for the place itself; it asks for the next one by itself."""
    shift, now = shift_run_by(request, pk), timezone.now()
    code = code_at(shift.code_secret, now)
    standing = shift.sign_ups.standing()
    shown = {
        "shift": shift,
        "code": code,
        "code_parts": (code[:3], code[3:]),
        "seconds": seconds_left(now),
        "pause": min(LOOKS_AGAIN, seconds_left(now)),
        "qr": code_of_now(request, shift),
        "coming": standing.count(),
        "came": standing.exclude(status=SignUp.Status.SIGNED_UP).count(),
    }
    template = "activities/code_now.html" if request.htmx else "activities/code.html"  # type: ignore[attr-defined]
    return render(request, template, shown)
