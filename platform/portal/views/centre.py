"""The centre's desk: what waits, the numbers, what is overdue, who read what."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Correction, Division, RuleSet, User, in_subtrees
from activities.models import CorrectionRequest, RecordCheck, StarApplication
from core.errors import DomainError
from core.models import Purpose
from portal import centre as reading
from portal.numbers import Span, numbers_by_place
from portal.scopes import for_centre
from portal.verifying import VERIFYING

PER_PAGE = 20
SPANS = (7, 30, 90, 365)


@for_centre
def centre(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    code, today = user.centre_codes[0], timezone.localdate()
    chosen = request.GET.get("days", "30")
    days = int(chosen) if chosen in {str(span) for span in SPANS} else 30
    names = dict(Division.objects.subdistricts().within(code).values_list("code", "name"))
    whole, *places = numbers_by_place(code, Span.of_days(days), names)
    context = frame(user, "overview") | {
        "whole": whole,
        "places": places,
        "days": days,
        "spans": SPANS,
        "rounding": RuleSet.objects.in_force(today, code).rounding_minutes,
        "publishing": reading.ranking_to_publish(code, today),
        "topics": f"desk:{code}",
    }
    return render(request, "portal/centre.html", context)


@for_centre
def verify(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    context = frame(user, "verify")
    lists, counts = context["lists"], context["counts"]
    wanted = request.GET.get("show", "")
    first_waiting = next((name for name, count in counts.items() if count), "volunteers")
    show = wanted if wanted in counts else first_waiting
    page = Paginator(getattr(lists, show), PER_PAGE).get_page(request.GET.get("page"))
    tabs = [(name, kind.plural, counts[name]) for name, kind in VERIFYING.items()]
    return render(request, "portal/centre_verify.html", context | {"show": show, "page": page, "tabs": tabs})


@for_centre
@require_POST
def verify_one(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One click, one yes; a second click says that it was done."""
    user: User = request.user  # type: ignore[assignment]
    if kind not in VERIFYING:
        raise Http404
    rows = VERIFYING[kind].rows().filter(in_subtrees(user.centre_codes, VERIFYING[kind].division_field))
    row = get_object_or_404(rows, pk=pk)
    try:
        VERIFYING[kind].act(row, user)
        messages.success(request, _("Done: %(name)s") % {"name": VERIFYING[kind].name_of(row)})
    except DomainError as refused:
        messages.warning(request, str(refused))
    return redirect(f"{reverse('portal:verify')}?show={kind}")


@for_centre
def overdue(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    today = timezone.localdate()
    rules = RuleSet.objects.in_force(today, user.centre_codes[0])
    found = reading.overdue_records(user.centre_codes, today, rules)
    context = frame(user, "overdue") | {
        "found": found,
        "rules": rules,
        "services": Paginator(found.assignments, PER_PAGE).get_page(request.GET.get("page")),
        "shifts": Paginator(found.sign_ups, PER_PAGE).get_page(request.GET.get("shifts")),
    }
    return render(request, "portal/centre_overdue.html", context)


@for_centre
def readings(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    purpose = request.GET.get("purpose", "")
    page = Paginator(reading.readings(user.centre_codes, purpose), 50).get_page(request.GET.get("page"))
    context = frame(user, "readings") | {
        "page": page,
        "lines": reading.shown_readings(list(page.object_list)),
        "purposes": Purpose.choices,
        "purpose": purpose,
    }
    return render(request, "portal/centre_readings.html", context)


def frame(user: User, current: str) -> dict[str, Any]:
    """What every page of the centre shows at its side, with the counts of what waits."""
    lists = reading.to_verify(user.centre_codes, timezone.localdate())
    counts = lists.counts()
    waiting = sum(counts.values())
    corrections = CorrectionRequest.objects.answerable_by(user).waiting().count()
    checks = RecordCheck.objects.visible_to(user).waiting().count()
    stars = StarApplication.objects.decidable_by(user).under_way().count()
    of_records = Correction.objects.answerable_by(user).waiting().count()
    groups = (
        (
            _("Now"),
            (
                ("overview", reverse("portal:centre"), _("Overview"), "chart", 0),
                ("desk", reverse("portal:desk"), _("All needs"), "desk", 0),
                ("plan", reverse("matching:plan"), _("Plan"), "map", 0),
            ),
        ),
        (
            _("Waits for a yes"),
            (
                ("verify", reverse("portal:verify"), _("To verify"), "check", waiting),
                (
                    "corrections",
                    reverse("activities:corrections"),
                    _("Corrections of hours"),
                    "history",
                    corrections,
                ),
                ("checks", reverse("activities:record_checks"), _("Checks of hours"), "warning", checks),
                ("records", reverse("accounts:corrections"), _("Corrections of records"), "edit", of_records),
                ("stars", reverse("activities:star_decisions"), _("Stars to decide"), "star", stars),
                ("reports", reverse("talk:reports"), _("Reported messages"), "chat", 0),
                ("overdue", reverse("portal:overdue"), _("Overdue records"), "clock", 0),
            ),
        ),
        (
            _("Watched over"),
            (
                ("asks", reverse("portal:asks"), _("How often we ask"), "hand", 0),
                ("readings", reverse("portal:readings"), _("Who read what"), "eye", 0),
                ("told", reverse("portal:told"), _("Messages"), "mail", 0),
                ("model", reverse("matching:model"), _("Who says yes"), "settings", 0),
            ),
        ),
        (
            _("Set up"),
            (
                ("rules", reverse("portal:rules"), _("Rules"), "list", 0),
                ("imports", reverse("portal:imports"), _("Import lists"), "upload", 0),
                ("synonyms", reverse("portal:synonyms"), _("Words of the search"), "search", 0),
            ),
        ),
    )
    side = [
        {
            "group": group,
            "url": url,
            "label": label,
            "icon": icon,
            "count": count,
            "is_current": name == current,
        }
        for group, items in groups
        for name, url, label, icon, count in items
    ]
    return {"side": side, "lists": lists, "counts": counts, "waiting_count": waiting}
