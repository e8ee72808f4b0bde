"""A ranking is prepared by the centre, looked at by everybody, and published."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from accounts.models import Division, RuleSet, User
from activities import services
from activities.asking import permitted, publishes_rankings
from activities.forms.rankings import ObjectionForm, WordsForm
from activities.models import RankingObjection, RankingRow, RankingSnapshot, Tally
from activities.rankings import PER_PAGE, ranking_page
from activities.rules import period_start, previous_period
from activities.views.rankings import Wanted, divisions_to_rank, is_too_small, most_minutes
from core.errors import DomainError


class SnapshotPages(Paginator):  # type: ignore[type-arg]
    """A page is a stretch of positions, so the last one is as quick as the first."""

    def __init__(self, snapshot: RankingSnapshot) -> None:
        super().__init__(snapshot.rows.all(), PER_PAGE)
        self.snapshot = snapshot

    @property
    def count(self) -> int:
        return self.snapshot.people

    def page(self, number: int | str) -> Page[RankingRow]:
        number = self.validate_number(number)
        after = (number - 1) * PER_PAGE
        rows = self.snapshot.rows.filter(position__gt=after, position__lte=after + PER_PAGE)
        return Page(list(rows), number, self)


@login_required
def ranking_publish(request: HttpRequest) -> HttpResponse:
    """Look once more, then freeze: what is frozen stays. Without a choice it is last month's."""
    user = permitted(request, "publish_ranking")
    if not user.is_centre_staff:
        raise Http404  # a superuser may everything, but publishes in the name of no centre
    today, divisions = timezone.localdate(), divisions_to_rank()
    query = (request.POST or request.GET).copy()
    query.setdefault("day", previous_period("month", period_start("month", today)).isoformat())
    query.setdefault("division", min(user.centre_codes))
    wanted = Wanted.of(query, divisions, today=today, period=Tally.Period.MONTH)
    permitted(request, "publish_ranking", wanted.division)
    if request.method != "POST":
        return _look_once_more(request, wanted, divisions, user)
    try:
        snapshot = services.prepare_ranking(
            subject_kind=wanted.kind,
            period=wanted.period,
            period_starts_on=wanted.starts_on,
            division=wanted.division,
            by=user,
            submission_key=_key(query),
        )
    except DomainError as refusal:
        return _look_once_more(request, wanted, divisions, user, refusal)
    messages.success(request, _("Frozen and signed. Names follow the consent of today."))
    return redirect("activities:snapshot", snapshot.pk)


def _look_once_more(
    request: HttpRequest,
    wanted: Wanted,
    divisions: dict[str, Division],
    user: User,
    refusal: DomainError | None = None,
) -> HttpResponse:
    rules = RuleSet.objects.in_force(timezone.localdate(), wanted.division.code)
    page = ranking_page(
        subject_kind=wanted.kind,
        period=wanted.period,
        day=wanted.starts_on,
        division_code=wanted.division.code,
    )
    shown = {
        "wanted": wanted,
        "page": page,
        "most": most_minutes(wanted, page),
        "rules": rules,
        "is_too_small": is_too_small(wanted.kind, page, rules),
        "refusal": refusal,
        "earlier": RankingSnapshot.objects.filter(
            subject_kind=wanted.kind,
            period=wanted.period,
            period_starts_on=wanted.starts_on,
            division=wanted.division,
        ).first(),
        "divisions": [
            row for code, row in divisions.items() if any(code.startswith(c) for c in user.centre_codes)
        ],
        "kinds": Tally.Subject.choices,
        "periods": Tally.Period.choices,
        "submission_key": uuid.uuid4(),
    }
    return render(request, "activities/ranking_publish.html", shown)


def _key(query: QueryDict) -> uuid.UUID:
    try:
        return uuid.UUID(query.get("submission_key", ""))
    except ValueError:
        raise Http404 from None


def seen_snapshot(request: HttpRequest, pk: int) -> RankingSnapshot:
    rows = RankingSnapshot.objects.visible_to(request.user).select_related("division", "last_batch")
    return get_object_or_404(rows, pk=pk)


def snapshot(request: HttpRequest, pk: int) -> HttpResponse:
    """A ranking as it was on the day; public. While it is open to objections, whoever is signed in may object."""
    row = seen_snapshot(request, pk)
    return render(request, "activities/snapshot.html", _shown(request, row))


def _shown(
    request: HttpRequest, row: RankingSnapshot, form: ObjectionForm | None = None
) -> dict[str, object]:
    is_open = (
        row.status == RankingSnapshot.Status.PREPARED
        and row.objections_until is not None
        and timezone.localdate() <= row.objections_until
    )
    leads = publishes_rankings(request.user, row.division)
    return {
        "snapshot": row,
        "page": SnapshotPages(row).get_page(request.GET.get("page")),
        "most": row.rows.filter(position=1).values_list("minutes", flat=True).first() or 0,
        "rounding": RuleSet.objects.in_force(
            timezone.localdate(row.frozen_at), row.division_id
        ).rounding_minutes,
        "later": RankingSnapshot.objects.published()
        .filter(
            subject_kind=row.subject_kind,
            period=row.period,
            period_starts_on=row.period_starts_on,
            division=row.division,
            edition__gt=row.edition,
        )
        .first(),
        "is_open": is_open,
        "leads": leads,
        "objections": row.objections.select_related("by", "answered_by") if leads else [],
        "own_objections": row.objections.filter(by=request.user) if request.user.is_authenticated else [],
        "form": form or ObjectionForm(),
    }


@login_required
@require_POST
def snapshot_publish(request: HttpRequest, pk: int) -> HttpResponse:
    row = seen_snapshot(request, pk)
    user = permitted(request, "publish_ranking", row.division)
    tried(
        request, lambda: services.publish_ranking(snapshot=row, by=user), _("Published; it stays as it is.")
    )
    return redirect("activities:snapshot", pk)


@login_required
@require_POST
def snapshot_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = seen_snapshot(request, pk)
    user, form = permitted(request, "publish_ranking", row.division), WordsForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    tried(request, lambda: services.withdraw_ranking(snapshot=row, reason=words, by=user), _("Withdrawn."))
    return redirect("activities:snapshot", pk)


@login_required
@require_POST
def snapshot_object(request: HttpRequest, pk: int) -> HttpResponse:
    row, user, form = seen_snapshot(request, pk), person(request), ObjectionForm(request.POST)
    if not form.is_valid():
        return render(request, "activities/snapshot.html", _shown(request, row, form))
    tried(
        request,
        lambda: services.object_to_ranking(snapshot=row, by=user, **form.cleaned_data),
        _("Your objection is with the centre; the answer stands here."),
    )
    return redirect("activities:snapshot", pk)


@login_required
@require_POST
def objection_answer(request: HttpRequest, pk: int) -> HttpResponse:
    objection = get_object_or_404(RankingObjection.objects.select_related("snapshot__division"), pk=pk)
    user = permitted(request, "publish_ranking", objection.snapshot.division)
    form = WordsForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    tried(
        request,
        lambda: services.answer_ranking_objection(objection=objection, answer=words, by=user),
        _("Answered; whoever objected reads it on this page."),
    )
    return redirect("activities:snapshot", objection.snapshot_id)
