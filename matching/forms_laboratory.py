"""What is tried in the policy laboratory; the bounds keep a run within some minutes."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.widgets import Chips
from matching.model_words import POLICIES
from matching.services.trying_rules import URGENCIES, Rules


class District(forms.Form):
    """How large a district is drawn."""

    volunteers = forms.IntegerField(
        label=_("How many volunteers"), min_value=100, max_value=2000, initial=800
    )
    needs_a_day = forms.IntegerField(label=_("Needs a day"), min_value=1, max_value=20, initial=6)
    days = forms.IntegerField(label=_("Days"), min_value=14, max_value=90, initial=60)
    seeds = forms.IntegerField(
        label=_("Districts"),
        help_text=_("Each is drawn anew; what is shown is the mean over them."),
        min_value=1,
        max_value=3,
        initial=1,
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def of_the_district(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("volunteers", "needs_a_day", "days", "seeds")}


def within_bounds(measured: dict[str, int]) -> dict[str, int]:
    """The real district, as far as a run can take it."""
    fields = District.base_fields
    return {
        name: min(max(value, fields[name].min_value), fields[name].max_value)  # type: ignore[attr-defined]
        for name, value in measured.items()
    }


class LaboratoryForm(District):
    policies = forms.MultipleChoiceField(
        label=_("Ways of asking"),
        help_text=_("All of them get the same people, the same needs and the same moods."),
        widget=Chips,
        initial=["waves", "top_k", "nearest_first", "notify_all"],
    )
    weekly_limit = forms.IntegerField(
        label=_("Questions a person and week, at most"), min_value=1, max_value=7, initial=3
    )
    field_order = ("policies", "weekly_limit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["policies"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101
        choice.choices = list(POLICIES.items())

    def params(self) -> dict[str, Any]:
        return self.of_the_district() | {
            "policies": self.cleaned_data["policies"],
            "weekly_limit": self.cleaned_data["weekly_limit"],
        }


class RuleTrialForm(District):
    """The rule in force, to be changed and tried."""

    prefix = "rule"
    weekly_asks = forms.IntegerField(
        label=_("Questions a person and week, at most"), min_value=1, max_value=7
    )
    most_in_a_ring = forms.IntegerField(label=_("People asked at once, at most"), min_value=1, max_value=20)
    target_normal = forms.IntegerField(label=_("Chance wanted: can wait (%)"), min_value=10, max_value=99)
    target_soon = forms.IntegerField(label=_("Chance wanted: within days (%)"), min_value=10, max_value=99)
    target_urgent = forms.IntegerField(label=_("Chance wanted: urgent (%)"), min_value=10, max_value=99)
    minutes_normal = forms.IntegerField(
        label=_("Time to answer: can wait (minutes)"), min_value=5, max_value=2880
    )
    minutes_soon = forms.IntegerField(
        label=_("Time to answer: within days (minutes)"), min_value=5, max_value=2880
    )
    minutes_urgent = forms.IntegerField(
        label=_("Time to answer: urgent (minutes)"), min_value=5, max_value=2880
    )
    field_order = (
        *("weekly_asks", "most_in_a_ring", "target_normal", "target_soon", "target_urgent"),
        *("minutes_normal", "minutes_soon", "minutes_urgent"),
    )

    def __init__(self, *args: Any, now: Rules, **kwargs: Any) -> None:
        self.now = now
        kwargs["initial"] = flat(now) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and self.changed() == self.now:
            self.add_error(
                None, _("This is the rule in force. Change at least one number, then both are compared.")
            )
        return cleaned

    def changed(self) -> Rules:
        given = self.cleaned_data
        return {
            "weekly_asks": given["weekly_asks"],
            "most_in_a_ring": given["most_in_a_ring"],
            "fill_targets": {name: given[f"target_{name}"] / 100 for name in URGENCIES},
            "answer_minutes": {name: given[f"minutes_{name}"] for name in URGENCIES},
        }

    def params(self) -> dict[str, Any]:
        rules = {"now": self.now, "changed": self.changed()}
        return self.of_the_district() | {"policies": ["waves"], "rules": rules}


def flat(rules: Rules) -> dict[str, int]:
    """The numbers of a rule by the names of the form."""
    return {
        "weekly_asks": rules["weekly_asks"],
        "most_in_a_ring": rules["most_in_a_ring"],
        **{f"target_{name}": round(100 * rules["fill_targets"][name]) for name in URGENCIES},
        **{f"minutes_{name}": rules["answer_minutes"][name] for name in URGENCIES},
    }


def differences(now: Rules, changed: Rules) -> list[tuple[Any, int, int]]:
    """(label, before, after) of each number that was changed."""
    before, after = flat(now), flat(changed)
    return [
        (RuleTrialForm.base_fields[name].label, before[name], after[name])
        for name in before
        if before[name] != after[name]
    ]


class TakeRuleForm(forms.Form):
    effective_on = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label=_("Why?"), help_text=_("It stands beside the rule."), max_length=300, widget=forms.TextInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_on"].initial = timezone.localdate() + timedelta(days=1)
