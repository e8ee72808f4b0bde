"""An activity from draft to its end: checked by the centre, changed and cancelled without breaking promises."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Commitment
from activities import services
from activities.models import Activity, Shift, SignUp
from activities.services import ShiftGiven
from core.errors import DomainError
from core.states import history
from tests.personas import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(division, worker):
    def post_activity(**values):
        shifts = values.pop(
            "shifts", [ShiftGiven(at(4, 9), at(4, 11), 5), ShiftGiven(at(5, 9), at(5, 12), 2)]
        )
        values.setdefault("by", worker)
        return services.post_activity(
            title="图书整理",
            about="整理社区图书室",
            division=division,
            categories=["0008"],
            place="测试图书室",
            risks="搬书",
            safeguards=["05"],
            shifts=shifts,
            **values,
        )

    return post_activity


def refused(act):
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value.code


def test_a_posted_activity_is_a_draft_that_spans_its_shifts(post, division):
    activity = post()
    assert activity.status == "draft"
    assert (activity.starts_at, activity.ends_at) == (at(4, 9), at(5, 12))
    assert (activity.lon, activity.lat) == division.point
    assert all(len(shift.code_secret) == 64 for shift in activity.shifts.all())
    assert len({shift.code_secret for shift in activity.shifts.all()}) == 2


def test_the_same_key_posts_once(post):
    key = uuid.uuid4()
    assert post(submission_key=key) == post(submission_key=key)
    assert Activity.objects.count() == 1


@pytest.mark.parametrize("kind", ["job", "ordered", "private", "purposeless", "paid", "traded"])
def test_each_of_the_six_kinds_is_refused(post, kind):
    assert refused(lambda: post(forbidden_kinds=[kind])) == "not_volunteering"
    assert not Activity.objects.exists()


def test_shifts_are_needed_and_make_sense(post):
    assert refused(lambda: post(shifts=[])) == "no_shift"
    assert refused(lambda: post(shifts=[ShiftGiven(at(4, 9), at(4, 9), 5)])) == "period_is_empty"
    assert refused(lambda: post(shifts=[ShiftGiven(at(4, 9), at(4, 10), 0)])) == "no_places"


def test_it_goes_to_the_centre_and_opens(post, worker, centre_user):
    activity = post()
    assert (
        refused(lambda: services.publish_activity(activity=activity, by=centre_user)) == "not_in_this_state"
    )
    services.send_for_review(activity=activity, by=worker)
    services.publish_activity(activity=activity, by=centre_user)
    activity.refresh_from_db()
    assert activity.status == "recruiting"
    assert [(change.after, change.by) for change in history(activity)] == [
        ("review", worker),
        ("recruiting", centre_user),
    ]


def test_the_centre_gives_a_draft_back_with_a_reason(post, worker, centre_user):
    activity = services.send_for_review(activity=post(), by=worker)
    assert (
        refused(lambda: services.refuse_activity(activity=activity, reason=" ", by=centre_user))
        == "no_reason"
    )
    assert services.refuse_activity(activity=activity, reason="缺保险", by=centre_user).status == "draft"
    assert history(activity).last().reason == "缺保险"


def test_what_lies_in_the_past_is_not_sent(post, worker):
    activity = post(shifts=[ShiftGiven(at(-2, 9), at(-2, 10), 5)])
    assert refused(lambda: services.send_for_review(activity=activity, by=worker)) == "over"


def test_only_who_runs_it_changes_it(post, other_worker, worker):
    activity = post()
    assert (
        refused(lambda: services.change_activity(activity=activity, by=other_worker, title="改"))
        == "not_the_organiser"
    )
    assert services.change_activity(activity=activity, by=worker, title="改").title == "改"


@pytest.fixture
def open_activity(post, volunteer):
    """Recruiting, with one person in its first shift."""
    activity = post()
    Activity.objects.update(status=Activity.Status.RECRUITING)
    services.sign_up(shift=activity.shifts.first(), volunteer=volunteer, by=volunteer.user)
    activity.refresh_from_db()
    return activity


def given(shift, **changed):
    values = {"starts_at": shift.starts_at, "ends_at": shift.ends_at, "places": shift.places, "id": shift.pk}
    return ShiftGiven(**(values | changed))


def test_a_promised_time_stays_and_so_does_the_place(open_activity, worker):
    first, second = open_activity.shifts.all()

    def change(*shifts):
        return services.change_activity(activity=open_activity, by=worker, shifts=shifts)

    assert refused(lambda: change(given(second))) == "has_sign_ups"
    assert refused(lambda: change(given(first, ends_at=at(4, 12)), given(second))) == "has_sign_ups"
    Shift.objects.filter(pk=first.pk).update(taken=3)
    assert refused(lambda: change(given(first, places=2), given(second))) == "too_few_places"
    changed = change(given(first, places=9), ShiftGiven(at(6, 9), at(6, 10), 4))
    assert [shift.places for shift in changed.shifts.all()] == [9, 4]
    assert (changed.starts_at, changed.ends_at) == (at(4, 9), at(6, 10))


def test_a_shift_with_cancelled_sign_ups_is_kept_for_its_history(open_activity, worker, volunteer):
    services.cancel_sign_up(sign_up=SignUp.objects.get(), by=volunteer.user)
    second = open_activity.shifts.last()
    services.change_activity(activity=open_activity, by=worker, shifts=[given(second)])
    assert open_activity.shifts.count() == 2


def test_cancelling_frees_everybody_and_says_why(open_activity, worker, volunteer):
    services.cancel_activity(activity=open_activity, reason="台风", by=worker)
    assert SignUp.objects.get().status == "cancelled"
    assert not Commitment.objects.filter(volunteer=volunteer).exists()
    assert open_activity.shifts.first().taken == 0
    assert history(open_activity).last().reason == "台风"
    assert (
        refused(lambda: services.cancel_activity(activity=open_activity, reason="又", by=worker))
        == "not_in_this_state"
    )
    assert (
        refused(lambda: services.change_activity(activity=open_activity, by=worker, title="x"))
        == "not_in_this_state"
    )


def test_who_has_checked_in_keeps_the_hours_when_the_rest_is_cancelled(
    shift_now, sign_up_now, volunteer, code, later, worker
):
    shift = shift_now()
    sign_up = sign_up_now(volunteer, shift)
    services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)
    later(sign_up, 20)
    services.cancel_activity(activity=shift.activity, reason="暴雨", by=worker)
    services.check_out(sign_up=sign_up, code=code(shift), by=volunteer.user)
    assert volunteer.service_records.get().minutes == 20


def test_what_ended_a_day_ago_finishes_by_itself(make_activity):
    now = timezone.now()
    ended = make_activity(starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=2))
    fresh = make_activity(starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1))
    assert services.finish_what_is_over() == 1
    assert services.finish_what_is_over() == 0
    ended.refresh_from_db()
    fresh.refresh_from_db()
    assert (ended.status, fresh.status) == ("finished", "recruiting")


def test_nothing_is_finished_before_its_last_shift(activity, worker):
    assert refused(lambda: services.finish_activity(activity=activity, by=worker)) == "not_over"


def test_who_has_left_the_staff_keeps_the_own_drafts_and_nothing_that_is_published(
    make_activity, make_user, worker
):
    published, draft = make_activity(), make_activity(status="draft")
    assert set(Activity.objects.run_by(worker)) == {published, draft}
    worker.roles.all().delete()
    former = type(worker).objects.get(pk=worker.pk)
    assert set(Activity.objects.run_by(former)) == {draft}
    refusal = refused(lambda: services.change_activity(activity=published, by=former, title="改"))
    assert refusal == "not_the_organiser"


@pytest.fixture
def studio_activity(make_activity, make_shift, studio):
    activity = make_activity(studio=studio, organisation=None, posted_by=studio.lead)
    make_shift(activity)
    return activity


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "卖保健品"},
        {"about": "别的事"},
        {"place": "别处"},
        {"risks": "没有"},
        {"categories": ["0001"]},
        {"people_served": ["11"]},
        {"safeguards": []},
        {"minimum_age": 6},
        {"organisation": None, "studio": None},
    ],
)
def test_what_the_centre_has_checked_is_not_rewritten_by_the_organiser(
    studio_activity, studio_lead, worker, changed
):
    Activity.objects.update(safeguards=["01"])
    refusal = refused(lambda: services.change_activity(activity=studio_activity, by=studio_lead, **changed))
    assert refusal == "checked_already"
    services.change_activity(activity=studio_activity, by=worker, **changed)  # the staff of the place may
    assert Activity.objects.filter(pk=studio_activity.pk, **changed).exists()


def test_staff_move_a_published_activity_only_where_they_work(
    studio_activity, worker, centre_user, other_division
):
    def move(by):
        return services.change_activity(activity=studio_activity, by=by, division=other_division)

    assert refused(lambda: move(worker)) == "checked_already"
    assert move(centre_user).division == other_division


def test_the_organiser_still_changes_the_shifts_of_what_is_published(studio_activity, studio_lead):
    shift = studio_activity.shifts.get()
    same = {"title": studio_activity.title, "categories": list(studio_activity.categories)}
    changed = services.change_activity(
        activity=studio_activity,
        by=studio_lead,
        shifts=[given(shift, places=9), ShiftGiven(at(6, 9), at(6, 10), 4)],
        **same,
    )
    assert [row.places for row in changed.shifts.all()] == [9, 4]
