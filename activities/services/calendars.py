"""The link by which a phone subscribes to somebody's shifts: made, made anew, taken back."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from activities.models import CalendarFeed

TOKEN_BYTES = 24


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_feed(*, user: User, alarm_minutes: int) -> str:
    """The token of a new link; one that was there before is no longer good. It is told once and kept as a digest."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    CalendarFeed.objects.update_or_create(
        user=user,
        defaults={
            "token_digest": digest_of(token),
            "alarm_minutes": alarm_minutes,
            "read_at": None,
            "made_at": timezone.now(),
        },
    )
    return token


@transaction.atomic
def revoke_feed(*, user: User) -> None:
    """The link is no longer good. Again changes nothing."""
    CalendarFeed.objects.filter(user=user).delete()


def feed_of(token: str) -> CalendarFeed | None:
    """The feed that this link opens, if the person may still sign in; that it was read is kept."""
    feed = CalendarFeed.objects.filter(token_digest=digest_of(token), user__is_active=True).first()
    if feed is not None:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=timezone.now())
    return feed
