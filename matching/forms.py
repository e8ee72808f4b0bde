"""Forms clean what was typed; services decide."""

import re
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Volunteer
from core.codes import ServiceCategory, Skill
from core.templatetags.words import day_word
from core.widgets import Chips, RadioChips
from matching.models import ServiceRequest
from matching.presets import Preset

QUICK_DAYS = 7
QUICK_TIMES = ("09:00", "10:30", "14:00", "16:00", "19:00")
LENGTHS = (30, 60, 90, 120, 180, 240)
NUMBER_AT_THE_END = re.compile(r"(\d+)\s*$")


def household_label(household: Household) -> str:
    """What stands in the list to type in; the number makes it unique."""
    return f"{household.alias} · {household.division.name} · {household.pk}"


class QuickChips(RadioChips):
    """Pills that the browser does not insist on."""

    def use_required_attribute(self, initial: Any) -> bool:  # noqa: ARG002
        return False


class HouseholdField(forms.CharField):
    """Typed with suggestions: the line of the list, or as much of the case's short name as is unique."""

    def __init__(self, households: QuerySet[Household]) -> None:
        self.households = households
        super().__init__(
            label=_("Household"),
            help_text=_("Type a few letters of the short name and choose."),
            widget=forms.TextInput(attrs={"list": "households", "autocomplete": "off"}),
        )

    def clean(self, value: Any) -> Household:
        typed = super().clean(value).strip()
        number = NUMBER_AT_THE_END.search(typed)
        if number and (found := self.households.filter(pk=int(number[1])).first()) is not None:
            return found
        matching = list(self.households.filter(alias__icontains=typed)[:2])
        if len(matching) == 1:
            return matching[0]
        if matching:
            raise forms.ValidationError(
                _("More than one household fits: choose one from the list."), code="several"
            )
        raise forms.ValidationError(_("No household of yours fits: choose one from the list."), code="none")


class QuickChoice(forms.ChoiceField):
    """One of a few usual answers; another field beside it may say something else, so nothing chosen is no mistake."""

    widget = QuickChips

    def clean(self, value: Any) -> Any:
        return super().clean(value) if value else ""


def length_choices() -> list[tuple[str, str]]:
    words = {30: _("30 minutes"), 60: _("1 hour"), 90: _("1.5 hours"), 120: _("2 hours"), 180: _("3 hours")}
    return [(str(minutes), str(words.get(minutes, _("4 hours")))) for minutes in LENGTHS]


class RequestForm(forms.Form):
    """A need, on one page. Day and time have quick choices; whatever else is typed beside them wins."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("What is needed"),
        max_length=60,
        help_text=_("A few words without names or addresses: everybody who is asked reads them."),
    )
    day = QuickChoice(label=_("Day"))
    other_day = forms.DateField(
        label=_("Another day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    begins = QuickChoice(label=_("From"), choices=[(text, text) for text in QUICK_TIMES])
    other_time = forms.TimeField(
        label=_("Another time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    lasts = forms.TypedChoiceField(label=_("How long"), widget=RadioChips, coerce=int, choices=length_choices)
    urgency = forms.ChoiceField(
        label=_("How urgent"), widget=RadioChips, choices=ServiceRequest.Urgency, initial="normal"
    )
    headcount = forms.IntegerField(label=_("How many people"), min_value=1, max_value=20, initial=1)
    is_remote = forms.BooleanField(label=_("By phone or online"), required=False)
    category = forms.ChoiceField(label=_("Kind of service"), choices=ServiceCategory, initial="0001")
    skills = forms.MultipleChoiceField(label=_("Skills needed"), choices=Skill, widget=Chips, required=False)
    note = forms.CharField(
        label=_("Note for the person who comes"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Sealed: only who accepted reads it."),
    )

    def __init__(self, *args: Any, households: QuerySet[Household], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["household"] = HouseholdField(households)
        self.fields["day"].choices = day_choices(timezone.localdate())  # type: ignore[attr-defined]
        self.order_fields(["household"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day = cleaned.get("other_day") or _as_day(cleaned.get("day"))
        begins = cleaned.get("other_time") or _as_time(cleaned.get("begins"))
        if day is None and not self.has_error("other_day"):
            self.add_error("day", _("Choose a day."))
        if begins is None and not self.has_error("other_time"):
            self.add_error("begins", _("Choose a time."))
        if day and begins and cleaned.get("lasts"):
            cleaned["starts_at"] = timezone.make_aware(datetime.combine(day, begins))
            cleaned["ends_at"] = cleaned["starts_at"] + timedelta(minutes=cleaned["lasts"])
        return cleaned

    def values(self) -> dict[str, Any]:
        """What `open_request` takes."""
        left_out = {"day", "other_day", "begins", "other_time", "lasts"}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}


def day_choices(today: date) -> list[tuple[str, str]]:
    days = [today + timedelta(days=offset) for offset in range(QUICK_DAYS)]
    return [(day.isoformat(), day_word(day, today)) for day in days]


def _as_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _as_time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def filled_by(preset: Preset) -> dict[str, Any]:
    """The form's values that a preset sets."""
    return {
        "title": str(preset.title),
        "category": str(preset.category),
        "skills": [str(skill) for skill in preset.skills],
        "lasts": str(preset.minutes),
        "is_remote": preset.is_remote,
    }


def copied_from(request: ServiceRequest) -> dict[str, Any]:
    """The form's values of an earlier need, without its day: the worker chooses another."""
    minutes = round((request.ends_at - request.starts_at).total_seconds() / 60)
    begins = f"{timezone.localtime(request.starts_at):%H:%M}"
    return {
        "household": household_label(request.household),
        "title": request.title,
        "category": request.category,
        "skills": request.skills,
        "urgency": request.urgency,
        "headcount": request.headcount,
        "is_remote": request.is_remote,
        "lasts": str(min(LENGTHS, key=lambda length: abs(length - minutes))),
        "begins" if begins in QUICK_TIMES else "other_time": begins,
    }


def fresh_key() -> str:
    return str(uuid.uuid4())


DECLINE_REASONS = (
    ("", _("No reason")),
    ("time", _("The time does not suit me")),
    ("far", _("Too far")),
    ("unable", _("I cannot do this")),
    ("enough", _("I help enough at the moment")),
)


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why not? It helps us to ask better."),
        choices=DECLINE_REASONS,
        widget=RadioChips,
        required=False,
    )

    @property
    def words(self) -> str:
        return str(dict(DECLINE_REASONS)[self.cleaned_data["reason"]]) if self.cleaned_data["reason"] else ""


class MembersForm(forms.Form):
    """The lead of a studio names who goes."""

    members = forms.ModelMultipleChoiceField(
        label=_("Who goes"), queryset=Volunteer.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, members: QuerySet[Volunteer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = members  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why? Those concerned are told."), max_length=200, widget=forms.TextInput, required=True
    )


class ApartForm(forms.Form):
    """Why somebody is not sent to a household, or may be again."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Only workers of this place and the centre read it. No health matters."),
        max_length=200,
        widget=forms.TextInput,
    )


class ReportForm(forms.Form):
    report = forms.CharField(
        label=_("What was done"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A few words are enough. No names, no health matters."),
    )


class TimesForm(forms.Form):
    """When somebody came and left who forgot to check in or out."""

    checked_in_at = forms.DateTimeField(
        label=_("Came"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    checked_out_at = forms.DateTimeField(
        label=_("Left"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )


STARS = ((5, "★★★★★"), (4, "★★★★"), (3, "★★★"), (2, "★★"), (1, "★"))


class ReviewForm(forms.Form):
    stars = forms.TypedChoiceField(label=_("How was it?"), choices=STARS, coerce=int, widget=RadioChips)
    words = forms.CharField(
        label=_("In your words"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
