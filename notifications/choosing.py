"""By which channels a person is told of a kind: what they chose, else what reaches them."""

from collections.abc import Collection, Iterable, Mapping

from accounts.models import User
from notifications.catalogue import KINDS, Channel
from notifications.models import Choice, PushSubscription, WechatBinding

Switches = Mapping[tuple[int, str, str], bool]  # (user, scope, channel) -> on


def chosen_channels(
    kind: str, users: Mapping[int, User], offered: Collection[Channel]
) -> dict[int, set[Channel]]:
    """For each of these people the channels of `offered` on which this kind goes out; the inbox always does.

    A constant number of queries. A text message goes, unless they chose otherwise, to those whom neither mail nor
    push reaches: it costs money, and many older people have nothing else.
    """
    if not set(offered) - {Channel.SOCKET}:
        return {pk: {Channel.SOCKET} for pk in users}
    switches = switches_of(users, [kind, KINDS[kind].group])
    with_push = holders(PushSubscription, users) if Channel.PUSH in offered else set()
    with_wechat = holders(WechatBinding, users) if Channel.WECHAT in offered else set()
    told = {}
    for pk, user in users.items():
        reached = {
            Channel.SOCKET: True,
            Channel.EMAIL: bool(user.email),
            Channel.PUSH: pk in with_push,
            Channel.SMS: bool(user.phone and user.is_phone_verified),
            Channel.WECHAT: pk in with_wechat,
        }
        has_other = reached[Channel.EMAIL] or reached[Channel.PUSH] or reached[Channel.WECHAT]
        told[pk] = {Channel.SOCKET} | {
            channel
            for channel in offered
            if reached[channel]
            and is_on(switches, pk, kind, channel, default=channel != Channel.SMS or not has_other)
        }
    return told


def switches_of(user_ids: Iterable[int], scopes: Collection[str]) -> Switches:
    rows = Choice.objects.filter(user__in=list(user_ids), scope__in=list(scopes))
    return {
        (user_id, scope, channel): is_on
        for user_id, scope, channel, is_on in rows.values_list("user_id", "scope", "channel", "is_on")
    }


def is_on(switches: Switches, user_id: int, kind: str, channel: Channel, *, default: bool = True) -> bool:
    """The switch of the kind, else that of its group, else the default."""
    of_group = switches.get((user_id, KINDS[kind].group, channel), default)
    return channel == Channel.SOCKET or switches.get((user_id, kind, channel), of_group)


def is_off(kind: str, user_id: int, channel: Channel) -> bool:
    """Whether this person has switched it off, asked again when a delivery is due."""
    return not is_on(switches_of([user_id], [kind, KINDS[kind].group]), user_id, kind, channel)


def holders(model: type[PushSubscription] | type[WechatBinding], users: Iterable[int]) -> set[int]:
    return set(model.objects.filter(user__in=list(users)).values_list("user_id", flat=True))
