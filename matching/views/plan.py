"""The plan for all open needs of one's scope: look, change by hand, plan again, send; with or without scripts."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from matching.models import Run
from matching.needs import load_needs
from matching.plans.board import open_needs, stand_of_all
from matching.plans.need_reading import need_page_of
from matching.plans.reading import page_of, runs_for
from matching.plans.solving import Pair
from matching.services import plan_runs, plan_sending, plans
from matching.services.plan_sending import Sent
from matching.services.plans import Current
from matching.services.runs import start_run
from matching.views.asking import check_permission, person, tried

NUMBER = re.compile(r"-?[0-9]{1,18}")
ACTS = {"keep": plans.keep_for, "leave": plans.leave_out, "release": plans.release}


def planner(request: HttpRequest) -> User:
    """Who plans: staff somewhere, or the page does not exist."""
    user = person(request)
    check_permission(user, "matching.post_any_request")
    return user


@login_required
def plan(request: HttpRequest) -> HttpResponse:
    user = planner(request)
    run = plan_runs.planning_of(user)
    if run is None and plan_runs.takes_long(user):
        run = start_run(kind=Run.Kind.PLANNING, by=user)
    if run is not None:
        return render(request, "matching/plan_running.html", {"run": run})
    current = plans.current_plan(by=user)
    say_what_moved(request, current)
    context = page_of(current) | {"runs": runs_for(user)}
    return render(request, "matching/plan.html", context)


@login_required
def plan_state(request: HttpRequest) -> HttpResponse:
    """Whether the needs still stand as they were `seen`; nothing on the page moves under somebody's hands."""
    user, now = planner(request), timezone.now()
    if "HX-Request" not in request.headers:
        return redirect("matching:plan")
    stand = stand_of_all(load_needs(open_needs(user, now=now), now=now))
    seen = request.GET.get("seen", "")[:64]
    return render(request, "matching/plan_state.html", {"stand": seen, "has_moved": stand != seen})


@login_required
def plan_running(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is; at the end, on to the plan."""
    user = planner(request)
    run = get_object_or_404(Run, pk=pk, kind=Run.Kind.PLANNING, asked_by=user)
    is_part = "HX-Request" in request.headers
    if run.is_running:
        template = "matching/plan_progress.html" if is_part else "matching/plan_running.html"
        return render(request, template, {"run": run})
    if run.status == Run.Status.FAILED:
        messages.error(
            request, _("Planning broke off. Press the button again; if it happens again, tell the centre.")
        )
    else:
        messages.success(request, _("Planned anew from everybody."))
    plan_page = reverse("matching:plan")
    return HttpResponseClientRedirect(plan_page) if is_part else redirect(plan_page)


@login_required
def plan_need(request: HttpRequest, pk: int) -> HttpResponse:
    """One need of the plan: who else could go, what it would cost, why not somebody."""
    user = planner(request)
    current = plans.current_plan(by=user)
    say_what_moved(request, current)
    try:
        context = need_page_of(current, pk, by=user, who=request.GET.get("who", "").strip()[:40])
    except KeyError:
        raise Http404 from None
    return render(request, "matching/plan_need.html", context)


@login_required
@require_POST
def plan_change(request: HttpRequest) -> HttpResponse:
    """`change` is keep, leave or release with a need and a person ("keep:3:7"), "swap:3:7" with `other`, or
    "start-over"."""
    user = planner(request)
    act, *numbers = request.POST.get("change", "").split(":")
    before, refusal = tried(lambda: _changed(act, numbers, request.POST.get("other", ""), user))
    if before is not None:
        say_what_moved(request, before)
    if refusal is not None:
        messages.error(request, str(refusal))
    back = request.POST.get("back", "")
    if back.isdecimal() and (before is None or before.chosen.board.has(int(back))):
        return redirect("matching:plan_need", int(back))
    return redirect("matching:plan")


def _changed(act: str, numbers: list[str], other: str, user: User) -> Current:
    if act == "start-over":
        return plans.start_over(by=user)
    pair = _pair(numbers)
    if act == "swap":
        return plans.swap(one=pair, other=_pair(other.split(":")), by=user)
    if act not in ACTS:
        raise Http404
    return ACTS[act](request_id=pair[0], volunteer_id=pair[1], by=user)


def _pair(numbers: list[str]) -> Pair:
    """A need and a person, or a studio (minus its id)."""
    if len(numbers) != 2 or not all(NUMBER.fullmatch(number) for number in numbers):
        raise Http404
    return int(numbers[0]), int(numbers[1])


@login_required
@require_POST
def plan_anew(request: HttpRequest) -> HttpResponse:
    """From every candidate of the district, in the background; one may leave and come back."""
    start_run(kind=Run.Kind.PLANNING, by=planner(request))
    return redirect("matching:plan")


@login_required
@require_POST
def plan_send(request: HttpRequest) -> HttpResponse:
    """The one button that asks people: for all needs, or for those that are ticked."""
    user = planner(request)
    chosen = None
    if request.POST.get("send") != "all":
        chosen = [int(pk) for pk in request.POST.getlist("need") if pk.isdecimal() and len(pk) < 19]
    token = request.POST.get("token", "")
    sent, refusal = tried(lambda: plan_sending.accept_plan(by=user, token=token, request_ids=chosen))
    if refusal is not None:
        messages.warning(request, str(refusal))
    elif sent is not None:
        say_what_was_sent(request, sent)
    return redirect(reverse("matching:plan"))


def say_what_moved(request: HttpRequest, current: Current) -> None:
    if current.has_moved:
        messages.info(request, _("Something has changed since: needs or people. The plan was made anew."))
    if current.dropped:
        count = len(current.dropped)
        said = ngettext(
            "%(count)d person you kept can no longer go and was released.",
            "%(count)d people you kept can no longer go and were released.",
            count,
        )
        messages.warning(request, said % {"count": count})


def say_what_was_sent(request: HttpRequest, sent: Sent) -> None:
    if sent.asked:
        said = ngettext("%(count)d person is being asked.", "%(count)d people are being asked.", sent.asked)
        messages.success(request, said % {"count": sent.asked})
    if sent.proposed:
        said = ngettext(
            "%(count)d person is proposed for a household where you confirm first: open the need and confirm.",
            "%(count)d people are proposed for households where you confirm first: open the needs and confirm.",
            sent.proposed,
        )
        messages.info(request, said % {"count": sent.proposed})
    if sent.moved:
        titles = _(", ").join(need.title for need in sent.moved)
        messages.warning(
            request, _("Somebody else was faster, nothing was sent for: %(needs)s") % {"needs": titles}
        )
    if sent.fell_out:
        said = ngettext(
            "%(count)d person no longer passes a limit and was not asked.",
            "%(count)d people no longer pass a limit and were not asked.",
            sent.fell_out,
        )
        messages.warning(request, said % {"count": sent.fell_out})
