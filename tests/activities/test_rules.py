"""Pure reckoning: minutes, periods, the code on site."""

from datetime import UTC, date, datetime, timedelta

import pytest

from activities.rules import (
    code_at,
    is_code_of,
    minutes_of,
    next_period,
    period_start,
    previous_period,
    seconds_left,
)

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def test_pairs_are_added_and_an_open_one_counts_nothing():
    assert minutes_of([(NOON, after(3600)), (after(7200), after(7200 + 1830)), (after(9999), None)]) == 90


def test_seconds_of_several_pairs_make_a_minute_together():
    assert minutes_of([(NOON, after(90)), (after(100), after(130))]) == 2


@pytest.mark.parametrize(
    ("period", "starts_on"),
    [
        ("week", date(2025, 12, 29)),
        ("month", date(2026, 1, 1)),
        ("year", date(2026, 1, 1)),
        ("all", date(1970, 1, 1)),
    ],
)
def test_a_period_starts_on_its_first_day(period, starts_on):
    assert period_start(period, date(2026, 1, 3)) == starts_on


def test_an_unknown_period_is_refused():
    with pytest.raises(ValueError, match="decade"):
        period_start("decade", date(2026, 1, 3))


def test_periods_follow_each_other_without_a_gap():
    for period in ("week", "month", "year"):
        first = period_start(period, date(2024, 2, 29))
        for _ in range(40):
            following = next_period(period, first)
            assert previous_period(period, following) == first
            assert following > first
            first = following
    assert (
        next_period("all", date(1970, 1, 1)) == previous_period("all", date(1970, 1, 1)) == date(1970, 1, 1)
    )


def test_the_code_is_six_digits_and_changes_every_thirty_seconds():
    codes = [code_at("secret", after(30 * step)) for step in range(50)]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) > 45
    assert code_at("secret", NOON) == code_at("secret", after(29.9))
    assert code_at("another", NOON) != code_at("secret", NOON)


def test_the_code_of_this_step_and_the_one_before_is_taken_and_no_other():
    shown = code_at("secret", NOON)
    assert is_code_of("secret", shown, NOON)
    assert is_code_of("secret", f" {shown[:3]} {shown[3:]} ", after(59))
    assert not is_code_of("secret", shown, after(60))
    assert not is_code_of("secret", shown, after(-1))
    assert not is_code_of("secret", "", NOON)
    assert not is_code_of("", code_at("", NOON), NOON)


def test_seconds_left_count_down_to_the_next_code():
    assert seconds_left(NOON) == 30
    assert seconds_left(after(29)) == 1
