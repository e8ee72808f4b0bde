"""Paper slips: how many are printed, and what was written on one."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.forms.inputs import time_input
from activities.models import Shift, SignUp
from activities.services.slips import MOST


class PrintForm(forms.Form):
    count = forms.IntegerField(label=_("How many slips"), min_value=1, max_value=MOST, initial=12)


class SlipForm(forms.Form):
    """The code and the two times on the day of the shift; a leaving before the coming is on the next morning."""

    code = forms.CharField(
        label=_("Code of the slip"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )
    came = forms.TimeField(label=_("Came at"), widget=time_input())
    left = forms.TimeField(label=_("Left at"), widget=time_input())

    def times(self, shift: Shift) -> tuple[datetime, datetime]:
        start = timezone.localtime(shift.starts_at)
        came, left = (
            datetime.combine(start.date(), self.cleaned_data[name], tzinfo=start.tzinfo)
            for name in ("came", "left")
        )
        return came, left if left >= came else left + timedelta(days=1)


class PersonOfTheRoster(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: SignUp) -> str:
        return str(obj.volunteer)


class SlipOfSomebodyForm(SlipForm):
    """The organiser types it in for somebody of the roster."""

    sign_up = PersonOfTheRoster(SignUp.objects.none(), label=_("Whose slip"))

    field_order = ("sign_up", "code", "came", "left")

    def __init__(self, shift: Shift, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        coming = shift.sign_ups.standing().select_related("volunteer__user").order_by("id")
        self.fields["sign_up"].queryset = coming  # type: ignore[attr-defined]
