"""The code on site, and when somebody left who forgot to check out."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.forms.inputs import time_input


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code shown on site"),
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "pattern": "[0-9 ]*",
                "class": "code",
                "autofocus": True,
            }
        ),
    )


class OpenCheckInForm(forms.Form):
    """When somebody who forgot to check out really left."""

    left_at = forms.TimeField(label=_("Left at"), widget=time_input())
    reason = forms.CharField(label=_("How is this known?"), max_length=300)

    def moment(self, checked_in_at: datetime) -> datetime:
        """The time on the day of the check-in; an earlier time is that of the next morning."""
        came = timezone.localtime(checked_in_at)
        left = datetime.combine(came.date(), self.cleaned_data["left_at"], tzinfo=came.tzinfo)
        return left if left >= came.replace(second=0, microsecond=0) else left + timedelta(days=1)


class ApprovalForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes that count"), min_value=0, max_value=48 * 60)
    reason = forms.CharField(
        label=_("Reason, if they differ from the observed ones"), max_length=300, required=False
    )
