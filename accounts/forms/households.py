"""The steps of a household's registration, typed by a worker with the household's consent."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms.places import PlaceFields
from accounts.forms.rows import FormWithRows, Row
from accounts.forms.volunteers import day_input
from accounts.models import Household, HouseholdMember, User
from accounts.services import MemberGiven
from core.codes import PeopleServed
from core.models import Purpose
from core.phones import to_e164
from core.widgets import Chips, RadioChips

SERVED = [(code, word) for code, word in PeopleServed.choices if code not in {"09", "11"}]


class TheCase(PlaceFields):
    alias = forms.CharField(
        label=_("Short name of the case"),
        max_length=40,
        help_text=_("Seen in lists by staff: not a full name. For example “Grandma C., third floor”."),
    )
    people_served = forms.MultipleChoiceField(
        label=_("Who lives there"), choices=SERVED, widget=Chips, required=False
    )
    field_order = ["alias", "subdistrict", "place", "people_served"]


class MemberRow(Row):
    relation = forms.ChoiceField(
        label=_("Relation"), choices=[("", _("Choose")), *HouseholdMember.Relation.choices]
    )
    birth_year = forms.IntegerField(
        label=_("Year of birth"),
        min_value=1900,
        max_value=2100,
        required=False,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )

    def clean_birth_year(self) -> int | None:
        year: int | None = self.cleaned_data["birth_year"]
        if year is not None and year > timezone.localdate().year:
            raise ValidationError(_("This year is still to come."))
        return year


class Members(FormWithRows):
    row_form = MemberRow
    rows_prefix = "members"
    rows_label = _("Members of the household, without names")
    more_label = _("Add another person")


class Contact(forms.Form):
    """Phone and address are sealed as soon as they are kept."""

    contact_name = forms.CharField(label=_("Contact's name"), max_length=60)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("Mobile or landline with the area code, in any spelling."),
    )
    address = forms.CharField(
        label=_("Address to the door"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Only the person who has accepted a need sees it, and every reading is written down."),
    )
    account = forms.CharField(
        label=_("The contact's account"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "E-mail or mobile phone with which the contact signs in, to see the needs and to review them."
        ),
    )

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        return to_e164(typed) if typed else ""

    def clean_account(self) -> User | None:
        typed = self.cleaned_data["account"].strip()
        return account_of(typed) if typed else None


def account_of(typed: str) -> User:
    """Whose sign-in this is, shown to be theirs. Raises ValidationError."""
    active = User.objects.filter(is_active=True)
    owning = active.owning_email(typed.lower()) if "@" in typed else active.owning_phone(to_e164(typed))
    found: User | None = owning.first()
    if found is None:
        raise ValidationError(
            _("Nobody has confirmed this as their own yet. Leave it empty and add it later.")
        )
    return found


class Care(forms.Form):
    health = forms.CharField(
        label=_("What helpers must know about health"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=_("As little as possible. It is sealed like the address."),
    )
    needs_two_people = forms.BooleanField(label=_("Visits only by two people"), required=False)
    is_sensitive = forms.BooleanField(
        label=_("A worker confirms before somebody is sent"),
        help_text=_("For children living alone, dementia, violence or anything like it."),
        required=False,
    )
    consent_by = forms.ChoiceField(
        label=_("Who agreed that these data are kept"), choices=Household.ConsentBy.choices, widget=RadioChips
    )
    consent_on = forms.DateField(label=_("On which day"), widget=day_input())


class ChangedContact(Contact):
    """For changing: what is sealed is not opened for the form, and stays when it is left empty."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("phone", "address"):
            _leave_to_keep(self.fields[name], _("Sealed. Leave it empty to keep what is there."))


class ChangedCare(Care):
    forgets_health = forms.BooleanField(label=_("Delete the words about health"), required=False)
    field_order = ["health", "forgets_health"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _leave_to_keep(self.fields["health"], _("Sealed. Leave it empty to keep what is there."))


def _leave_to_keep(field: forms.Field, word: str | Promise) -> None:
    field.required, field.help_text = False, word  # type: ignore[assignment]


class Opening(forms.Form):
    """Why the sealed part is opened; the reader must say."""

    purpose = forms.ChoiceField(
        label=_("What for"),
        choices=[
            (purpose.value, purpose.label)
            for purpose in (Purpose.POST_NEED, Purpose.SERVE, Purpose.SUPERVISE, Purpose.REGISTER)
        ],
        widget=RadioChips,
    )


def about_household(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What the steps gave, in the words of `register_household`."""
    same = (
        "alias",
        "people_served",
        "contact_name",
        "phone",
        "address",
        "health",
        "needs_two_people",
        "is_sensitive",
        "consent_by",
        "consent_on",
    )
    return {
        **{name: cleaned[name] for name in same},
        "division": cleaned["place"],
        "contact": cleaned["account"],
        "members": [MemberGiven(**row) for row in cleaned["members"]],
    }


def changes_of(cleaned: dict[str, Any]) -> dict[str, Any]:
    """The same for `change_household`: sealed fields only where something was typed."""
    changes = about_household(cleaned)
    for name in ("phone", "address", "health"):
        if not changes[name]:
            del changes[name]
    if cleaned["forgets_health"]:
        changes["health"] = ""
    return changes


def initial_of(household: Household) -> dict[str, Any]:
    same = ("alias", "people_served", "contact_name", "needs_two_people", "is_sensitive")
    contact = household.contact
    return {
        **{name: getattr(household, name) for name in same},
        "consent_by": household.consent_by,
        "consent_on": household.consent_on,
        "subdistrict": household.division_id[:9],
        "place": household.division_id,
        "account": sign_in_of(contact) if contact else "",
    }


def sign_in_of(contact: User) -> str:
    """What `account_of` finds this person by."""
    by_phone = contact.phone if contact.phone and contact.is_phone_verified else None
    return by_phone or contact.email or contact.phone or ""


def member_rows(household: Household) -> list[dict[str, Any]]:
    return [{"relation": row.relation, "birth_year": row.birth_year} for row in household.members.all()]
