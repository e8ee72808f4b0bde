"""The steps of a volunteer's registration, and what staff type about a volunteer."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.places import PlaceFields
from accounts.forms.rows import FormWithRows, Row
from accounts.forms.shown import word_list
from accounts.models import RuleSet, Volunteer, VolunteerSkill
from accounts.services import SkillGiven
from core.codes import ServiceCategory, Sex, Skill
from core.widgets import Chips, RadioChips, SlotsField

RADII = (
    (500, _("500 m: my own lanes")),
    (1000, _("1 km: a walk")),
    (2000, _("2 km")),
    (3000, _("3 km: by bicycle")),
    (5000, _("5 km")),
    (10_000, _("10 km: the whole district")),
)


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")


class AboutYou(PlaceFields):
    """Order 67, Art 5. The number of the ID card is not asked for: the centre looks at the card."""

    place_label = _("Home neighbourhood")
    place_hint = _("We look for needs near it. Your door is not asked for, and nobody sees where you live.")

    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, widget=RadioChips, required=False)
    born_on = forms.DateField(label=_("Date of birth"), widget=day_input())
    has_guardian_consent = forms.BooleanField(
        label=_("I am younger than 18, and my guardian agrees that I volunteer"), required=False
    )
    speaks = forms.CharField(
        label=_("Languages and dialects"),
        max_length=100,
        required=False,
        help_text=_("For example Shanghainese, English, sign language."),
    )
    field_order = ["born_on", "has_guardian_consent", "sex", "subdistrict", "place", "speaks"]


def again_field() -> forms.BooleanField:
    """What a verified volunteer agrees to before something that was verified is changed."""
    return forms.BooleanField(
        label=_("I agree that the centre verifies me again"),
        help_text=_(
            "Needed when you change your name, date of birth or guardian's consent. Until you are verified "
            "nobody asks you, and you cannot go where you have promised to help."
        ),
        required=False,
    )


class AboutVerified(AboutYou):
    """For a verified volunteer who changes the own record."""

    agrees_to_verification = again_field()
    field_order = [*AboutYou.field_order[:2], "agrees_to_verification", *AboutYou.field_order[2:]]


class SkillRow(Row):
    skill = forms.ChoiceField(label=_("Skill"), choices=[("", _("Choose a skill")), *Skill.choices])
    level = forms.TypedChoiceField(
        label=_("How well"),
        choices=VolunteerSkill.Level.choices,
        coerce=int,
        initial=VolunteerSkill.Level.GOOD,
        widget=RadioChips,
    )
    licence_name = forms.CharField(label=_("Licence, if you have one"), max_length=80, required=False)
    licence_valid_until = forms.DateField(label=_("Valid until"), widget=day_input(), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("licence_name") and not cleaned.get("licence_valid_until"):
            self.add_error("licence_valid_until", _("Until which day is the licence valid?"))
        return cleaned


class Skills(FormWithRows):
    row_form = SkillRow
    rows_prefix = "skills"
    rows_label = _("What you can do")
    more_label = _("Add another skill")
    categories = forms.MultipleChoiceField(
        label=_("Kinds of service you like, at most four"),
        choices=ServiceCategory.choices,
        widget=Chips,
        required=False,
    )

    @property
    def rows_hint(self) -> str:
        """The skills for which today's rules ask for a licence."""
        rules = RuleSet.objects.in_force(timezone.localdate())
        words = word_list(Skill(code).label for code in rules.licensed_skills)
        return gettext("With a licence only: %(skills)s. The centre looks at it before you are asked.") % {
            "skills": words
        }

    def clean_categories(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["categories"]
        if len(chosen) > 4:
            raise forms.ValidationError(_("Four at most: please take some away."))
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        skills = [row["skill"] for row in cleaned.get("rows", ())]
        if len(skills) != len(set(skills)):
            raise forms.ValidationError(_("The same skill is given twice."))
        return cleaned


class Times(forms.Form):
    slots = SlotsField()
    radius_m = forms.TypedChoiceField(label=_("How far you go"), choices=RADII, coerce=int, initial=3000)
    weekly_asks = forms.TypedChoiceField(
        label=_("How often we may ask you"),
        choices=[
            ("", _("As usual")),
            (1, _("Once a week at most")),
            (2, _("Twice a week at most")),
            (7, _("Every day if need be")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
    )
    accepts_pushes = forms.BooleanField(
        label=_("Ask me when a need suits me"),
        help_text=_("Without it nobody is proposed to you; you can still look for needs yourself."),
        required=False,
        initial=True,
    )
    publishes_name = forms.BooleanField(
        label=_("My name may stand in published rankings"),
        help_text=_("Without it your surname and “volunteer” stand there. You can change it at any time."),
        required=False,
    )
    agrees = forms.BooleanField(
        label=_("I agree that the volunteer centre keeps these data to find and record voluntary service"),
        help_text=_("You can see everything that is kept, and ask for corrections."),
    )


class WithoutConsent(Times):
    """For changing a record: the consent to keep it was given at registration."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["agrees"]


class Reason(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class CorrectionQuestion(forms.Form):
    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What is wrong in your record?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class CorrectionAnswer(forms.Form):
    """Sent by one of two buttons: `act` says which (accounts/correction_answer.html)."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=500,
        help_text=_("What was put right, or why the record stays as it is. The volunteer reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    act = forms.ChoiceField(choices=[("corrected", ""), ("kept", "")])


def skills_given(rows: Iterable[dict[str, Any]]) -> list[SkillGiven]:
    return [
        SkillGiven(row["skill"], row["level"], row["licence_name"], row["licence_valid_until"])
        for row in rows
    ]


def about_volunteer(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What the three steps gave, in the words of `register_volunteer` and `change_volunteer`."""
    same = {
        "sex",
        "born_on",
        "has_guardian_consent",
        "speaks",
        "categories",
        "slots",
        "radius_m",
        "weekly_asks",
        "accepts_pushes",
        "publishes_name",
    }
    return {
        **{name: cleaned[name] for name in same},
        "home_division": cleaned["place"],
        "skills": skills_given(cleaned["skills"]),
    }


def initial_of(volunteer: Volunteer) -> dict[str, Any]:
    names = (
        "sex",
        "born_on",
        "has_guardian_consent",
        "speaks",
        "categories",
        "slots",
        "radius_m",
        "weekly_asks",
    )
    return {
        **{name: getattr(volunteer, name) for name in names},
        "accepts_pushes": volunteer.accepts_pushes,
        "publishes_name": volunteer.publishes_name,
        "subdistrict": volunteer.home_division_id[:9],
        "place": volunteer.home_division_id,
    }


def rows_of(volunteer: Volunteer) -> list[dict[str, Any]]:
    names = ("skill", "level", "licence_name", "licence_valid_until")
    return [{name: getattr(row, name) for name in names} for row in volunteer.skills.all()]
