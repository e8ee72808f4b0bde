"""What is typed about activities: the filter of the list, posting with shifts, codes, reasons, corrections."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.places import neighbourhoods_by_subdistrict
from accounts.models import Division, Organisation, Studio, User
from activities.checks import CHECKED, ForbiddenKind, ShiftGiven
from activities.models import Activity
from activities.permissions import may_change_what_was_checked
from core.codes import PeopleServed, Safeguard, ServiceCategory
from core.widgets import Chips

MOST_SHIFTS = 24
NEIGHBOURHOOD_DIGITS = 12
FIRST_DAY = date(2000, 1, 1)  # no hours lie before it, and periods can be reckoned from it


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class Sentences(forms.CheckboxSelectMultiple):
    """Whole sentences to tick, one below the other."""

    template_name = "activities/sentences.html"


class ActivityFilter(forms.Form):
    """All fields may stay empty; what makes no sense is left out rather than refused."""

    subdistrict = forms.ChoiceField(label=_("Subdistrict"), required=False)
    category = forms.ChoiceField(
        label=_("Kind of service"), choices=[("", _("All kinds")), *ServiceCategory.choices], required=False
    )
    day = forms.DateField(label=_("Day"), required=False, widget=day_input())

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        subdistricts = Division.objects.subdistricts().values_list("code", "name")
        self.fields["subdistrict"].choices = [("", _("All subdistricts")), *subdistricts]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class Quiet(forms.Form):
    """A form that can be shown with what was typed and without complaints, while somebody is still at it."""

    def quiet(self) -> None:
        self._errors = ErrorDict()


class ShiftForm(Quiet):
    """One line of the table of shifts. A line without a day does not count, so emptying the day removes it."""

    day = forms.DateField(label=_("Day"), widget=day_input())
    starts = forms.TimeField(label=_("From"), widget=time_input())
    ends = forms.TimeField(label=_("To"), widget=time_input())
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=2000)
    id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def has_changed(self) -> bool:
        return bool(self["day"].data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("starts") and cleaned.get("ends") and cleaned["ends"] <= cleaned["starts"]:
            self.add_error("ends", _("The end lies before the start."))
        return cleaned

    def given(self) -> ShiftGiven:
        zone, day = timezone.get_current_timezone(), self.cleaned_data["day"]
        return ShiftGiven(
            starts_at=datetime.combine(day, self.cleaned_data["starts"], tzinfo=zone),
            ends_at=datetime.combine(day, self.cleaned_data["ends"], tzinfo=zone),
            places=self.cleaned_data["places"],
            id=self.cleaned_data.get("id"),
        )


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
    safeguards = forms.MultipleChoiceField(
        label=_("Safeguards"), choices=Safeguard.choices, widget=Chips, required=False
    )
    minimum_age = forms.IntegerField(label=_("Minimum age"), required=False, min_value=6, max_value=80)
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
        self.keeps_what_was_checked = activity is not None and not may_change_what_was_checked(activity, user)
        if self.keeps_what_was_checked:
            for name in ("organiser", *CHECKED):
                if name in self.fields:
                    self.fields[name].disabled = True
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


class Shifts(forms.BaseFormSet):  # type: ignore[type-arg]
    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": True, "use_required_attribute": False}


ShiftFormSet = forms.formset_factory(
    ShiftForm, formset=Shifts, extra=1, max_num=MOST_SHIFTS, absolute_max=MOST_SHIFTS
)


def with_one_more_shift(data: QueryDict) -> QueryDict:
    """The same typed form with an empty line at the end."""
    wider = data.copy()
    typed = wider.get("shift-TOTAL_FORMS", "1")
    wider["shift-TOTAL_FORMS"] = str(min(int(typed) + 1 if typed.isdigit() else 1, MOST_SHIFTS))
    return wider


def initial_for(user: User) -> Mapping[str, Any]:
    """A new key, and the neighbourhood of a worker who has one."""
    own = next((code for code in user.scope_codes if len(code) == NEIGHBOURHOOD_DIGITS), "")
    return {"submission_key": uuid.uuid4(), "division": own}


def initial_of(activity: Activity) -> Mapping[str, Any]:
    fields = ["title", "about", "categories", "people_served", "place", "risks", "safeguards", "minimum_age"]
    organiser = (
        f"studio:{activity.studio_id}"
        if activity.studio_id
        else f"unit:{activity.organisation_id}"
        if activity.organisation_id
        else "area:"
    )
    values = {field: getattr(activity, field) for field in fields}
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


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class CorrectionForm(forms.Form):
    words = forms.CharField(
        label=_("What is wrong, and what would be right?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class CorrectionAnswerForm(forms.Form):
    """Empty minutes leave the record as it is."""

    instead_minutes = forms.IntegerField(
        label=_("Minutes that count instead"),
        required=False,
        min_value=0,
        max_value=24 * 60,
        help_text=_("Leave it empty when the record stays as it is."),
    )
    answer = forms.CharField(
        label=_("Answer to the volunteer"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
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


def day_of(text: str | None, default: date) -> date:
    """A day from an address, not before FIRST_DAY; anything else is the default."""
    try:
        return max(date.fromisoformat(text or ""), FIRST_DAY)
    except ValueError:
        return default


def first_known(text: str | None, known: Iterable[str], default: str) -> str:
    return text if text in set(known) else default
