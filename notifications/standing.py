"""What a person has chosen, as the pages of settings show it."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Division, Household, Studio, User, Volunteer
from notifications.catalogue import KINDS, Channel, Group
from notifications.catalogue.example import example_message
from notifications.choosing import holders
from notifications.models import Choice, PlaceWatch, PushSubscription


def groups_of(user: User) -> list[Group]:
    """The groups of which this person may hear; a constant number of queries."""
    may_be_asked = Volunteer.objects.filter(user=user).exists() or Studio.objects.filter(lead=user).exists()
    has_posts = bool(user.scope_codes) or user.posted_activities.exists()
    concerned = {
        Group.ASKED: may_be_asked,
        Group.GOING: may_be_asked,
        Group.MINE: has_posts,
        Group.HOUSEHOLD: Household.objects.filter(contact=user).exists(),
        Group.RECORD: may_be_asked,
        Group.ACCOUNT: True,
    }
    return [group for group in Group if concerned.get(group, True)]


def switched_on(user: User, groups: list[Group]) -> dict[Group, set[Channel]]:
    """For each group the channels on which it goes out; a kind's own switch is shown apart (`exemptions_of`)."""
    chosen = {
        (scope, channel): is_on
        for scope, channel, is_on in Choice.objects.filter(user=user, scope__in=groups).values_list(
            "scope", "channel", "is_on"
        )
    }
    sms_by_default = not user.email and not holders(PushSubscription, [user.pk])
    defaults = {Channel.EMAIL: True, Channel.PUSH: True, Channel.SMS: sms_by_default, Channel.WECHAT: True}
    return {
        group: {channel for channel, default in defaults.items() if chosen.get((group, channel), default)}
        for group in groups
    }


@dataclass(frozen=True)
class Exemption:
    """A kind that is otherwise than its group."""

    scope: str
    channel: Channel
    channel_label: str
    subject: str
    is_on: bool


def exemptions_of(user: User) -> list[Exemption]:
    rows = Choice.objects.filter(user=user).exclude(scope__in=Group.values).order_by("scope", "channel")
    return [
        Exemption(row.scope, Channel(row.channel), row.get_channel_display(), name_of(row.scope), row.is_on)
        for row in rows
        if row.scope in KINDS
    ]


def name_of(kind: str) -> str:
    """A kind in words: the subject of an example."""
    return example_message(kind).subject


@dataclass(frozen=True)
class Watched:
    """A kind of place that the person wants to hear of."""

    pk: int
    words: str
    subdistrict: str
    ends_on: date


def watches_of(volunteer: Volunteer) -> list[Watched]:
    rows = list(PlaceWatch.objects.filter(volunteer=volunteer))
    names = dict(
        Division.objects.filter(code__in={row.division_code for row in rows}).values_list("code", "name")
    )
    return [
        Watched(row.pk, row.get_category_display(), names.get(row.division_code, ""), row.ends_on)
        for row in rows
    ]
