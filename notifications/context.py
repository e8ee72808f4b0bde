"""What live.js and the bell must know of the person who looks: the last message number and how many are unread."""

from functools import cached_property

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User

STANDING = """
    SELECT (SELECT last FROM notifications_recipientsequence WHERE user_id = %s),
           (SELECT count(*) FROM notifications_notification WHERE user_id = %s AND read_at IS NULL)
"""


class Live:
    """Read by the frame of every page, in one query when a template asks."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self.rendered = (
            f"{timezone.now().timestamp():.3f}"  # text: a number would be written in the reader's way
        )

    @cached_property
    def standing(self) -> tuple[int, int]:
        """The last number given to this person, and how many messages are unread."""
        if self.user is None:
            return 0, 0
        with connection.cursor() as cursor:
            cursor.execute(STANDING, [self.user.pk, self.user.pk])
            last, unread = cursor.fetchone()
        return last or 0, unread

    @property
    def sequence(self) -> int:
        return self.standing[0]

    @property
    def unread(self) -> int:
        return self.standing[1]


def live(request: HttpRequest) -> dict[str, Live]:
    user = getattr(request, "user", None)
    return {"live": Live(user if isinstance(user, User) else None)}
