"""A rule is tried in the laboratory before it is switched on, and then holds from a day on."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import RuleSet
from accounts.services import change_rules
from matching.forms_laboratory import flat
from matching.models import Run
from matching.services.runs import carry_on
from matching.services.trying_rules import rules_now, take_tried_rules
from tests.matching.refusing import refused

pytestmark = pytest.mark.django_db
LABORATORY = reverse("matching:laboratory")
TOMORROW = timezone.localdate() + timedelta(days=1)


def form_of(division, **changes):
    values = flat(rules_now(division)) | {"volunteers": 100, "needs_a_day": 2, "days": 14, "seeds": 1}
    values |= {"submission_key": uuid.uuid4()} | changes
    return {f"rule-{name}": value for name, value in values.items()}


@pytest.fixture
def tried(signed_in, centre_user, district):
    """A run to its end in which two questions a week are compared with three."""
    form = form_of(district, weekly_asks=2, target_urgent=80)
    assert signed_in(centre_user).post(reverse("matching:laboratory_rule"), form).status_code == 302
    run = Run.objects.get(kind="laboratory")
    for _step in range(2):
        carry_on(run.pk)
    run.refresh_from_db()
    return run


def test_both_rules_live_through_the_same_district(tried, signed_in, centre_user):
    assert [(life["rule"], life["policy"]) for life in tried.result["lives"]] == [
        ("now", "waves"),
        ("changed", "waves"),
    ]
    assert tried.status == "done"
    context = signed_in(centre_user).get(LABORATORY).context
    assert [row["rule"] for row in context["rows"]] == ["now", "changed"]
    assert [(before, after) for _label, before, after in context["tried"]] == [(3, 2), (95, 80)]
    assert context["may_take"]


def test_the_changed_rule_holds_from_its_day_on_and_the_old_one_until_then(
    tried, signed_in, centre_user, district
):
    take = reverse("matching:laboratory_take", args=[tried.pk])
    for _twice in range(2):
        signed_in(centre_user).post(take, {"effective_on": TOMORROW.isoformat(), "note": "问得太多"})
    today, later = (RuleSet.objects.in_force(day, district.code) for day in (timezone.localdate(), TOMORROW))
    assert (today.weekly_asks, later.weekly_asks) == (3, 2)
    assert later.fill_targets["urgent"] == 0.8
    assert (later.division, later.decided_by, later.note) == (district, centre_user, "问得太多")
    assert later.rounding_minutes == today.rounding_minutes
    assert RuleSet.objects.filter(division=district).count() == 1


def test_a_rule_that_holds_already_is_not_tried_against_itself(signed_in, centre_user, district):
    answer = signed_in(centre_user).post(reverse("matching:laboratory_rule"), form_of(district))
    assert answer.status_code == 422
    assert not Run.objects.exists()


def test_neither_today_nor_without_a_reason_nor_by_somebody_else(tried, centre_user, worker, signed_in):
    with refused("in_the_past"):
        take_tried_rules(run=tried, effective_on=timezone.localdate(), note="x", by=centre_user)
    with refused("reason_missing"):
        take_tried_rules(run=tried, effective_on=TOMORROW, note=" ", by=centre_user)
    with refused("not_yours"):
        take_tried_rules(run=tried, effective_on=TOMORROW, note="x", by=worker)
    take = reverse("matching:laboratory_take", args=[tried.pk])
    assert signed_in(worker).post(take, {}).status_code == 404
    assert signed_in(centre_user).post(take, {"effective_on": "soon"}).status_code == 422


def test_what_was_compared_with_another_rule_is_tried_again_first(tried, centre_user, district):
    RuleSet.objects.update(most_in_a_ring=5)
    with refused("rules_moved"):
        take_tried_rules(run=tried, effective_on=TOMORROW, note="x", by=centre_user)
    Run.objects.update(status="running")
    tried.refresh_from_db()
    with refused("not_tried"):
        take_tried_rules(run=tried, effective_on=TOMORROW, note="x", by=centre_user)


def test_a_change_is_never_slipped_under_one_that_is_decided_already(tried, centre_user, district):
    later = TOMORROW + timedelta(days=5)
    change_rules(division=district, changes={"rings": 2}, effective_on=later, note="x", by=centre_user)
    with refused("later_rules"):
        take_tried_rules(run=tried, effective_on=TOMORROW, note="x", by=centre_user)
    rules = take_tried_rules(run=tried, effective_on=later, note="y", by=centre_user)
    assert (rules.rings, rules.weekly_asks) == (2, 2)


def test_only_the_centre_changes_rules(worker, district):
    with refused("outside_your_area"):
        change_rules(division=district, changes={}, effective_on=TOMORROW, note="x", by=worker)
