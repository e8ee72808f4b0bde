"""The worker of the neighbourhood: post a need, see who was found and why, act."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Household, User
from core.errors import DomainError
from matching import services
from matching.case import case_of
from matching.forms import (
    ReasonForm,
    RequestForm,
    TimesForm,
    copied_from,
    filled_by,
    fresh_key,
    household_label,
)
from matching.models import Assignment, Offer, ServiceRequest
from matching.presets import PRESET_BY_KEY, PRESETS
from matching.views.asking import check_permission, person, tried, tried_with_message

SUGGESTED = 300


def households_of(user: User) -> QuerySet[Household]:
    """Active households in the scope of this person's staff roles."""
    return Household.objects.in_scope_of(user).active().select_related("division")


@login_required
def request_post(request: HttpRequest) -> HttpResponse:
    """Pressing a preset fills the form and sends nothing; everything that was typed stays."""
    user = person(request)
    check_permission(user, "matching.post_any_request")
    households = households_of(user)
    preset = PRESET_BY_KEY.get(request.POST.get("preset", ""))
    if request.method != "POST":
        form = RequestForm(initial=_first_values(request, user), households=households)
        return _post_page(request, form, households)
    if preset:
        typed = {name: request.POST.get(name, "") for name in RequestForm.base_fields} | {
            "household": request.POST.get("household", "")
        }
        form = RequestForm(initial=typed | filled_by(preset), households=households)
        return _post_page(request, form, households, chosen=preset.key)
    form = RequestForm(request.POST, households=households)
    if not form.is_valid():
        return _post_page(request, form, households, status=422)
    need, refusal = tried(lambda: services.open_request(by=user, **form.values()))
    if need is None:
        return _post_page(request, form, households, refusal=refusal, status=409)
    messages.success(request, _posted_words(need, form.cleaned_data["headcount"]))
    return redirect("matching:request", need.pk)


def _posted_words(need: ServiceRequest, wanted: int) -> str:
    if need.headcount > wanted:
        return _("Posted. Two people go to this household, so two are being looked for.")
    return _("Posted. The best people for it are being asked now.")


def _first_values(request: HttpRequest, user: User) -> dict[str, Any]:
    values: dict[str, Any] = {"submission_key": fresh_key(), "lasts": "60"}
    copy = request.GET.get("copy", "")
    if copy.isdecimal() and (earlier := _cases(user).filter(pk=int(copy)).first()):
        return values | copied_from(earlier)
    pk = request.GET.get("household", "")
    if pk.isdecimal() and (household := households_of(user).filter(pk=int(pk)).first()):
        values["household"] = household_label(household)
    if preset := PRESET_BY_KEY.get(request.GET.get("preset", "")):
        values |= filled_by(preset)
    return values


def _post_page(
    request: HttpRequest,
    form: RequestForm,
    households: QuerySet[Household],
    *,
    chosen: str = "",
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    labels = [household_label(household) for household in households[:SUGGESTED]]
    context = {"form": form, "presets": PRESETS, "chosen": chosen, "households": labels, "refusal": refusal}
    return render(request, "matching/request_post.html", context, status=status)


def _cases(user: User) -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.in_scope_of(user).select_related(
        "household__contact", "division__parent", "posted_by"
    )


@login_required
def request(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    need = get_object_or_404(_cases(user), pk=pk)
    return render(request, "matching/request.html", case_of(need, reader=user) | {"cancel": ReasonForm()})


@login_required
@require_POST
def request_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    need = get_object_or_404(_cases(user), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(
            request, "matching/request.html", case_of(need, reader=user) | {"cancel": form}, status=422
        )
    reason = form.cleaned_data["reason"]
    done = _("The need is cancelled. Everybody concerned is told.")
    tried_with_message(request, lambda: services.cancel_request(request=need, reason=reason, by=user), done)
    return redirect("matching:request", need.pk)


def _acted(
    request: HttpRequest, pk: int, act: Callable[[ServiceRequest, User], object], done: str
) -> HttpResponse:
    """One press on the page of a need that this person may act on, and back to it."""
    user = person(request)
    need = get_object_or_404(_cases(user), pk=pk)
    tried_with_message(request, lambda: act(need, user), done)
    return redirect("matching:request", need.pk)


@login_required
@require_POST
def request_close(request: HttpRequest, pk: int) -> HttpResponse:
    return _acted(
        request, pk, lambda need, by: services.close_request(request=need, by=by), _("The need is closed.")
    )


@login_required
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("People are being asked again.")
    return _acted(request, pk, lambda need, by: services.ask_again(request=need, by=by), done)


@login_required
@require_POST
def ask_these(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("They are being asked now.")
    return _acted(request, pk, lambda need, by: services.ask_proposed(request=need, by=by), done)


@login_required
@require_POST
def pass_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    in_scope = Offer.objects.filter(request__in=ServiceRequest.objects.in_scope_of(user))
    offer = get_object_or_404(in_scope, pk=pk)
    done = _("This person is passed over; somebody else is looked for.")
    tried_with_message(request, lambda: services.pass_over(offer=offer, by=user), done)
    return redirect("matching:request", offer.request_id)


@login_required
@require_POST
def times(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody forgot to check in or out: the worker enters when it was."""
    user = person(request)
    in_scope = Assignment.objects.filter(request__in=ServiceRequest.objects.in_scope_of(user))
    row = get_object_or_404(in_scope, pk=pk)
    form = TimesForm(request.POST)
    if not form.is_valid():
        need = get_object_or_404(_cases(user), pk=row.request_id)
        context = case_of(need, reader=user) | {"cancel": ReasonForm(), "times": form, "times_of": row.pk}
        return render(request, "matching/request.html", context, status=422)
    done = _("The times are entered and the hours recorded.")
    tried_with_message(
        request, lambda: services.enter_times(assignment=row, by=user, **form.cleaned_data), done
    )
    return redirect("matching:request", row.request_id)
