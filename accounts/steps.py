"""Walking through a form of several steps: nothing typed is lost, whichever way the person goes.

Every sending is kept in the draft before it is looked at: an error, going back and leaving the page lose nothing. With
htmx each change is kept as well (`?keep`). The last step shows everything and sends it once (submission key).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.drafts import Draft
from accounts.forms.rows import together, with_one_more
from accounts.forms.shown import lines_of
from core.errors import DomainError

REVIEW = "review"


@dataclass(frozen=True)
class Step:
    name: str
    label: str | Promise
    form: type[forms.Form]
    hint: str | Promise = ""


@dataclass(frozen=True)
class Registration:
    """One kind of record. `finish` makes it from the cleaned steps; `first_of` finds it when it was made already."""

    name: str
    title: str | Promise
    steps: tuple[Step, ...]
    url: str
    finish: Callable[[HttpRequest, dict[str, Any], Any], models.Model]
    first_of: Callable[[HttpRequest, Any], models.Model | None]
    row_url: str
    initial: Callable[[HttpRequest], dict[str, Any]] = lambda _request: {}

    @property
    def labels(self) -> list[str | Promise]:
        return [*(step.label for step in self.steps), _("Check and send")]

    def number(self, name: str) -> int:
        """Counted from 1; the review comes last. Raises Http404."""
        names = [*(step.name for step in self.steps), REVIEW]
        if name not in names:
            raise Http404
        return names.index(name) + 1


def walk(request: HttpRequest, registration: Registration, step: str) -> HttpResponse:
    """One step, or the review, of this registration for the person of the request."""
    number = registration.number(step)
    draft = Draft(request, registration.name)
    if step == REVIEW:
        return _review(request, registration, draft)
    current = registration.steps[number - 1]
    if request.method != "POST":
        return _page(request, registration, number, _form(request, registration, current, draft))
    draft.keep(step, request.POST)
    if "keep" in request.GET:
        return HttpResponse(status=204)
    act = request.POST.get("act", "next")
    if act.startswith("more-"):
        draft.keep(step, with_one_more(request.POST, act.removeprefix("more-")))
        return _to(registration, number, fragment="#more")
    if act == "back" and number > 1:
        return _to(registration, number - 1)
    form = _form(request, registration, current, draft)
    if not form.is_valid():
        return _page(request, registration, number, form)
    return _to(registration, number + 1)


def _to(registration: Registration, number: int, fragment: str = "") -> HttpResponseRedirect:
    names = [*(step.name for step in registration.steps), REVIEW]
    where = redirect(registration.url, names[number - 1])
    return HttpResponseRedirect(where.url + fragment)


def _form(request: HttpRequest, registration: Registration, step: Step, draft: Draft) -> forms.Form:
    return step.form(draft.typed(step.name), initial=registration.initial(request))


def _page(request: HttpRequest, registration: Registration, number: int, form: forms.Form) -> HttpResponse:
    step = registration.steps[number - 1]
    shown = {
        "registration": registration,
        "form": form,
        "step": step,
        "number": number,
        "has_back": number > 1,
    }
    return render(request, "accounts/step.html", shown)


def _review(request: HttpRequest, registration: Registration, draft: Draft) -> HttpResponse:
    """Everything on one page; sent once, however often the button is pressed."""
    key = _submission_key(request)
    if key is not None and (first := registration.first_of(request, key)):
        return _done(request, registration, draft, first, _("This was sent already: here it is."))
    parts = [(step, _form(request, registration, step, draft)) for step in registration.steps]
    for number, (_step, form) in enumerate(parts, 1):
        if not form.is_valid():
            messages.info(request, _("This step is not complete yet."))
            return _to(registration, number)
    refusal = None
    if key is not None:
        try:
            row = registration.finish(request, together(form for _step, form in parts), key)
        except DomainError as error:
            refusal = error
        else:
            return _done(request, registration, draft, row, _("Sent. Thank you."))
    shown = {
        "registration": registration,
        "parts": [(step, lines_of(form)) for step, form in parts],
        "number": len(parts) + 1,
        "submission_key": draft.key,
        "refusal": refusal,
    }
    return render(request, "accounts/review.html", shown)


def _submission_key(request: HttpRequest) -> Any:
    if request.method != "POST":
        return None
    field = forms.UUIDField(required=True)
    try:
        return field.clean(request.POST.get("submission_key"))
    except forms.ValidationError as error:
        raise Http404 from error


def _done(
    request: HttpRequest, registration: Registration, draft: Draft, row: models.Model, word: str
) -> HttpResponse:
    draft.forget()
    messages.success(request, word)
    return redirect(registration.row_url, row.pk)
