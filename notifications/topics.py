"""What a page can watch: the names of topics, and who may watch which.

    me:<user id>        my messages, offers, hours: oneself
    desk:<division>     the desk of a division: staff whose scope reaches it
    request:<id>        one need: those to whom it is visible
    activity:<id>       one activity, its places and roster: those to whom it is visible
    talk:<id>           one conversation: those who take part
    ranking:<division>  hours in a division: everybody
    near:<division>     open needs in a district or subdistrict: everybody
    board               the public board: everybody

A pulse on a topic carries no content: pages look again, and their views decide what is shown.
"""

import re
from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from activities.models import Activity
from matching.models import ServiceRequest
from notifications.models import Thread

BOARD = "board"
LEVELS = (6, 9, 12)  # digits of a district, subdistrict and neighbourhood
MOST = 40  # topics of one page; more are not watched
NUMBERED = re.compile(r"(me|request|activity|talk):([1-9][0-9]{0,17})")
DIVIDED = re.compile(r"(desk|ranking|near):([0-9]{6}(?:[0-9]{3}){0,2})")


def me(user_id: int) -> str:
    return f"me:{user_id}"


def mine(user_id: int | None) -> list[str]:
    """The own topic of somebody who may have no account."""
    return [me(user_id)] if user_id else []


def request(request_id: int) -> str:
    return f"request:{request_id}"


def activity(activity_id: int) -> str:
    return f"activity:{activity_id}"


def talk(thread_id: int) -> str:
    return f"talk:{thread_id}"


def divided(kind: str, code: str, *, narrowest: int = 12) -> list[str]:
    """`kind` of the division and of those it lies in, down to codes of `narrowest` digits."""
    return [f"{kind}:{code[:length]}" for length in LEVELS if length <= min(len(code), narrowest)]


def desk(code: str) -> list[str]:
    return divided("desk", code)


def ranking(code: str) -> list[str]:
    return divided("ranking", code)


def near(code: str) -> list[str]:
    """Never of a neighbourhood: the public learns the subdistrict of a need, no more."""
    return divided("near", code, narrowest=9)


def district_of_ranking(topic: str) -> str:
    """The district whose ranking this topic is; empty for any other topic."""
    kind, _, code = topic.partition(":")
    return code if kind == "ranking" and len(code) == LEVELS[0] else ""


def is_public(topic: str) -> bool:
    """Everybody may watch it, whatever the database says."""
    return topic == BOARD or topic.startswith(("ranking:", "near:"))


def permitted(user: User | AnonymousUser, topics: Iterable[object]) -> set[str]:
    """Those of the wanted topics that `user` may watch; two queries at most. What is not a topic is left out."""
    wanted = [topic for topic in topics if isinstance(topic, str)][:MOST]
    allowed: set[str] = {topic for topic in wanted if topic == BOARD}
    numbers: dict[str, set[int]] = {"me": set(), "request": set(), "activity": set(), "talk": set()}
    for topic in wanted:
        if found := NUMBERED.fullmatch(topic):
            numbers[found[1]].add(int(found[2]))
        elif (found := DIVIDED.fullmatch(topic)) and _may_watch_division(user, found[1], found[2]):
            allowed.add(topic)
    if user.is_authenticated and user.pk in numbers["me"]:
        allowed.add(me(user.pk))
    if numbers["request"]:
        seen = ServiceRequest.objects.visible_to(user).filter(pk__in=numbers["request"])
        allowed |= {request(pk) for pk in seen.values_list("pk", flat=True)}
    if numbers["activity"]:
        visible = Activity.objects.visible_to(user).filter(pk__in=numbers["activity"])
        allowed |= {activity(pk) for pk in visible.values_list("pk", flat=True)}
    if numbers["talk"]:
        talks = Thread.objects.visible_to(user).filter(pk__in=numbers["talk"])
        allowed |= {talk(pk) for pk in talks.values_list("pk", flat=True)}
    return allowed


def _may_watch_division(user: User | AnonymousUser, kind: str, code: str) -> bool:
    if kind == "ranking":
        return True
    if kind == "near":
        return len(code) < LEVELS[-1]
    return user.is_authenticated and any(code.startswith(scope) for scope in user.scope_codes)
