"""An earlier activity once more: all that was said, on other days, and nobody who had signed up."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Studio
from activities import services
from activities.models import Activity, Qualification, RefusedPosting, ShiftRole
from activities.services.copying import COPIED, copy_activity
from core.errors import DomainError
from tests.personas import at

pytestmark = pytest.mark.django_db

OF_ITS_OWN = {"id", "status", "starts_at", "ends_at", "posted_by", "posted_at", "submission_key"}


@pytest.fixture
def earlier(make_activity, make_shift):
    """One that is over, with two shifts three days apart; the second has roles."""
    paper = Qualification.objects.first()
    activity = make_activity(
        status=Activity.Status.FINISHED,
        people_served=["11"],
        safeguards=["05"],
        risk_level=2,
        insurance="样本保险 1号",
        minimum_age=16,
        maximum_age=70,
        contact_name="联系人丙",
        contact_phone="10000011111",
        contact_is_public=True,
        confirms_sign_ups=True,
        qualification=paper,
        starts_at=at(days=-30, hour=9),
        ends_at=at(days=-27, hour=17),
    )
    make_shift(activity, starts_at=at(days=-30, hour=9), ends_at=at(days=-30, hour=11), places=4)
    second = make_shift(activity, starts_at=at(days=-27, hour=15), ends_at=at(days=-27, hour=17), places=5)
    ShiftRole.objects.create(shift=second, name="带队", least=1, places=1, taken=1, qualification=paper)
    ShiftRole.objects.create(shift=second, name="帮手", places=4)
    return activity


@pytest.fixture
def day():
    return timezone.localdate() + timedelta(days=10)


def refused(act):
    with pytest.raises(DomainError) as refusal:
        act()
    assert refusal.value.reason
    assert refusal.value.help
    return refusal.value.code


def test_a_copy_is_a_draft_with_every_field_that_is_not_its_own(earlier, worker, day):
    copy = copy_activity(activity=earlier, first_on=day, by=worker)
    assert (copy.status, copy.posted_by) == (Activity.Status.DRAFT, worker)
    fields = {field.name for field in Activity._meta.concrete_fields} - OF_ITS_OWN
    assert {name: getattr(copy, name) for name in fields} == {name: getattr(earlier, name) for name in fields}
    assert fields | {"point"} == {*COPIED, "lon", "lat"}


def test_its_shifts_keep_their_hours_and_the_days_between_them(earlier, worker, day):
    copy = copy_activity(activity=earlier, first_on=day, by=worker)
    shifts = [
        (
            timezone.localdate(one.starts_at) - day,
            timezone.localtime(one.starts_at).hour,
            one.places,
            one.taken,
        )
        for one in copy.shifts.all()
    ]
    assert shifts == [(timedelta(0), 9, 4, 0), (timedelta(days=3), 15, 5, 0)]
    assert (copy.starts_at, copy.ends_at) == (copy.shifts.first().starts_at, copy.shifts.last().ends_at)
    roles = copy.shifts.last().roles.values_list("name", "least", "places", "taken", "qualification")
    assert list(roles) == [("带队", 1, 1, 0, earlier.qualification_id), ("帮手", 0, 4, 0, None)]


def test_a_copy_can_go_to_the_centre(earlier, worker, day):
    copy = copy_activity(activity=earlier, first_on=day, by=worker)
    assert services.send_for_review(activity=copy, by=worker).status == Activity.Status.REVIEW


def test_days_that_cannot_be_meant_are_refused(earlier, worker):
    today = timezone.localdate()
    for first_on, code in (
        (today - timedelta(days=1), "first_day_is_past"),
        (today + timedelta(days=800), "first_day_is_too_far"),
    ):
        assert refused(lambda on=first_on: copy_activity(activity=earlier, first_on=on, by=worker)) == code
    assert Activity.objects.count() == 1


def test_nothing_new_in_the_name_of_a_studio_that_is_not_vouched_for(
    make_activity, make_shift, make_studio, worker, day
):
    studio = make_studio(status=Studio.Status.SUSPENDED)
    shift = make_shift(make_activity(studio=studio, organisation=None))
    act = lambda: copy_activity(activity=shift.activity, first_on=day, by=worker)  # noqa: E731
    assert refused(act) == "studio_is_not_verified"


def test_only_who_runs_it_copies_it(earlier, volunteer, day):
    act = lambda: copy_activity(activity=earlier, first_on=day, by=volunteer.user)  # noqa: E731
    assert refused(act) == "not_the_organiser"


def test_the_page_is_not_there_for_others(signed_in, earlier, volunteer):
    assert (
        signed_in(volunteer.user).get(reverse("activities:activity_copy", args=[earlier.pk])).status_code
        == 404
    )


def test_a_double_click_copies_once(signed_in, earlier, worker, day):
    url, client = reverse("activities:activity_copy", args=[earlier.pk]), signed_in(worker)
    page = client.get(url)
    assert page.context["form"].initial["first_on"] > timezone.localdate()
    assert url in client.get(reverse("activities:activity", args=[earlier.pk])).content.decode()
    typed = {"first_on": day.isoformat(), "is_declared": "on", "submission_key": str(uuid.uuid4())}
    first, again = client.post(url, typed), client.post(url, typed)
    assert first.url == again.url
    assert Activity.objects.filter(status=Activity.Status.DRAFT).count() == 1
    assert ShiftRole.objects.count() == 4


def test_the_six_sentences_are_asked_again(signed_in, earlier, worker, day):
    url, client = reverse("activities:activity_copy", args=[earlier.pk]), signed_in(worker)
    typed = {"first_on": day.isoformat(), "submission_key": str(uuid.uuid4())}
    assert client.post(url, typed).context["form"].errors.keys() == {"is_declared"}
    client.post(url, typed | {"is_declared": "on", "forbidden_kinds": ["paid"]})
    assert RefusedPosting.objects.get().kinds == ["paid"]
    assert Activity.objects.count() == 1


def test_many_shifts_cost_no_more_queries(
    signed_in, earlier, make_shift, worker, django_assert_num_queries, django_assert_max_num_queries
):
    url, client = reverse("activities:activity_copy", args=[earlier.pk]), signed_in(worker)
    client.get(url)
    with django_assert_max_num_queries(20) as few:
        client.get(url)
    for _number in range(30):
        make_shift(earlier)
    with django_assert_num_queries(len(few.captured_queries)):
        page = client.get(url)
    assert (len(page.context["shifts"]), page.context["left_out"]) == (24, 8)
