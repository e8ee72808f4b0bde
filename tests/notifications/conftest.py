import pytest
from allauth.account.models import EmailAddress


@pytest.fixture
def make_user(make_user):
    """Users who have proven their e-mail address, so that they can be mailed."""

    def make(*args, **fields):
        user = make_user(*args, **fields)
        if user.email:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    return make
