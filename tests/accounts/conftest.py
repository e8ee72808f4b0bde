"""What the tests of people share."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache

from tests.accounts.recording import RecordingSms


@pytest.fixture
def sms(settings):
    """The messages sent in this test, as (number, text)."""
    settings.SMS_BACKEND = "tests.accounts.recording.RecordingSms"
    RecordingSms.sent.clear()
    return RecordingSms.sent


@pytest.fixture
def fresh_throttles(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def make_reachable(make_user):
    """A user whose e-mail address and phone were both verified."""

    def make(**fields):
        user = make_user(is_phone_verified=True, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    return make


@pytest.fixture
def code_in():
    def find(text):
        return re.search(r"\b\d{6}\b", text).group()

    return find
