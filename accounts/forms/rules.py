"""The form of a rule set, made from the fields of the model: a rule that is added there appears here by itself."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.forms.volunteers import day_input
from accounts.models import Division, RuleSet
from core.codes import Skill
from core.widgets import Chips

Word = str | Promise
NOT_RULES = {"id", "division", "effective_on", "note", "decided_by", "decided_at"}
# What belongs together; a field named nowhere stands under the last heading.
TOPICS: tuple[tuple[Word, tuple[str, ...]], ...] = (
    (
        gettext_lazy("Hours and records"),
        (
            "rounding_minutes", "record_working_days", "correction_working_days", "daily_cap_minutes",
            "yearly_cap_minutes", "travel_km_an_hour",
        ),
    ),
    (
        gettext_lazy("Check-in"),
        (
            "check_in_pairs_a_day", "check_in_opens_minutes", "check_out_closes_minutes", "credit_ways",
            "meeting_point_metres", "offline_hours", "slip_days", "circle_days", "circle_people", "circle_times",
            "circle_percent",
        ),
    ),
    (gettext_lazy("Stars"), ("star_hours", "publicity_working_days", "stars_by_worker")),
    (pgettext_lazy("topic of rules", "Rankings"), ("ranking_minimum_people", "ranking_objection_working_days")),
    (
        gettext_lazy("Time coins"),
        (
            "uses_coins", "coin_minutes", "coins_a_day", "coins_a_person", "coin_giver_age", "coin_receiver_age",
            "coin_receiver_age_in_hardship",
        ),
    ),
    (gettext_lazy("People"), ("minimum_age", "licensed_skills")),
    (
        gettext_lazy("Asking and promising"),
        (
            "weekly_asks", "answer_minutes", "fill_targets", "most_in_a_ring", "rings", "late_cancel_hours",
            "weekly_cancellations", "rest_minutes",
        ),
    ),
    (
        gettext_lazy("Places in shifts"),
        (
            "place_offer_percent", "place_offer_least_minutes", "place_offer_most_minutes", "stand_ins_asked",
            "series_days_ahead", "insured_from_risk", "overbooks", "overbooking_risk_percent",
        ),
    ),
    (gettext_lazy("Further rules"), ()),
)  # fmt: skip
URGENCIES: dict[str, Word] = {
    "urgent": gettext_lazy("urgent"),
    "soon": gettext_lazy("soon"),
    "normal": gettext_lazy("normal"),
}
MINUTES_OF_A_DAY = 24 * 60


def rule_fields() -> "list[models.Field[Any, Any]]":
    """Every rule, in the order of the model."""
    return [field for field in RuleSet._meta.concrete_fields if field.name not in NOT_RULES]


def part_name(field: str, key: str) -> str:
    return f"{field}__{key}"


class RulesForm(forms.Form):
    """`division` and `effective_on` first, then every rule with the value that is in force there on that day."""

    effective_on = forms.DateField(
        label=gettext_lazy("in force from"),
        widget=day_input(),
        help_text=gettext_lazy("Tomorrow or later; what has been in force stays as it was."),
    )
    note = forms.CharField(
        label=gettext_lazy("why it changes"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, base: RuleSet, **kwargs: Any) -> None:
        self.base = base
        kwargs.setdefault("initial", {"effective_on": timezone.localdate() + timedelta(days=1)})
        super().__init__(*args, **kwargs)
        for field in rule_fields():
            for name, made, value in _fields_of(field, base):
                self.fields[name] = made
                self.initial.setdefault(name, value)

    def topics(self) -> Iterator[tuple[Word, list[BoundField]]]:
        """The headings with their fields, as the page shows them."""
        named = {name for _title, names in TOPICS for name in names}
        others = tuple(field.name for field in rule_fields() if field.name not in named)
        known = {field.name for field in rule_fields()}
        for title, names in TOPICS:
            bound = [
                self[part]
                for name in (names or others)
                if name in known
                for part in self.fields
                if part == name or part.startswith(f"{name}__")
            ]
            if bound:
                yield title, bound

    def values(self) -> dict[str, Any]:
        """What the rule set will say; after `is_valid`."""
        told = {}
        for field in rule_fields():
            if isinstance(field, models.JSONField):
                before = getattr(self.base, field.name)
                told[field.name] = {key: self.cleaned_data[part_name(field.name, key)] for key in before}
            else:
                told[field.name] = self.cleaned_data[field.name]
        return told

    def changes(self) -> dict[str, Any]:
        """What differs from the rules that the form was filled with."""
        return {name: value for name, value in self.values().items() if value != getattr(self.base, name)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        stars = cleaned.get("star_hours")
        if stars is not None and (len(stars) != 5 or sorted(set(stars)) != stars):
            self.add_error("star_hours", _("Five figures, each more than the one before."))
        morning, afternoon = cleaned.get("morning_ends"), cleaned.get("afternoon_ends")
        if morning and afternoon and morning >= afternoon:
            self.add_error("afternoon_ends", _("The afternoon ends after the morning."))
        for name, value in list(cleaned.items()):
            if name in self.fields and "percent" in name and isinstance(value, int) and value > 100:
                self.add_error(name, _("At most 100 percent."))
        return cleaned


def _fields_of(field: "models.Field[Any, Any]", base: RuleSet) -> Iterator[tuple[str, forms.Field, Any]]:
    """One form field for a rule; one for each urgency where the rule has a figure for each."""
    value = getattr(base, field.name)
    label = str(field.verbose_name)
    if isinstance(field, models.JSONField):
        for key, figure in value.items():
            words = f"{label}: {URGENCIES.get(key, key)}"
            if isinstance(figure, float):
                part: forms.Field = forms.FloatField(label=words, min_value=0, max_value=1)
            else:
                part = forms.IntegerField(label=words, min_value=1, max_value=14 * MINUTES_OF_A_DAY)
            yield part_name(field.name, key), part, figure
        return
    if field.name == "licensed_skills":
        chips = forms.MultipleChoiceField(label=label, choices=Skill.choices, required=False, widget=Chips)
        yield field.name, chips, value
        return
    made = field.formfield()
    assert made is not None  # noqa: S101  every rule is a value that can be typed
    if isinstance(field, models.BooleanField):
        made.required = False
    yield field.name, made, value


class PlaceAndDayForm(forms.Form):
    """For which area, before the form of its rules is opened."""

    division = forms.ModelChoiceField(label=gettext_lazy("Area"), queryset=Division.objects.none())

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = models.Q(pk__in=[])
        for code in codes:
            wanted |= models.Q(code__startswith=code)
        field = self.fields["division"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = Division.objects.exclude(level=Division.Level.NEIGHBOURHOOD).filter(wanted)
        field.empty_label = None
