"""The demo district obeys every rule of the services, and is the same each time."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import AskLedger, Household, RuleSet, User, Volunteer
from activities import tallies
from activities.models import Activity, RankingSnapshot, ServiceRecord, Shift
from core.audit import open_sealed
from core.models import Purpose
from matching.models import Assignment, Offer, ServiceRequest

SCALE = 0.05


@pytest.fixture
def demo(db):
    call_command("demo", scale=SCALE, stdout=StringIO())


def test_the_demo_district_keeps_the_rules_of_asking_and_serving(demo):
    rules = RuleSet.objects.in_force(timezone.localdate())
    asks = defaultdict(list)
    for volunteer_id, asked_at in AskLedger.objects.order_by("asked_at").values_list(
        "volunteer_id", "asked_at"
    ):
        asks[volunteer_id].append(asked_at)
    for moments in asks.values():
        for start in moments:
            assert sum(start <= moment < start + timedelta(days=7) for moment in moments) <= rules.weekly_asks
    served = Assignment.objects.select_related("request", "volunteer").prefetch_related("volunteer__skills")
    assert served
    for assignment in served:
        request, volunteer = assignment.request, assignment.volunteer
        assert volunteer.age_on(request.starts_at.date()) >= rules.minimum_age
        assert volunteer.status == Volunteer.Status.VERIFIED
        if assignment.studio_id is None:
            known = {row.skill for row in volunteer.skills.all()}
            assert set(request.skills) <= known
    for request in ServiceRequest.objects.prefetch_related("assignments"):
        assert request.filled == len(request.assignments.all()) <= request.headcount


def test_the_demo_districts_tallies_are_those_of_its_ledger(demo):
    assert ServiceRecord.objects.count() > 50
    assert tallies.differences() == []


def test_the_demo_district_shows_every_state_a_visitor_wants_to_see(demo):
    states = Counter(ServiceRequest.objects.values_list("status", flat=True))
    assert {"asking", "staffed", "returned", "served", "closed"} <= states.keys()
    assert Offer.objects.filter(status="sent", volunteer__user__email__startswith="volunteer@").exists()
    assert Activity.objects.filter(status="recruiting").exists()
    assert RankingSnapshot.objects.exists()
    assert not Shift.objects.filter(taken__gt=0, activity__status="draft").exists()


def test_the_demo_districts_households_are_sealed_and_open_again(demo):
    household = Household.objects.first()
    opened = open_sealed(household, ["address", "phone"], by=None, purpose=Purpose.SUPERVISE)
    assert opened["phone"].startswith("+86100")
    assert opened["address"].encode() not in bytes(household.address)


def test_building_again_changes_nothing_unless_more_is_asked_for(demo):
    before = User.objects.count()
    call_command("demo", scale=SCALE, stdout=StringIO())
    assert User.objects.count() == before
    call_command("demo", scale=SCALE, again=True, stdout=StringIO())
    assert User.objects.count() > before
    assert tallies.differences() == []


def test_the_same_day_makes_the_same_district(db):
    def people_of_a_district():
        with transaction.atomic():
            call_command("demo", scale=0.02, today=date(2026, 11, 2), stdout=StringIO())
            people = list(Volunteer.objects.order_by("id").values_list("user__name", "slots", "lon", "lat"))
            homes = list(Household.objects.order_by("id").values_list("alias", "cell_column", "cell_row"))
            transaction.set_rollback(True)
        return people, homes

    assert people_of_a_district() == people_of_a_district()


def test_where_real_people_are_the_demo_is_refused_unless_it_is_asked_for(make_user):
    make_user()
    with pytest.raises(CommandError, match="--again"):
        call_command("demo", scale=SCALE, stdout=StringIO())
    assert User.objects.count() == 1


def test_on_a_site_open_to_others_the_demo_needs_a_password_that_nobody_knows(db, settings, monkeypatch):
    settings.HTTPS = True
    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        call_command("demo", scale=SCALE, stdout=StringIO())
    assert not User.objects.exists()
    monkeypatch.setattr("portal.management.commands.demo.PASSWORD", "something-else")
    call_command("demo", scale=0.02, stdout=StringIO())
    assert User.objects.get(email="centre@demo.ningju.example").check_password("something-else")
