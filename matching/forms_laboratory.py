"""What is tried in the policy laboratory; the bounds keep a run within some minutes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.widgets import Chips
from matching.model_words import POLICIES


class LaboratoryForm(forms.Form):
    policies = forms.MultipleChoiceField(
        label=_("Ways of asking"),
        help_text=_("All of them get the same people, the same needs and the same moods."),
        widget=Chips,
        initial=["waves", "top_k", "nearest_first", "notify_all"],
    )
    volunteers = forms.IntegerField(
        label=_("How many volunteers"), min_value=100, max_value=2000, initial=800
    )
    needs_a_day = forms.IntegerField(label=_("Needs a day"), min_value=1, max_value=20, initial=6)
    days = forms.IntegerField(label=_("Days"), min_value=14, max_value=90, initial=60)
    weekly_limit = forms.IntegerField(
        label=_("Questions a person and week, at most"), min_value=1, max_value=7, initial=3
    )
    seeds = forms.IntegerField(
        label=_("Districts"),
        help_text=_("Each is drawn anew; what is shown is the mean over them."),
        min_value=1,
        max_value=3,
        initial=1,
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["policies"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101
        choice.choices = list(POLICIES.items())

    def params(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "submission_key"}
