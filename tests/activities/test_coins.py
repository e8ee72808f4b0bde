"""Time coins: off by default, double entry, caps under a lock, and no balance below zero whatever happens."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import RuleSet
from activities import bands, chain, services, tallies
from activities.models import CoinAccount, CoinEntry
from activities.services.coins import coin_differences
from core.errors import DomainError

pytestmark = pytest.mark.django_db
OLD = [1940]


@pytest.fixture
def coins_on(db):
    RuleSet.objects.update(uses_coins=True)


def balance(volunteer):
    return CoinAccount.objects.filter(volunteer=volunteer).values_list("balance", flat=True).first() or 0


def use(volunteer, kind, coins=1, **values):
    return services.use_coins(
        volunteer=volunteer, kind=kind, coins=coins, words="", by=values.pop("by", volunteer.user), **values
    )


def refused(*args, **values):
    with pytest.raises(DomainError) as refusal:
        use(*args, **values)
    return refusal.value.code


def test_nothing_is_earned_until_a_rule_says_so(give_hours, volunteer):
    give_hours(volunteer, 60, receivers_born=OLD)
    assert not CoinEntry.objects.exists()
    assert refused(volunteer, "spend") == "coins_are_off"


@pytest.mark.usefixtures("coins_on")
@pytest.mark.parametrize(
    ("values", "earned"),
    [
        ({"receivers_born": OLD}, 60),
        ({"receivers_born": [2010]}, 0),
        ({}, 0),
        ({"receivers_born": OLD, "is_professional": True}, 0),
    ],
)
def test_who_helps_somebody_old_without_a_trade_earns(give_hours, volunteer, values, earned):
    give_hours(volunteer, 60, **values)
    assert balance(volunteer) == earned


@pytest.mark.usefixtures("coins_on")
def test_the_caps_of_a_day_and_of_a_person_are_kept(give_hours, volunteer):
    RuleSet.objects.update(coins_a_person=3)
    for _number in range(3):
        give_hours(volunteer, 90, receivers_born=OLD)
    assert balance(volunteer) == 120
    give_hours(volunteer, 90, receivers_born=OLD, days_ago=3)
    assert balance(volunteer) == 180


@pytest.mark.usefixtures("coins_on")
def test_coins_are_given_donated_and_spent_and_a_double_click_is_one_entry(
    give_hours, volunteer, other_volunteer, district
):
    for days in range(3):
        give_hours(volunteer, 120, receivers_born=OLD, days_ago=days)
    first = use(volunteer, "give", to=other_volunteer)
    assert use(volunteer, "give", to=other_volunteer, submission_key=first.submission_key) == first
    use(volunteer, "donate", 2)
    use(volunteer, "spend")
    assert (balance(volunteer), balance(other_volunteer)) == (120, 60)
    assert CoinAccount.objects.get(division=district).balance == 120
    assert coin_differences() == []


@pytest.mark.usefixtures("coins_on")
def test_nobody_uses_what_is_not_theirs_or_not_there(give_hours, volunteer, other_volunteer, worker):
    give_hours(volunteer, 60, receivers_born=OLD)
    assert refused(volunteer, "spend", 2) == "not_enough"
    assert refused(volunteer, "spend", by=worker) == "not_own_coins"
    assert refused(volunteer, "give") == "nobody_to_give_to"
    assert refused(volunteer, "give", to=volunteer) == "nobody_to_give_to"
    RuleSet.objects.update(coins_a_person=0)
    assert refused(volunteer, "give", to=other_volunteer) == "receiver_is_full"


@pytest.mark.usefixtures("coins_on")
def test_a_reversed_record_gives_back_what_is_left(give_hours, volunteer, worker):
    record = give_hours(volunteer, 120, receivers_born=OLD)
    use(volunteer, "spend")
    services.reverse_record(record=record, reason="错", by=worker)
    assert balance(volunteer) == 0
    assert coin_differences() == []


@pytest.mark.usefixtures("coins_on")
def test_the_database_refuses_a_balance_below_zero_and_a_changed_entry(give_hours, volunteer):
    give_hours(volunteer, 60, receivers_born=OLD)
    with pytest.raises(IntegrityError), transaction.atomic():
        CoinAccount.objects.filter(volunteer=volunteer).update(balance=-1)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM activities_coinentry")


@pytest.mark.usefixtures("coins_on")
def test_the_page_shows_the_balance_and_uses_coins(client, give_hours, volunteer, other_volunteer):
    give_hours(volunteer, 90, receivers_born=OLD)
    client.force_login(volunteer.user)
    address = reverse("activities:coins")
    page = client.get(address)
    assert "and 30 minutes" in page.content.decode()
    key = page.context["form"]["submission_key"].value()
    typed = {"kind": "give", "coins": "1", "phone": other_volunteer.user.phone, "submission_key": key}
    for _click in range(2):
        client.post(address, typed)
    assert (balance(volunteer), balance(other_volunteer)) == (30, 60)
    again = client.post(address, typed | {"submission_key": "7b3f4bd2-17a5-4c3c-8a5d-6a1b1f5d3a11"})
    assert "You have 0 coins." in again.content.decode()
    RuleSet.objects.update(uses_coins=False)
    assert client.get(address).status_code == 404


acts = st.lists(
    st.one_of(
        st.tuples(
            st.just("record"), st.integers(0, 1), st.integers(0, 700), st.integers(0, 40), st.booleans()
        ),
        st.tuples(st.just("reverse"), st.integers(0, 9), st.none() | st.integers(0, 700)),
        st.tuples(
            st.just("rules"), st.integers(0, 500), st.integers(0, 2000), st.integers(0, 3), st.integers(0, 5)
        ),
        st.tuples(st.sampled_from(["give", "donate", "spend"]), st.integers(0, 1), st.integers(1, 4)),
        st.tuples(st.sampled_from(["fold", "close"])),
    ),
    max_size=14,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=acts)
@pytest.mark.usefixtures("coins_on")
def test_whatever_happens_everything_that_follows_the_ledger_agrees_with_it(
    sequence, give_hours, volunteer, other_volunteer, worker
):
    with transaction.atomic():
        people, records = [volunteer, other_volunteer], []
        for act, *given_ in sequence:
            try:
                with transaction.atomic():
                    if act == "record":
                        who, minutes, days_ago, is_old = given_
                        records.append(
                            give_hours(
                                people[who],
                                minutes,
                                starts_at=timezone.now() - timedelta(days=days_ago, hours=12),
                                receivers_born=OLD if is_old else [],
                            )
                        )
                    elif act == "reverse" and given_[0] < len(records):
                        services.reverse_record(
                            record=records[given_[0]],
                            reason="更正",
                            by=worker,
                            instead_minutes=given_[1],
                            entered=True,
                        )
                    elif act == "rules":
                        day, year, coins, most = given_
                        RuleSet.objects.update(
                            daily_cap_minutes=day,
                            yearly_cap_minutes=year,
                            coins_a_day=coins,
                            coins_a_person=most,
                        )
                    elif act in ("give", "donate", "spend"):
                        use(people[given_[0]], act, given_[1], to=people[1 - given_[0]])
                    elif act == "fold":
                        bands.fold_moves()
                    elif act == "close":
                        chain.close_batch()
            except DomainError:
                pass  # a rule refused it, and nothing of it is left
        assert tallies.differences() == []
        assert bands.differences() == []
        assert chain.differences() == []
        assert coin_differences() == []
        assert not CoinAccount.objects.filter(balance__lt=0).exists()
        transaction.set_rollback(True)
