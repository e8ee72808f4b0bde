"""What the pages of conversations show, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from notifications.models import Listening, Said, Thread
from notifications.talk.people import names_in
from notifications.talk.services import words_of

SHOWN = 50


@dataclass(frozen=True)
class Line:
    said: Said
    name: str
    words: str
    is_own: bool
    is_new: bool

    @property
    def day(self) -> date:
        return timezone.localdate(self.said.said_at)


def with_things(threads: "QuerySet[Thread]") -> "QuerySet[Thread]":
    return threads.select_related(
        "assignment__request__household", "assignment__volunteer", "assignment__studio", "activity"
    )


def threads_of(user: User) -> "QuerySet[Thread]":
    """Those in which something was said, the latest first, each with how much of it is unread and who is silent."""
    listening = Listening.objects.filter(thread=OuterRef("pk"), user=user)
    seen = Coalesce(Subquery(listening.values("read_up_to")[:1]), 0)
    return (
        with_things(Thread.objects.visible_to(user))
        .annotate(
            seen=seen,
            is_muted=Subquery(listening.values("is_muted")[:1]),
            last_said_at=Max("said__said_at"),
            unread=Count("said", filter=Q(said__pk__gt=F("seen")) & ~Q(said__author=user)),
        )
        .filter(last_said_at__isnull=False)
        .order_by("-last_said_at")
    )


def lines_of(thread: Thread, user: User, *, before: int | None = None) -> tuple[list[Line], bool]:
    """The last things said, oldest of them first, and whether there are earlier ones."""
    rows = Said.objects.filter(thread=thread)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.defer("picture").annotate(has_picture=~Q(picture=b"")).order_by("-pk")[: SHOWN + 1])
    shown = found[:SHOWN][::-1]
    listening = Listening.objects.filter(thread=thread, user=user).first()
    seen = listening.read_up_to if listening else 0
    names = names_in(thread, _authors(shown))
    lines = [
        Line(
            said=row,
            name=names.get(row.author_id, ""),
            words=words_of(row),
            is_own=row.author_id == user.pk,
            is_new=row.pk > seen and row.author_id != user.pk,
        )
        for row in shown
    ]
    return lines, len(found) > SHOWN


def _authors(rows: Iterable[Said]) -> set[int]:
    return {row.author_id for row in rows}
