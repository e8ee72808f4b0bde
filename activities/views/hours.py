"""The own hours as the law lists them, and requests to put a record right."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from accounts.models import RuleSet
from activities import services
from activities.asking import permitted, volunteer_of
from activities.forms.hours import CorrectionAnswerForm, CorrectionForm
from activities.models import CorrectionRequest, ServiceRecord, Tally
from activities.rankings import tally_minutes
from core.errors import DomainError

PAGE = 20
TOTALS = (
    (Tally.Period.MONTH, gettext_lazy("this month")),
    (Tally.Period.YEAR, gettext_lazy("this year")),
    (Tally.Period.ALL, gettext_lazy("all time")),
)


@login_required
def hours(request: HttpRequest) -> HttpResponse:
    """Records that count, newest first; with `?show=all` also what was corrected, as the ledger has it."""
    user, volunteer, today = person(request), volunteer_of(request), timezone.localdate()
    shows_all = request.GET.get("show") == "all"
    rows = ServiceRecord.objects.filter(volunteer__user=user).select_related(
        "organisation", "studio", "division"
    )
    rows = rows.prefetch_related(Prefetch("correction_requests", CorrectionRequest.objects.order_by("-id")))
    if not shows_all:
        rows = rows.filter(reverses__isnull=True, reversed_by__isnull=True)
    shown = {
        "page": Paginator(rows.order_by("-starts_at", "-id"), PAGE).get_page(request.GET.get("page")),
        "volunteer": volunteer,
        "shows_all": shows_all,
        "uses_coins": volunteer is not None and services.rules_for_coins(volunteer).uses_coins,
        "rounding": RuleSet.objects.in_force(
            today, volunteer.home_division_id if volunteer else ""
        ).rounding_minutes,
        "totals": [
            (
                label,
                tally_minutes(subject_kind="volunteer", subject_id=volunteer.pk, period=period, day=today),
            )
            for period, label in TOTALS
        ]
        if volunteer
        else [],
    }
    return render(request, "activities/hours.html", shown)


@login_required
def correction_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """The volunteer says what is wrong with one record."""
    user = person(request)
    own = ServiceRecord.objects.filter(volunteer__user=user).select_related("volunteer")
    record = get_object_or_404(own, pk=pk)
    form, refusal = CorrectionForm(request.POST or None), None
    if form.is_valid():
        try:
            services.ask_correction(
                record=record,
                words=form.cleaned_data["words"],
                by=user,
                submission_key=form.cleaned_data["submission_key"],
            )
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("Asked. You are told as soon as it is answered."))
            return redirect("activities:hours")
    return render(
        request, "activities/correction_ask.html", {"record": record, "form": form, "refusal": refusal}
    )


@login_required
def corrections(request: HttpRequest) -> HttpResponse:
    """What waits for an answer in the person's area; own requests are somebody else's to answer."""
    user = permitted(request, "answer_correction")
    rows = CorrectionRequest.objects.answerable_by(user).waiting()
    rows = rows.select_related("record__volunteer__user", "record__division")
    today, shows_overdue = timezone.localdate(), request.GET.get("show") == "overdue"
    overdue = rows.overdue(today)
    rows = (overdue if shows_overdue else rows).order_by("answer_by", "pk")
    shown = {
        "today": today,
        "overdue": overdue.count(),
        "shows_overdue": shows_overdue,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "form": CorrectionAnswerForm(),
    }
    return render(request, "activities/corrections.html", shown)


@login_required
@require_POST
def correction_answer(request: HttpRequest, pk: int) -> HttpResponse:
    user = permitted(request, "answer_correction")
    correction = get_object_or_404(CorrectionRequest.objects.answerable_by(user), pk=pk)
    form = CorrectionAnswerForm(request.POST)
    if form.is_valid():
        tried(
            request,
            lambda: services.answer_correction(correction=correction, by=user, **form.cleaned_data),
            _("Answered; the volunteer is told."),
        )
    else:
        messages.error(request, _("Write a sentence that the volunteer will read."))
    return redirect("activities:corrections")
