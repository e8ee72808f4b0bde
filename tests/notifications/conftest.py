import pytest
from allauth.account.models import EmailAddress
from channels.layers import channel_layers


@pytest.fixture
def make_user(make_user):
    """Users who have proven their e-mail address, so that they can be mailed."""

    def make(*args, **fields):
        user = make_user(*args, **fields)
        if user.email:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    return make


@pytest.fixture(autouse=True)
def fresh_layer():
    """Each test has its own connections to Redis: the loop of the last one is gone."""
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()
