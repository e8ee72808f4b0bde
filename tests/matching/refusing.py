"""`with refused("taken"): …`: the act is refused by this rule, in words, with what would help."""

import contextlib

import pytest

from core.errors import DomainError


@contextlib.contextmanager
def refused(code):
    with pytest.raises(DomainError) as caught:
        yield
    assert caught.value.code == code
    assert caught.value.reason
    assert caught.value.help
