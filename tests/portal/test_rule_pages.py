"""The centre decides rules for a day to come, after looking at what they would have done last year."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.forms.rules import RulesForm, rule_fields
from accounts.models import CalendarDay, RuleSet
from activities.models import ServiceRecord
from activities.services import record_hours
from core.errors import DomainError
from portal import ruling

pytestmark = pytest.mark.django_db
DECIDE = "portal:rules_decide"


@pytest.fixture
def client(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def tomorrow():
    return timezone.localdate() + timedelta(days=1)


@pytest.fixture
def in_force(district):
    return RuleSet.objects.in_force(timezone.localdate(), district.code)


@pytest.fixture
def typed(in_force, tomorrow):
    """What the browser sends when nothing is changed."""

    def fill(**changed):
        form = RulesForm(base=in_force)
        sent = {}
        for name, field in form.fields.items():
            value = form.get_initial_for_field(field, name)
            if isinstance(value, bool):
                sent |= {name: "on"} if value else {}
            elif isinstance(value, list) and name != "licensed_skills":
                sent[name] = ",".join(map(str, value))
            else:
                sent[name] = value
        return sent | {"effective_on": tomorrow.isoformat(), "note": "年度调整"} | changed

    return fill


@pytest.fixture
def hours(volunteer, division):
    start = timezone.now() - timedelta(days=30)
    for number, minutes in enumerate((100, 50)):
        record_hours(
            volunteer=volunteer,
            division=division,
            category="0001",
            name="陪诊",
            place="医院",
            content="",
            in_charge="社工",
            starts_at=start,
            ends_at=start + timedelta(minutes=minutes),
            minutes=minutes,
            source_kind=ServiceRecord.Source.ASSIGNMENT,
            source_id=900 + number,
            by=None,
        )


def test_every_rule_of_the_model_is_on_the_form_and_under_one_heading(in_force):
    form = RulesForm(base=in_force)
    shown = [bound.name for _title, fields in form.topics() for bound in fields]
    assert len(shown) == len(set(shown))
    for field in rule_fields():
        assert any(name == field.name or name.startswith(f"{field.name}__") for name in shown)


def test_what_is_typed_unchanged_says_the_same_rules(in_force, typed):
    form = RulesForm(typed(), base=in_force)
    assert form.is_valid(), form.errors
    assert {name: getattr(in_force, name) for name in form.values()} == form.values()


def test_the_centre_looks_and_then_decides(client, centre_user, typed, tomorrow, district, hours):
    client.force_login(centre_user)
    sent = typed(daily_cap_minutes="120", rounding_minutes="60", division=district.code)
    page = client.post(reverse(DECIDE), sent | {"look": "1"}).content.decode()
    assert "What it would have done" in page
    assert RuleSet.objects.filter(division=district).count() == 0
    for _click in range(2):
        client.post(reverse(DECIDE), sent | {"decide": "1"})
    decided = RuleSet.objects.get(division=district)
    assert (decided.effective_on, decided.daily_cap_minutes, decided.decided_by) == (
        tomorrow,
        120,
        centre_user,
    )
    page = client.get(reverse("portal:rules")).content.decode()
    assert "To come" in page
    assert "年度调整" in page


def test_the_preview_counts_last_years_records_under_both_rules(hours, in_force, district):
    changed = RuleSet.objects.in_force(timezone.localdate(), district.code)
    changed.daily_cap_minutes, changed.star_hours = 120, [1, 2, 3, 4, 5]
    found = [(effect.before, effect.after) for effect in ruling.effects(in_force, changed, district.code)]
    assert found.count(("0", "1")) == 3  # the first two stars, and one day over the cap
    assert [effect.is_changed for effect in ruling.effects(in_force, in_force, district.code)].count(
        True
    ) == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"star_hours": "100,50,600,1000,1500"}, "star_hours"),
        ({"star_hours": "100"}, "star_hours"),
        ({"rounding_minutes": "x"}, "rounding_minutes"),
        ({"afternoon_ends": "06:00"}, "afternoon_ends"),
        ({"overbooking_risk_percent": "101"}, "overbooking_risk_percent"),
        ({"answer_minutes__urgent": "0"}, "answer_minutes__urgent"),
        ({"note": ""}, "note"),
    ],
)
def test_nonsense_is_told_beside_the_field(in_force, typed, changed, field):
    assert field in RulesForm(typed(**changed), base=in_force).errors


def test_what_has_not_come_can_be_withdrawn_and_nothing_else(district, centre_user, worker, tomorrow):
    rules = services.change_rules(
        division=district,
        effective_on=tomorrow,
        changes={"rounding_minutes": 15},
        note="因为",
        by=centre_user,
    )
    with pytest.raises(DomainError):
        services.withdraw_rules(rules=rules, by=worker)
    services.withdraw_rules(rules=rules, by=centre_user)
    assert not RuleSet.objects.filter(division=district).exists()
    with pytest.raises(DomainError):
        services.withdraw_rules(rules=RuleSet.objects.get(), by=centre_user)


def test_the_history_says_what_each_change_changed(district, subdistrict, centre_user, tomorrow):
    for place, minutes in ((district, 15), (subdistrict, 10)):
        services.change_rules(
            division=place,
            effective_on=tomorrow,
            changes={"rounding_minutes": minutes},
            note="因为",
            by=centre_user,
        )
    after = {
        row.rules.division_id: row for row in ruling.history(centre_user.centre_codes, timezone.localdate())
    }
    assert after[district.code].changes[0].after == "15"
    assert all(row.is_to_come for code, row in after.items() if code)
    assert after[None].is_in_force


def test_only_the_centre_sees_the_rules(client, worker, volunteer):
    for user in (worker, volunteer.user):
        client.force_login(user)
        for name in ("portal:rules", DECIDE, "portal:working_days"):
            assert client.get(reverse(name)).status_code == 404


def test_a_day_is_entered_changed_and_removed(client, centre_user):
    client.force_login(centre_user)
    address = reverse("portal:working_days")
    client.post(address, {"day": "2093-10-01", "name": "国庆节"})
    client.post(address, {"day": "2093-10-01", "name": "补班", "is_working": "on"})
    row = CalendarDay.objects.get()
    assert (row.name, row.is_working, row.entered_by) == ("补班", True, centre_user)
    assert "补班" in client.get(address).content.decode()
    client.post(reverse("portal:working_day_remove", args=["2093-10-01"]))
    assert not CalendarDay.objects.exists()
    assert client.post(reverse("portal:working_day_remove", args=["nonsense"])).status_code == 404


def test_the_list_of_rules_asks_a_constant_number_of_queries(
    client, centre_user, district, django_assert_max_num_queries
):
    for days in range(1, 6):
        services.change_rules(
            division=district,
            effective_on=timezone.localdate() + timedelta(days=days),
            changes={"rounding_minutes": days},
            note="因为",
            by=centre_user,
        )
    client.force_login(centre_user)
    client.get(reverse("portal:rules"))
    with django_assert_max_num_queries(25):
        client.get(reverse("portal:rules"))
