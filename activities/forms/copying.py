"""An earlier activity once more."""

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.forms.inputs import day_input
from activities.forms.posting import ActivityForm


class CopyForm(forms.Form):
    """The new first day. What must not be volunteering is asked each time: a copy is a new activity.

    The fields are the arguments of `copy_activity`, but for the declaration.
    """

    first_on = forms.DateField(
        label=_("New first day"),
        widget=day_input(),
        help_text=_("All shifts move along; their hours and the days between them stay."),
    )
    forbidden_kinds = ActivityForm.base_fields["forbidden_kinds"]
    is_declared = ActivityForm.base_fields["is_declared"]
    submission_key = forms.UUIDField(widget=forms.HiddenInput)
