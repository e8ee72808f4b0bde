"""The centre tries ways of asking, and a changed rule before it is switched on."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from core.templatetags.words import day_word
from matching.forms_laboratory import LaboratoryForm, RuleTrialForm, TakeRuleForm, within_bounds
from matching.laboratory_page import laboratory_page
from matching.models import Run
from matching.services.runs import start_run
from matching.services.trying_rules import (
    district_of,
    rules_now,
    size_of_the_real_district,
    take_tried_rules,
)
from matching.views.asking import check_permission, person, tried_with_message


def keeper(request: HttpRequest) -> User:
    user = person(request)
    check_permission(user, "matching.keep_model")
    return user


@login_required
def laboratory(request: HttpRequest) -> HttpResponse:
    """What is tried, and what was tried; a form that was sent twice is one run."""
    user = keeper(request)
    form = _ways_form(user, request)
    if request.method == "POST" and form.is_valid():
        return _begun(request, user, form)
    return _page(request, user, form=form)


@login_required
@require_POST
def laboratory_rule(request: HttpRequest) -> HttpResponse:
    user = keeper(request)
    trial = _rule_form(user, request)
    if trial.is_valid():
        return _begun(request, user, trial)
    return _page(request, user, trial=trial)


@login_required
@require_POST
def laboratory_take(request: HttpRequest, pk: int) -> HttpResponse:
    """The changed rule of a run is put in force from a day on."""
    user = keeper(request)
    run = get_object_or_404(Run, pk=pk, kind=Run.Kind.LABORATORY)
    take = TakeRuleForm(request.POST)
    if not take.is_valid():
        return _page(request, user, run_id=pk, take=take)
    chosen = take.cleaned_data
    done = _("The changed rule holds from %(day)s on.") % {
        "day": day_word(chosen["effective_on"], timezone.localdate())
    }
    tried_with_message(request, lambda: take_tried_rules(run=run, by=user, **chosen), done)
    return redirect(reverse("matching:laboratory") + f"?run={pk}")


def _ways_form(user: User, request: HttpRequest | None = None) -> LaboratoryForm:
    sent = request.POST if request and request.method == "POST" else None
    return LaboratoryForm(sent, initial=_drawn(user))


def _rule_form(user: User, request: HttpRequest | None = None) -> RuleTrialForm:
    return RuleTrialForm(
        request.POST if request else None, now=rules_now(district_of(user)), initial=_drawn(user)
    )


def _drawn(user: User) -> dict[str, object]:
    """As large as the real district, within what a run can take."""
    return {"submission_key": uuid.uuid4(), **within_bounds(size_of_the_real_district(district_of(user)))}


def _begun(request: HttpRequest, user: User, form: LaboratoryForm | RuleTrialForm) -> HttpResponse:
    key, params = form.cleaned_data["submission_key"], form.params()
    done = _("The laboratory has begun. You can leave this page.")
    tried_with_message(
        request,
        lambda: start_run(kind=Run.Kind.LABORATORY, by=user, params=params, submission_key=key),
        done,
    )
    return redirect("matching:laboratory")


def _page(
    request: HttpRequest,
    user: User,
    *,
    run_id: int | None = None,
    form: LaboratoryForm | None = None,
    trial: RuleTrialForm | None = None,
    take: TakeRuleForm | None = None,
) -> HttpResponse:
    pk = request.GET.get("run", "")
    wanted = run_id or (int(pk) if pk.isdecimal() and len(pk) < 10 else None)
    forms = {
        "form": form or _ways_form(user),
        "trial": trial or _rule_form(user),
        "take": take or TakeRuleForm(),
    }
    refused = any(one.is_bound and one.errors for one in forms.values())
    return render(
        request, "matching/laboratory.html", laboratory_page(wanted) | forms, status=422 if refused else 200
    )
