"""Stars: the public page with its objections, the own application, and the decisions of who grants them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from accounts.models import RuleSet, User
from activities import services
from activities.asking import volunteer_of
from activities.forms.inputs import ReasonForm
from activities.forms.record import KeyForm, ObjectionAnswerForm, ObjectionForm
from activities.models import StarApplication, StarObjection
from core.errors import DomainError
from core.models import StateChange
from core.states import history

PAGE = 20
Status = StarApplication.Status
PUBLIC = (Status.PUBLISHED, Status.APPROVED)


def stars(request: HttpRequest) -> HttpResponse:
    """Who is open to objections now, and who was granted a star; names only with consent."""
    today = timezone.localdate()
    rows = StarApplication.objects.select_related("volunteer__user", "volunteer__home_division")
    granted = rows.granted().order_by("-decided_at", "-pk")
    shown = {
        "open": rows.in_publication(today).order_by("objections_until", "pk"),
        "page": Paginator(granted, PAGE).get_page(request.GET.get("page")),
        "rules": RuleSet.objects.in_force(today),
        "own": volunteer_of(request),
    }
    return render(request, "activities/stars.html", shown)


def star(request: HttpRequest, pk: int) -> HttpResponse:
    """One star. Everybody sees it while it is published or granted; refused ones only oneself and who decides."""
    found = StarApplication.objects.select_related("volunteer__user", "volunteer__home_division", "rules")
    mine = StarApplication.objects.visible_to(request.user)
    application = get_object_or_404(found.filter(Q(status__in=PUBLIC) | Q(pk__in=mine)), pk=pk)
    user = request.user if isinstance(request.user, User) else None
    decides = user is not None and StarApplication.objects.decidable_by(user).filter(pk=pk).exists()
    form, refusal = ObjectionForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        if user is None:
            raise Http404  # the form is shown only to people who are signed in
        try:
            services.object_to_star(application=application, words=form.cleaned_data["words"], by=user)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("Thank you. It is looked into, and you are told what came of it."))
            return redirect("activities:star", pk)
    shown = {
        "application": application,
        "is_own": user is not None and application.volunteer.user_id == user.pk,
        "is_open": application.status == Status.PUBLISHED
        and application.objections_until is not None
        and timezone.localdate() <= application.objections_until,
        "may_decide": decides,
        "form": form,
        "refusal": refusal,
        "own_objection": application.objections.filter(by=user).first() if user else None,
    }
    if decides:
        shown |= {
            "minutes_now": services.minutes_given(application.volunteer),
            "objections": application.objections.select_related("by"),
            "changes": [_said(change) for change in history(application)],
        }
    return render(request, "activities/star.html", shown)


def _said(change: StateChange) -> StateChange:
    change.word = Status(change.after).label  # type: ignore[attr-defined]
    return change


@login_required
@require_POST
def star_apply(request: HttpRequest) -> HttpResponse:
    volunteer = volunteer_of(request)
    if volunteer is None:
        raise Http404
    form = KeyForm(request.POST)
    key = form.cleaned_data["submission_key"] if form.is_valid() else None
    tried(
        request,
        lambda: services.apply_for_star(volunteer=volunteer, by=person(request), submission_key=key),
        _("Applied for. The next steps stand below, and you are told about each."),
    )
    return redirect("activities:record")


@login_required
@require_POST
def star_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    application = get_object_or_404(StarApplication.objects.filter(volunteer__user=user), pk=pk)
    tried(
        request,
        lambda: services.withdraw_star(application=application, by=user),
        _("Taken back. You can apply again at any time."),
    )
    return redirect("activities:record")


@login_required
def star_decisions(request: HttpRequest) -> HttpResponse:
    """What waits for this person: to be published, to be decided; and what runs."""
    user = person(request)
    if not user.scope_codes:
        raise Http404
    today = timezone.localdate()
    rows = (
        StarApplication.objects.decidable_by(user)
        .under_way()
        .select_related("volunteer__user", "volunteer__home_division", "rules")
        .annotate(open_objections=Count("objections", filter=Q(objections__status="raised")))
        .order_by("asked_at", "pk")
    )
    shown = {"page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "today": today}
    return render(request, "activities/star_decisions.html", shown)


ACTS = {
    "publish": (services.publish_star, gettext_lazy("Published. Objections are possible from now on.")),
    "grant": (services.grant_star, gettext_lazy("Granted; the volunteer is told.")),
}
ACTS_WITH_REASON = {
    "refuse": (services.refuse_star, gettext_lazy("Not granted; the volunteer is told why.")),
    "revoke": (services.revoke_star, gettext_lazy("Revoked; the volunteer is told why.")),
}


@login_required
@require_POST
def star_decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    user = person(request)
    application = get_object_or_404(StarApplication.objects.decidable_by(user), pk=pk)
    if act in ACTS:
        plain, done = ACTS[act]
        tried(request, lambda: plain(application=application, by=user), done)
    elif act in ACTS_WITH_REASON:
        form = ReasonForm(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        reasoned, done = ACTS_WITH_REASON[act]
        tried(request, lambda: reasoned(application=application, reason=reason, by=user), done)
    else:
        raise Http404
    return redirect("activities:star", pk)


@login_required
@require_POST
def objection_answer(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    decided = StarApplication.objects.decidable_by(user)
    objection = get_object_or_404(StarObjection.objects.filter(application__in=decided), pk=pk)
    form = ObjectionAnswerForm(request.POST)
    if form.is_valid():
        tried(
            request,
            lambda: services.answer_objection(objection=objection, by=user, **form.cleaned_data),
            _("Answered; whoever raised it is told."),
        )
    else:
        messages.error(request, _("Say whether it is right, and write a sentence as the answer."))
    return redirect("activities:star", objection.application_id)
