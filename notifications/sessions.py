"""Which sessions still stand, for many sockets at once."""

from collections.abc import Mapping

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User


def standing_sessions(sessions: Mapping[str, int | None]) -> set[str]:
    """Of these sessions (key -> the person's id) those that are stored, not over, still of this person, not of an
    earlier password, and whose account is not shut. Two queries."""
    stored = dict(
        Session.objects.filter(pk__in=sessions, expire_date__gt=timezone.now()).values_list(
            "pk", "session_data"
        )
    )
    people = User.objects.filter(is_active=True).in_bulk({pk for pk in sessions.values() if pk is not None})
    store = SessionStore()
    standing = set()
    for key, user_id in sessions.items():
        user = people.get(user_id) if user_id is not None else None
        if user is None or key not in stored:
            continue
        content = store.decode(stored[key])
        is_theirs = content.get(SESSION_KEY) == str(user.pk) and BACKEND_SESSION_KEY in content
        hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
        if is_theirs and any(constant_time_compare(content.get(HASH_SESSION_KEY, ""), one) for one in hashes):
            standing.add(key)
    return standing
