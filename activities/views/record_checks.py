"""The queue of doubts about hours."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.asking import tried
from activities import services
from activities.asking import permitted
from activities.forms.record_checks import CheckAnswerForm
from activities.models import RecordCheck

PAGE = 20
Kind = RecordCheck.Kind
REASONS: dict[str, str | Promise] = {
    Kind.OVERLAP: gettext_lazy("It overlaps with “%(other)s” by %(minutes)s minutes."),
    Kind.TRAVEL: gettext_lazy(
        "“%(other)s” is about %(km)s km away and only %(minutes)s minutes lie between."
    ),
    Kind.CAP: gettext_lazy("%(observed)s minutes were observed, the rules let %(counted)s of them count."),
    Kind.OPEN: gettext_lazy("Checked in, and nobody has checked out. What is open counts nothing."),
    Kind.CIRCLE: gettext_lazy(
        "%(count)s of %(total)s approvals came from a circle of %(people)s people who approve each other."
    ),
}


@dataclass(frozen=True)
class Line:
    check: RecordCheck
    reason: str


def reason_of(check: RecordCheck) -> str:
    """The sentence of the kind; a fact that is missing leaves the kind's name rather than an error."""
    try:
        facts: dict[str, int | str] = check.facts
        return str(REASONS[check.kind]) % facts
    except (KeyError, TypeError, ValueError):
        return str(check.get_kind_display())


@login_required
def record_checks(request: HttpRequest) -> HttpResponse:
    """What waits for a decision in the person's area, the longest wait first; decided ones on request."""
    user = permitted(request, "decide_check")
    shows_decided = request.GET.get("show") == "decided"
    rows = RecordCheck.objects.visible_to(user).select_related(
        "volunteer__user", "record__reversed_by", "division", "decided_by"
    )
    rows = (
        rows.exclude(status=RecordCheck.Status.WAITING).order_by("-decided_at", "-id")
        if shows_decided
        else rows.waiting()
    )
    kind = request.GET.get("kind", "")
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "lines": [Line(check, reason_of(check)) for check in page],
        "kinds": Kind.choices,
        "kind": kind,
        "shows_decided": shows_decided,
    }
    return render(request, "activities/record_checks.html", shown)


@login_required
@require_POST
def record_check_decide(request: HttpRequest, pk: int) -> HttpResponse:
    user = permitted(request, "decide_check")
    check = get_object_or_404(RecordCheck.objects.visible_to(user), pk=pk)
    form = CheckAnswerForm(request.POST)
    if form.is_valid():
        tried(
            request,
            lambda: services.decide_check(check=check, by=user, **form.cleaned_data),
            _("Decided."),
        )
    else:
        messages.error(request, _("Write in a sentence why."))
    return redirect("activities:record_checks")
