"""Offers and services of a volunteer or of a studio's lead."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User, Volunteer
from core.errors import DomainError
from matching import services
from matching.forms import DeclineForm, MembersForm, ReasonForm, ReportForm
from matching.models import Assignment, Offer
from matching.next_step import next_step
from matching.rulebook import rounding_of
from matching.services.assignments import check_address_is_open
from matching.views.asking import person, tried, tried_with_message

EARLIER = 20
ANSWERED = (Offer.Status.DECLINED, Offer.Status.EXPIRED, Offer.Status.TAKEN, Offer.Status.WITHDRAWN)
UNDER_WAY = (
    Assignment.Status.ACCEPTED,
    Assignment.Status.ON_MY_WAY,
    Assignment.Status.CHECKED_IN,
    Assignment.Status.CHECKED_OUT,
)


@login_required
def offers(request: HttpRequest) -> HttpResponse:
    user = person(request)
    asked = Offer.objects.put_to(user).select_related("request__division__parent", "studio")
    goes = Assignment.objects.served_by(user).select_related("request__division__parent", "studio")
    context = {
        "waiting": asked.open().order_by("answer_by", "pk"),
        "promised": goes.filter(status__in=UNDER_WAY).order_by("request__starts_at"),
        "answered": asked.filter(status__in=ANSWERED)[:EARLIER],
        "served": goes.filter(status=Assignment.Status.DONE).select_related("review")[:EARLIER],
        "is_volunteer": Volunteer.objects.filter(user=user).exists(),
    }
    return render(request, "matching/offers.html", context)


@login_required
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_own_offers(person(request)), pk=pk)
    return render(request, "matching/offer.html", _offer_page(row))


def _own_offers(user: User) -> Any:
    return Offer.objects.put_to(user).select_related("request__division__parent", "volunteer", "studio")


def _offer_page(
    row: Offer,
    *,
    refusal: DomainError | None = None,
    members: MembersForm | None = None,
    decline: DeclineForm | None = None,
) -> dict[str, Any]:
    need = row.request
    may_answer = row.status in (Offer.Status.SENT, Offer.Status.DECLINED, Offer.Status.EXPIRED)
    is_open = (
        need.free > 0 and need.status in ("open", "asking", "returned") and need.starts_at > timezone.now()
    )
    return {
        "offer": row,
        "need": need,
        "may_accept": may_answer and is_open,
        "is_waiting": row.status == Offer.Status.SENT,
        "assignments": row.assignments.standing().select_related("volunteer__user"),
        "members": (members or _members_form(row)) if row.studio else None,
        "decline": decline or DeclineForm(),
        "refusal": refusal,
    }


def _members_form(row: Offer, data: Any = None) -> MembersForm:
    members = Volunteer.objects.filter(studio_memberships__studio=row.studio_id).select_related("user")
    return MembersForm(data, members=members)


@login_required
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    row = get_object_or_404(_own_offers(user), pk=pk)
    form = _members_form(row, request.POST) if row.studio else None
    if form is not None and not form.is_valid():
        return render(request, "matching/offer.html", _offer_page(row, members=form), status=422)
    members = list(form.cleaned_data["members"]) if form else None
    assignments, refusal = tried(lambda: services.accept_offer(offer=row, by=user, members=members))
    if refusal:
        row = get_object_or_404(_own_offers(user), pk=pk)
        return render(
            request, "matching/offer.html", _offer_page(row, refusal=refusal, members=form), status=409
        )
    messages.success(request, _("Thank you. It is yours; the household counts on you."))
    own = next((one for one in assignments or [] if one.volunteer.user_id == user.pk), None)
    return redirect("matching:assignment", own.pk) if own else redirect("matching:offer", row.pk)


@login_required
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    row = get_object_or_404(_own_offers(user), pk=pk)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return render(request, "matching/offer.html", _offer_page(row, decline=form), status=422)
    _offer, refusal = tried(lambda: services.decline_offer(offer=row, by=user, reason=form.words))
    if refusal:
        return render(request, "matching/offer.html", _offer_page(row, refusal=refusal), status=409)
    messages.info(request, _("Thank you for answering. Somebody else is asked now."))
    return redirect("matching:offers")


def _own_assignments(user: User) -> Any:
    return Assignment.objects.served_by(user).select_related(
        "request__household",
        "request__division__parent",
        "request__posted_by",
        "volunteer__user",
        "studio",
        "offer",
    )


def _assignment_page(
    row: Assignment,
    *,
    contact: dict[str, str] | None = None,
    refusal: DomainError | None = None,
    report: ReportForm | None = None,
    cancel: ReasonForm | None = None,
) -> dict[str, Any]:
    _open, closed = tried(lambda: check_address_is_open(row, now=timezone.now()))
    others = row.request.assignments.standing().exclude(pk=row.pk).select_related("volunteer__user")
    return {
        "assignment": row,
        "need": row.request,
        "rounding": rounding_of(row.request),
        "step": next_step(row, now=timezone.now()),
        "others": others,
        "contact": contact,
        "closed": closed,
        "may_cancel": row.status in (Assignment.Status.ACCEPTED, Assignment.Status.ON_MY_WAY),
        "report": report or ReportForm(),
        "cancel": cancel or ReasonForm(),
        "review": getattr(row, "review", None),
        "refusal": refusal,
    }


@login_required
@never_cache
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(_own_assignments(person(request)).select_related("review"), pk=pk)
    return render(request, "matching/assignment.html", _assignment_page(row))


@login_required
@never_cache
@require_POST
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """One press, one logged reading: the address is in no other answer of the site."""
    user = person(request)
    row = get_object_or_404(_own_assignments(user), pk=pk)
    found, refusal = tried(lambda: services.contact_of(assignment=row, by=user))
    status = 409 if refusal else 200
    return render(
        request,
        "matching/assignment.html",
        _assignment_page(row, contact=found, refusal=refusal),
        status=status,
    )


@login_required
@require_POST
def assignment_move(request: HttpRequest, pk: int) -> HttpResponse:
    """`act` is set-off, check-in, check-out, finish or cancel."""
    user = person(request)
    row = get_object_or_404(_own_assignments(user), pk=pk)
    act = request.POST.get("act", "")
    if act == "cancel":
        return _cancel(request, row, user)
    if act == "finish":
        return _finish(request, row, user)
    acts = {"set-off": services.set_off, "check-in": services.check_in, "check-out": services.check_out}
    if act not in acts:
        return redirect("matching:assignment", row.pk)
    _moved, refusal = tried(lambda: acts[act](assignment=row, by=user))
    if refusal:
        row = get_object_or_404(_own_assignments(user), pk=pk)
        return render(request, "matching/assignment.html", _assignment_page(row, refusal=refusal), status=409)
    return redirect("matching:assignment", row.pk)


def _finish(request: HttpRequest, row: Assignment, user: User) -> HttpResponse:
    form = ReportForm(request.POST)
    if not form.is_valid():
        return render(request, "matching/assignment.html", _assignment_page(row, report=form), status=422)
    report = form.cleaned_data["report"]
    done = _("Thank you. Your hours are recorded.")
    tried_with_message(request, lambda: services.finish(assignment=row, report=report, by=user), done)
    return redirect("matching:assignment", row.pk)


def _cancel(request: HttpRequest, row: Assignment, user: User) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "matching/assignment.html", _assignment_page(row, cancel=form), status=422)
    reason = form.cleaned_data["reason"]
    done = _("It is cancelled. Others are being asked.")
    tried_with_message(
        request, lambda: services.cancel_assignment(assignment=row, reason=reason, by=user), done
    )
    return redirect("matching:offers")
