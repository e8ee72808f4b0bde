"""The living style page: every component in every state, on invented things. Visual and axe tests look at it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.codes import ServiceCategory, Skill
from core.errors import DomainError
from core.widgets import Chips, RadioChips, SlotsField

STATUSES = (
    ("sent", _("Waiting for an answer")),
    ("staffed", _("People found")),
    ("verified", _("Confirmed")),
    ("returned", _("Nobody found, back to the worker")),
    ("urgent", _("Urgent")),
    ("closed", _("Closed")),
)


class SampleForm(forms.Form):
    """Every kind of field."""

    name = forms.CharField(label=_("Your name"), help_text=_("As your neighbours know you."), max_length=40)
    phone = forms.CharField(
        label=_("Mobile phone"), widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )
    kind = forms.ChoiceField(label=_("Service category"), choices=ServiceCategory.choices)
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    how = forms.ChoiceField(
        label=_("Where"),
        choices=[("here", _("In person")), ("away", _("By phone or online"))],
        widget=RadioChips,
    )
    skills = forms.MultipleChoiceField(
        label=_("Skills"),
        choices=Skill.choices[:9],
        widget=Chips,
        required=False,
        help_text=_("As many as you have."),
    )
    reach = forms.MultipleChoiceField(
        label=_("Ways to reach you"),
        choices=[("email", _("By e-mail")), ("sms", _("By text message")), ("live", _("On this site"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    slots = SlotsField(help_text=_("Only a rough picture; every offer asks you again."))
    roster = forms.FileField(label=_("File"), required=False)
    is_public = forms.BooleanField(
        label=_("Show my name in rankings"),
        required=False,
        help_text=_("You can take this back any time."),
    )


@dataclass(frozen=True)
class Happening:
    title: Any
    starts_at: datetime
    ends_at: datetime
    places: int
    taken: int
    status: str = "recruiting"


def happenings(now: datetime) -> list[Happening]:
    start = now.replace(hour=9, minute=0, second=0, microsecond=0)
    wanted = (
        (_("Haircuts at home for older neighbours"), 1, 12, 5),
        (_("Saturday clinic of the repair studio"), 4, 8, 8),
        (_("Reading hour in the neighbourhood library"), 9, 20, 13),
    )
    return [
        Happening(title, start + timedelta(days=days), start + timedelta(days=days, hours=2), places, taken)
        for title, days, places, taken in wanted
    ]


def style(request: HttpRequest) -> HttpResponse:
    now = timezone.localtime()
    theme = request.GET.get("theme", "")
    context = {
        "form": SampleForm(initial={"kind": "0017", "skills": ["09", "19"], "slots": 0b1001001}),
        "wrong": SampleForm({"name": "", "phone": "12", "kind": "0001", "how": "", "skills": ["77"]}),
        "statuses": STATUSES,
        "happenings": happenings(now),
        "page": Paginator(range(100), 20).page(2),
        "steps": [_("First step"), _("Second step"), _("Third step"), _("Last step")],
        "side": [
            {"url": "#side", "label": _("Today"), "icon": "desk", "is_current": True, "count": 4},
            {"url": "#side", "label": _("Open needs"), "icon": "hand", "count": 12},
            {"url": "#side", "label": _("Households"), "icon": "family"},
        ],
        "refused": DomainError(
            "overlap",
            _("You have already promised this time to somebody else."),
            help=_("Give that one back first, or choose another shift."),
        ),
        "ranks": [
            (1, "Lin Xiaohe", 5430),
            (2, "Bai Zhiyuan", 4890),
            (3, "Tang Yulan", 3600),
            (14, "Mo Anping", 1200),
        ],
        "moments": [now - timedelta(minutes=m) for m in (3000, 300, 12)],
        "icons": re.findall(r'<symbol id="([\w-]+)"', (settings.SITE / "static" / "icons.svg").read_text()),
        "mask": 0b1001001,
    }
    if theme in {"light", "dark"}:
        context["theme"] = theme
    return render(request, "style.html", context)
