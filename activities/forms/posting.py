"""Everything about an activity and its shifts."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.places import neighbourhoods_by_subdistrict
from accounts.models import Division, Organisation, Studio, User
from activities.checks.posting import CHECKED, ForbiddenKind
from activities.forms.inputs import Quiet, Sentences
from activities.forms.shifts import ShiftFormSet
from activities.models import Activity, Qualification
from activities.permissions import may_change_what_was_checked
from core.codes import PeopleServed, Safeguard, ServiceCategory
from core.widgets import Chips, RadioChips

NEIGHBOURHOOD_DIGITS = 12


class ActivityForm(Quiet):
    """Everything about an activity and its shifts. `given()` are the arguments of `post_activity`."""

    organiser = forms.ChoiceField(label=_("Organiser"))
    title = forms.CharField(label=_("Title"), max_length=80)
    about = forms.CharField(
        label=_("What is done"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000
    )
    categories = forms.MultipleChoiceField(
        label=_("Kinds of service"),
        choices=ServiceCategory.choices,
        widget=Chips,
        help_text=_("At most four; the first one is written into the hours."),
    )
    people_served = forms.MultipleChoiceField(
        label=_("People served"), choices=PeopleServed.choices, widget=Chips, required=False
    )
    division = forms.ChoiceField(label=_("Neighbourhood"))
    place = forms.CharField(
        label=_("Meeting place"), max_length=120, help_text=_("Street and number, and how to find it.")
    )
    risks = forms.CharField(
        label=_("Risks"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text=_("The law asks for them: heat, traffic, ladders, late hours. Write “none known” if so."),
    )
    risk_level = forms.TypedChoiceField(
        label=_("How risky is it?"), choices=Activity.Risk, coerce=int, widget=RadioChips, initial=1
    )
    insurance = forms.CharField(
        label=_("Accident insurance"),
        max_length=120,
        required=False,
        help_text=_("Insurer and policy. Needed before work with a raised risk."),
    )
    safeguards = forms.MultipleChoiceField(label=_("Safeguards"), choices=Safeguard.choices, widget=Chips)
    minimum_age = forms.IntegerField(label=_("Minimum age"), required=False, min_value=6, max_value=80)
    maximum_age = forms.IntegerField(label=_("Maximum age"), required=False, min_value=16, max_value=120)
    qualification = forms.ModelChoiceField(
        Qualification.objects.none(),
        label=_("Everybody needs"),
        required=False,
        empty_label=_("nothing in particular"),
        help_text=_("A paper that is valid on the day. Roles of a shift can ask for more."),
    )
    confirms_sign_ups = forms.BooleanField(label=_("I confirm each sign-up myself"), required=False)
    contact_name = forms.CharField(label=_("Contact on the day"), max_length=60, required=False)
    contact_phone = forms.CharField(
        label=_("Contact's phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    contact_is_public = forms.BooleanField(
        label=_("Everybody may see the contact"),
        required=False,
        help_text=_("Otherwise only who has a place sees it."),
    )
    forbidden_kinds = forms.MultipleChoiceField(
        label=_("Is one of these true of it?"),
        choices=ForbiddenKind.choices,
        widget=Sentences,
        required=False,
        help_text=_("Six kinds of activity must not be published as volunteering. Tick what is true."),
    )
    is_declared = forms.BooleanField(
        label=_("I have read the six sentences, and what I ticked or left empty is true.")
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, user: User, data: QueryDict | None = None, *, activity: Activity | None = None, **options: Any
    ) -> None:
        options.setdefault("initial", initial_of(activity) if activity else initial_for(user))
        super().__init__(data, **options)
        self.user = user
        organisers = organisers_of(user, activity)
        self.fields["organiser"].choices = organisers  # type: ignore[attr-defined]
        self.fields["division"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a neighbourhood")),
            *neighbourhoods_by_subdistrict(),
        ]
        self.fields["qualification"].queryset = Qualification.objects.all()  # type: ignore[attr-defined]
        self.keeps_what_was_checked = activity is not None and not may_change_what_was_checked(activity, user)
        if self.keeps_what_was_checked:
            for name in ("organiser", *CHECKED):
                if name in self.fields:
                    self.fields[name].disabled, self.fields[name].required = True, False
        self.shifts = ShiftFormSet(
            data,
            prefix="shift",
            initial=[
                {
                    "id": shift.pk,
                    "day": timezone.localdate(shift.starts_at),
                    "starts": timezone.localtime(shift.starts_at).time(),
                    "ends": timezone.localtime(shift.ends_at).time(),
                    "places": shift.places,
                }
                for shift in (activity.shifts.all() if activity else ())
            ],
        )

    def quiet(self) -> None:
        super().quiet()
        for shift in self.shifts.forms:
            shift.quiet()

    def clean_categories(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["categories"]
        if len(chosen) > 4:
            raise ValidationError(_("At most four kinds of service: take away %d.") % (len(chosen) - 4))
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        least, most = cleaned.get("minimum_age"), cleaned.get("maximum_age")
        if least and most and most < least:
            self.add_error("maximum_age", _("The maximum lies below the minimum."))
        if not self.shifts.is_valid():
            raise ValidationError(_("Please look at the marked lines of the shifts."))
        self._check_area(cleaned)
        return cleaned

    def _check_area(self, cleaned: Mapping[str, Any]) -> None:
        """In the name of the area only inside one's own area."""
        code = cleaned.get("division", "")
        if cleaned.get("organiser") != "area:" or not code:
            return
        if not any(code.startswith(scope) for scope in self.user.scope_codes):
            self.add_error("division", _("This neighbourhood is outside your area."))

    def given(self) -> dict[str, Any]:
        """Arguments of `post_activity` and `change_activity`, without the key and who acts."""
        values = dict(self.cleaned_data)
        values.pop("is_declared")
        values.pop("submission_key")
        kind, _sep, number = values.pop("organiser").partition(":")
        values["studio"] = Studio.objects.get(pk=number) if kind == "studio" else None
        values["organisation"] = Organisation.objects.get(pk=number) if kind == "unit" else None
        values["division"] = Division.objects.select_related("parent").get(code=values["division"])
        values["point"] = values["division"].point
        values["shifts"] = [form.given() for form in self.shifts.forms if form.has_changed()]
        return values


def initial_for(user: User) -> Mapping[str, Any]:
    """A new key, and the neighbourhood of a worker who has one."""
    own = next((code for code in user.scope_codes if len(code) == NEIGHBOURHOOD_DIGITS), "")
    return {"submission_key": uuid.uuid4(), "division": own}


def initial_of(activity: Activity) -> Mapping[str, Any]:
    fields = [name for name in ActivityForm.base_fields if hasattr(Activity, name)]
    organiser = (
        f"studio:{activity.studio_id}"
        if activity.studio_id
        else f"unit:{activity.organisation_id}"
        if activity.organisation_id
        else "area:"
    )
    values = {field: getattr(activity, field) for field in fields if field != "division"}
    return values | {"organiser": organiser, "division": activity.division_id}


def organisers_of(user: User, activity: Activity | None = None) -> list[tuple[str, Any]]:
    """In whose name this person may post: led studios, managed units, and for staff the area itself."""
    studios = Studio.objects.filter(Q(lead=user, status=Studio.Status.VERIFIED) | Q(activities=activity or 0))
    units = Organisation.objects.filter(
        Q(memberships__user=user, memberships__is_manager=True, memberships__status="member")
        | Q(activities=activity or 0)
    )
    choices: list[tuple[str, Any]] = [
        *((f"studio:{studio.pk}", studio.name) for studio in studios.distinct().order_by("name")),
        *((f"unit:{unit.pk}", unit.name) for unit in units.distinct().order_by("name")),
    ]
    if user.scope_codes or (activity and not activity.studio_id and not activity.organisation_id):
        choices.append(("area:", _("The neighbourhood itself")))
    return choices
