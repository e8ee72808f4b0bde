"""People and acts for the measurements, plainly invented."""

from datetime import timedelta

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Division, User

NEIGHBOURHOOD = "310105001001"


def make_users(count: int, *, start: int = 0) -> list[User]:
    return User.objects.bulk_create(
        [
            User(email=f"bench-{number}@example.test", name=f"测{number}", password="!")
            for number in range(start, start + count)
        ]
    )


def sign_in(users: list[User]) -> list[str]:
    """A cookie for each of them."""
    store, until = SessionStore(), timezone.now() + timedelta(days=1)
    backend = "django.contrib.auth.backends.ModelBackend"
    rows = []
    for user in users:
        content = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: backend,
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        key = get_random_string(32, VALID_KEY_CHARS)
        rows.append(Session(session_key=key, session_data=store.encode(content), expire_date=until))
    Session.objects.bulk_create(rows)
    return [f"sessionid={row.session_key}" for row in rows]


def neighbourhood() -> Division:
    return Division.objects.get(pk=NEIGHBOURHOOD)
