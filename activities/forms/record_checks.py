"""What staff say about a doubt."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CheckAnswerForm(forms.Form):
    """Empty minutes leave the record as it is."""

    instead_minutes = forms.IntegerField(
        label=_("Minutes that count instead"), required=False, min_value=0, max_value=24 * 60
    )
    answer = forms.CharField(label=_("Why"), max_length=300)
