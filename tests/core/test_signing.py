"""Statements signed by the site hold, and nothing else does."""

import base64
import json
import os

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core import signatures, signing
from core.signatures import NotGenuine


def refused(statement, kind="certificate"):
    with pytest.raises(NotGenuine) as refusal:
        signing.verify(statement, kind=kind)
    return refusal.value.why


def new_key():
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def test_what_was_signed_comes_back():
    payload = {"serial": "AB12", "name": "张喆", "minutes": 90}
    assert signing.verify(signing.sign(payload, kind="certificate"), kind="certificate") == payload


def test_a_statement_of_one_kind_does_not_pass_for_another():
    assert refused(signing.sign({"serial": "1"}, kind="ranking")) == "another_kind"


def test_a_changed_payload_is_noticed():
    header, payload, seal = signing.sign({"minutes": 90}, kind="certificate").split(".")
    more = signatures.to_base64(signatures.from_base64(payload).replace(b"90", b"99"))
    assert refused(f"{header}.{more}.{seal}") == "altered"


@pytest.mark.parametrize(
    "text", ["", "a", "a.b.c", "....", "W10.W10.W10", "e30.e30.e30", "é.é.é", "bnVsbA.e30.e30"]
)
def test_what_is_no_statement_is_unreadable(text):
    assert refused(text) == "unreadable"


def test_without_the_algorithm_nothing_holds():
    """The classic hole: a header that says "none"."""
    header = {"alg": "none", "kid": next(iter(signing.keys()))}
    _, payload, _ = signing.sign({"minutes": 1}, kind="certificate").split(".")
    assert refused(f"{signatures.to_base64(signatures.canonical(header))}.{payload}.") == "unknown_key"


def test_what_an_old_key_signed_stays_genuine(settings):
    old = signing.sign({"serial": "old"}, kind="certificate")
    public = signing.published_keys()["keys"][0]["x"]
    settings.SIGNING_KEY = new_key()
    assert refused(old) == "unknown_key"
    settings.VERIFYING_KEYS = [public]
    assert signing.verify(old, kind="certificate") == {"serial": "old"}
    assert len(signing.published_keys()["keys"]) == 2


def test_the_published_keys_are_enough_to_verify(client):
    statement = signing.sign({"serial": "1"}, kind="certificate")
    published = json.loads(client.get("/verify/keys.json").content)
    keys = signatures.read_key_set(published)
    assert signatures.verify(statement, kind="certificate", keys=keys) == {"serial": "1"}
    assert "d" not in published["keys"][0]  # the private part of such a key


def test_the_known_example_of_the_standard_verifies():
    """RFC 8037, appendix A: our key ids begin its thumbprint, and its key is read."""
    keys = signatures.read_key_set(
        {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}
    )
    assert list(keys) == ["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"[: signatures.KEY_ID_LENGTH]]


def test_fractions_are_refused():
    with pytest.raises(TypeError):
        signing.sign({"hours": [1.5]}, kind="certificate")


@hypothesis_settings(max_examples=60, deadline=None)
@given(place=st.integers(min_value=0), mark=st.sampled_from("AZaz09-_."))
def test_one_changed_character_breaks_the_statement(place, mark):
    statement = signing.sign({"serial": "K7", "minutes": 480, "name": "李样"}, kind="certificate")
    place %= len(statement)
    if statement[place] != mark:
        assert refused(statement[:place] + mark + statement[place + 1 :])
