"""Who is not sent to a household: seen, added and ended by staff of the place, each time with a reason."""

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import BlockedPair, Household, User, Volunteer
from accounts.services import end_keeping_apart, keep_apart
from matching.forms import ApartForm
from matching.models import Assignment, Offer
from matching.views.asking import person, tried_with_message

SHOWN = 8
EARLIER = 20


def household_of(request: HttpRequest, pk: int) -> tuple[User, Household]:
    user = person(request)
    household = get_object_or_404(Household.objects.in_scope_of(user).select_related("division"), pk=pk)
    return user, household


def known_there(household: Household) -> QuerySet[Volunteer]:
    """Who goes or went there, or was asked to."""
    return Volunteer.objects.filter(
        Q(pk__in=Offer.objects.filter(request__household=household).values("volunteer"))
        | Q(pk__in=Assignment.objects.filter(request__household=household).values("volunteer"))
    )


@login_required
def not_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """`who` looks somebody up by name, `volunteer` has chosen somebody; the form posts to the same address."""
    user, household = household_of(request, pk)
    there = known_there(household)
    may_be_chosen = (Volunteer.objects.visible_to(user) | there).select_related("user", "home_division")
    number = request.POST.get("volunteer") or request.GET.get("volunteer", "")
    chosen = _numbered(may_be_chosen, number)
    form = ApartForm(request.POST or None)
    if request.method == "POST":
        if chosen is None:
            raise Http404
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            done = _("Noted. %(who)s is not asked for this household any more.") % {"who": chosen}
            tried_with_message(
                request,
                lambda: keep_apart(household=household, volunteer=chosen, reason=reason, by=user),
                done,
            )
            return redirect("matching:not_sent", pk)
    pairs = BlockedPair.objects.filter(household=household).select_related(
        "volunteer__user", "made_by", "ended_by"
    )
    standing = list(pairs.standing())
    who = request.GET.get("who", "").strip()[:40]
    named = (
        may_be_chosen.filter(user__name__icontains=who)
        if who
        else there.select_related("user", "home_division")
    )
    found = named.exclude(pk__in=[pair.volunteer_id for pair in standing]).order_by("user__name", "pk")
    context = {
        "household": household,
        "standing": standing,
        "ended": pairs.filter(ended_at__isnull=False)[:EARLIER],
        "chosen": chosen,
        "form": form,
        "who": who,
        "found": [] if chosen else found[:SHOWN],
    }
    return render(request, "matching/not_sent.html", context, status=422 if form.errors else 200)


def _numbered(rows: QuerySet[Volunteer], number: str) -> Volunteer | None:
    return rows.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None


@login_required
@require_POST
def may_be_sent(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    pairs = BlockedPair.objects.filter(household__in=Household.objects.in_scope_of(user))
    pair = get_object_or_404(pairs.select_related("volunteer__user"), pk=pk)
    form = ApartForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    done = _("%(who)s may be asked for this household again.") % {"who": pair.volunteer}
    tried_with_message(request, lambda: end_keeping_apart(pair=pair, reason=reason, by=user), done)
    return redirect("matching:not_sent", pair.household_id)
