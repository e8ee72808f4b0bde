"""What a person asks to be corrected in the own record, and the answer (Order 67, Art 12 and 13)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import permitted, person, tried
from accounts.forms import volunteers as forms
from accounts.models import Correction, Volunteer
from accounts.services import answer_correction, ask_for_correction
from accounts.views.volunteers import record_page

PAGE = 30


@login_required
@require_POST
def correction_ask(request: HttpRequest) -> HttpResponse:
    own = get_object_or_404(Volunteer, user=person(request))
    form = forms.CorrectionQuestion(request.POST)
    if not form.is_valid():
        return record_page(request, own.pk, question=form)
    cleaned = form.cleaned_data
    tried(
        request,
        lambda: ask_for_correction(
            volunteer=own, text=cleaned["text"], submission_key=cleaned["submission_key"], by=person(request)
        ),
        _("The centre was asked. The answer will stand here."),
    )
    return redirect(reverse("accounts:volunteer", args=[own.pk]) + "#corrections")


@login_required
def corrections(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, the longest wait first: workers see those of their division, the centre answers."""
    user = permitted(request, "list_corrections")
    rows = Correction.objects.in_scope_of(user).waiting().order_by("asked_at", "pk")
    rows = rows.select_related("volunteer__user", "volunteer__home_division")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "answer": forms.CorrectionAnswer(),
        "answerable": {row.pk for row in page if user.has_perm("accounts.answer_correction", row.volunteer)},
    }
    return render(request, "accounts/corrections.html", shown)


@login_required
@require_POST
def correction_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """From the list it goes back to the list, from the record to the record."""
    rows = Correction.objects.answerable_by(person(request)).select_related("volunteer")
    correction = get_object_or_404(rows, pk=pk)
    user = permitted(request, "answer_correction", correction.volunteer)
    form = forms.CorrectionAnswer(request.POST)
    if form.is_valid():
        answer, is_corrected = form.cleaned_data["answer"], form.cleaned_data["act"] == "corrected"
        tried(
            request,
            lambda: answer_correction(
                correction=correction, answer=answer, is_corrected=is_corrected, by=user
            ),
            _("Answered; the volunteer is told."),
        )
    else:
        messages.error(request, _("Write a sentence that the volunteer will read."))
    if request.POST.get("back") == "list":
        return redirect("accounts:corrections")
    return redirect(reverse("accounts:volunteer", args=[correction.volunteer_id]) + "#corrections")
