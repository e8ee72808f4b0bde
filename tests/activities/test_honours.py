"""Awards and training; and the days within which a correction is answered."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership, RuleSet
from accounts.working_days import working_days_after
from activities import services
from activities.models import Award, CorrectionRequest, Training
from core.errors import DomainError

AWARD = {"name": "优秀志愿者", "granted_on": date(2026, 3, 5), "granted_by": "区志愿服务中心"}
TRAINING = {
    "name": "急救基础",
    "content": "心肺复苏",
    "study_minutes": 180,
    "organiser": "区红十字会",
    "held_on": date(2026, 4, 1),
    "kind": "1",
    "way": "2",
}


def test_staff_of_the_place_enter_and_the_volunteer_sees(signed_in, worker, volunteer):
    award = services.enter_award(volunteer=volunteer, by=worker, **AWARD)
    assert services.enter_award(volunteer=volunteer, by=worker, **AWARD) == award
    services.enter_training(volunteer=volunteer, by=worker, **TRAINING)
    page = signed_in(volunteer.user).get("/activities/record/").content.decode()
    for word in (
        "优秀志愿者",
        "区志愿服务中心",
        "2026-03-05",
        "急救基础",
        "心肺复苏",
        "3 hours",
        "区红十字会",
    ):
        assert word in page


def test_whoever_manages_the_unit_enters_for_its_people_only(make_user, organisation, volunteer, give_hours):
    manager = make_user()
    Membership.objects.create(user=manager, organisation=organisation, is_manager=True)
    with pytest.raises(DomainError) as refusal:
        services.enter_award(volunteer=volunteer, by=manager, **AWARD)
    assert refusal.value.code == "not_your_volunteer"
    give_hours(volunteer, 30, organisation=organisation)
    assert services.enter_award(volunteer=volunteer, by=manager, **AWARD).entered_by == manager


def test_nobody_writes_into_the_own_record(volunteer):
    with pytest.raises(DomainError) as refusal:
        services.enter_training(volunteer=volunteer, by=volunteer.user, **TRAINING)
    assert refusal.value.code == "own_record"


def test_a_day_to_come_is_refused(volunteer, worker):
    with pytest.raises(DomainError) as refusal:
        services.enter_award(
            volunteer=volunteer,
            by=worker,
            **(AWARD | {"granted_on": timezone.localdate() + timedelta(days=1)}),
        )
    assert refusal.value.code == "future"


def test_what_was_struck_is_no_longer_shown_but_kept(signed_in, volunteer, worker):
    award = services.enter_award(volunteer=volunteer, by=worker, **AWARD)
    services.strike_entry(entry=award, reason="登记错人", by=worker)
    assert "优秀志愿者" not in signed_in(volunteer.user).get("/activities/record/").content.decode()
    assert Award.objects.get().struck_because == "登记错人"
    assert services.enter_award(volunteer=volunteer, by=worker, **AWARD) != award


def test_the_page_enters_and_keeps_what_was_typed(signed_in, volunteer, worker):
    client, address = signed_in(worker), f"/activities/record/{volunteer.pk}/honours/"
    page = client.get(address)
    key = page.context["training"]["submission_key"].value()
    typed = {
        "entering": "training",
        "training-name": "急救基础",
        "training-content": "心肺复苏",
        "training-hours": "1.5",
        "training-organiser": "区红十字会",
        "training-held_on": "2999-01-01",
        "training-kind": "1",
        "training-way": "2",
        "training-submission_key": str(key),
    }
    refused = client.post(address, typed).content.decode()
    assert "This day has not come yet" in refused
    assert "心肺复苏" in refused
    for _ in range(2):
        client.post(address, typed | {"training-held_on": "2026-04-01"})
    assert Training.objects.get().study_minutes == 90
    client.post(f"/activities/record/training/{Training.objects.get().pk}/strike/", {"reason": "错"})
    assert not Training.objects.standing().exists()


def test_it_is_not_there_for_others(signed_in, volunteer, other_worker, stranger):
    for user in (other_worker, stranger, volunteer.user):
        assert signed_in(user).get(f"/activities/record/{volunteer.pk}/honours/").status_code == 404


# --- corrections of hours, answered in time


@pytest.fixture
def correction(volunteer, give_hours):
    record = give_hours(volunteer, 60)
    return services.ask_correction(record=record, words="应为两小时", by=volunteer.user)


def test_a_correction_has_a_day_until_which_it_is_answered(correction, volunteer, give_hours):
    assert correction.answer_by == working_days_after(timezone.localdate(), 10)
    RuleSet.objects.update(correction_working_days=3)
    asked = services.ask_correction(record=give_hours(volunteer, 60), words="漏记", by=volunteer.user)
    assert asked.answer_by == working_days_after(timezone.localdate(), 3)


def test_what_is_late_stands_in_a_list_of_its_own(signed_in, correction, worker):
    client = signed_in(worker)
    assert "应为两小时" not in client.get("/activities/corrections/?show=overdue").content.decode()
    CorrectionRequest.objects.update(answer_by=timezone.localdate() - timedelta(days=1))
    page = client.get("/activities/corrections/?show=overdue").content.decode()
    assert "应为两小时" in page
    assert "Overdue (1)" in page
