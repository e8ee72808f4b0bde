"""What a person fills in about messages: channels for each group, rhythm, quiet hours, holiday, language."""

from datetime import time
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Volunteer
from core.widgets import Chips, RadioChips
from notifications.catalogue import ABOUT, Channel, Group
from notifications.models import Preferences

LANGUAGES = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
CLOCKS = [(time(hour).strftime("%H:%M"), f"{hour:02}:00") for hour in range(24)]
LEADS = [
    (30, _("Half an hour before")),
    (60, _("An hour before")),
    (120, _("Two hours before")),
    (240, _("Four hours before")),
    (1440, _("A day before")),
]
ASKS = [
    ("", _("As usual")),
    (0, _("Not at all")),
    (1, _("Once a week at most")),
    (2, _("Twice a week at most")),
    (7, _("Every day if need be")),
]


def channels_offered() -> list[tuple[Channel, Any]]:
    """The channels of this site that a person can switch; the inbox is always there."""
    offered: list[tuple[Channel, Any]] = [
        (Channel.EMAIL, _("E-mail")),
        (Channel.PUSH, _("This or another device")),
    ]
    if not settings.SMS_BACKEND.endswith(".NoSms"):
        offered.append((Channel.SMS, _("Text message")))
    if settings.WECHAT_APP_ID:
        offered.append((Channel.WECHAT, _("WeChat")))
    return offered


class MessageSettings(forms.Form):
    """`groups` are those that concern the person; `asks` are only for volunteers."""

    rhythm = forms.ChoiceField(
        label=_("E-mails that can wait"),
        choices=Preferences.Rhythm,
        widget=RadioChips,
        help_text=_("Urgent ones always come at once."),
    )
    digest_hour = forms.TypedChoiceField(label=_("Collected mail at"), choices=HOURS, coerce=int)
    digest_weekday = forms.TypedChoiceField(
        label=_("Day of the weekly mail"), choices=list(WEEKDAYS.items()), coerce=int
    )
    has_quiet = forms.BooleanField(label=_("Let my telephone be quiet at night"), required=False)
    quiet_from = forms.ChoiceField(label=_("Quiet from"), choices=CLOCKS)
    quiet_until = forms.ChoiceField(label=_("Quiet until"), choices=CLOCKS)
    is_mail_quiet = forms.BooleanField(label=_("Hold back e-mails at these hours, too"), required=False)
    away_from = forms.DateField(
        label=_("Away from"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    away_until = forms.DateField(
        label=_("Away until"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    lead_minutes = forms.TypedChoiceField(label=_("Remind me"), choices=LEADS, coerce=int)
    weekly_asks = forms.TypedChoiceField(
        label=_("How often we may ask you"), choices=ASKS, coerce=int, empty_value=None, required=False
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, widget=RadioChips)

    def __init__(self, *args: Any, groups: list[Group], volunteer: Volunteer | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.groups = groups
        if volunteer is None:
            del self.fields["weekly_asks"]
        for group in groups:
            self.fields[f"group_{group}"] = forms.MultipleChoiceField(
                label=group.label,
                help_text=str(ABOUT[group]),
                choices=channels_offered(),
                widget=Chips,
                required=False,
            )

    def group_fields(self) -> list[forms.BoundField]:
        return [self[f"group_{group}"] for group in self.groups]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("away_from")) != bool(cleaned.get("away_until")):
            missing = "away_until" if cleaned.get("away_from") else "away_from"
            self.add_error(missing, _("A holiday needs a first and a last day."))
        return cleaned

    def switches(self) -> dict[tuple[Group, Channel], bool]:
        return {
            (group, channel): channel in self.cleaned_data[f"group_{group}"]
            for group in self.groups
            for channel, _label in channels_offered()
        }

    def preferences(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        is_quiet = cleaned["has_quiet"]
        return {
            "rhythm": cleaned["rhythm"],
            "digest_hour": cleaned["digest_hour"],
            "digest_weekday": cleaned["digest_weekday"],
            "quiet_from": time.fromisoformat(cleaned["quiet_from"]) if is_quiet else None,
            "quiet_until": time.fromisoformat(cleaned["quiet_until"]) if is_quiet else None,
            "is_mail_quiet": cleaned["is_mail_quiet"],
            "lead_minutes": cleaned["lead_minutes"],
        }


def initial_of(user: User, preferences: Preferences, volunteer: Volunteer | None) -> dict[str, Any]:
    quiet_from, quiet_until = preferences.quiet_from, preferences.quiet_until
    return {
        "rhythm": preferences.rhythm,
        "digest_hour": preferences.digest_hour,
        "digest_weekday": preferences.digest_weekday,
        "has_quiet": quiet_from is not None,
        "quiet_from": (quiet_from or time(22)).strftime("%H:%M"),
        "quiet_until": (quiet_until or time(7)).strftime("%H:%M"),
        "is_mail_quiet": preferences.is_mail_quiet,
        "away_from": user.away_from,
        "away_until": user.away_until,
        "lead_minutes": preferences.lead_minutes,
        "weekly_asks": "" if volunteer is None or volunteer.weekly_asks is None else volunteer.weekly_asks,
        "language": user.language,
    }
