import dataclasses
import inspect
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import events as people
from accounts.models import Correction, Membership
from activities import events as activities
from activities.models import Activity, ServiceRecord, SignUp
from core.events import publish, subscribers
from core.models import StateChange
from matching import events as matching
from matching.models import Assignment, Offer, Review, ServiceRequest
from notifications.catalogue import Channel
from notifications.models import Delivery, Notification, Pulse
from notifications.subscribers import SILENT

pytestmark = pytest.mark.django_db
FACTS = [
    fact
    for module in (people, activities, matching)
    for _, fact in inspect.getmembers(module, dataclasses.is_dataclass)
    if fact.__module__ == module.__name__
]


def told():
    """Who was told what since the last call, by name of the person."""
    rows = Notification.objects.order_by("user__name", "kind").values_list("user__name", "kind")
    found = list(rows)
    Notification.objects.all().delete()
    return found


def pulsed():
    found = {topic for row in Pulse.objects.all() for topic in row.topics}
    Pulse.objects.all().delete()
    return found


def happens(*facts):
    with transaction.atomic():
        for fact in facts:
            publish(fact)


def moved(row, by, reason="", after=""):
    StateChange.objects.create(
        subject_kind=row._meta.label_lower, subject_id=row.pk, before="", after=after, by=by, reason=reason
    )


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_every_fact_is_told_or_silent_on_purpose(fact):
    ours = [one for one in subscribers(fact) if one.__module__.startswith("notifications.")]
    assert bool(ours) != (fact in SILENT)


def test_silence_has_a_reason():
    assert all(len(reason) > 20 for reason in SILENT.values())


# --- needs


@pytest.fixture
def need(make_request):
    return make_request(title="修灯")


@pytest.fixture
def make_offer(need):
    def make(**fields):
        now = timezone.now()
        fields.setdefault("request", need)
        fields.setdefault("answer_by", now + timedelta(hours=2))
        return Offer.objects.create(score=1, probability=0.5, model_version="test", sent_at=now, **fields)

    return make


@pytest.fixture
def assignment(make_offer, volunteer, need):
    offer = make_offer(volunteer=volunteer, status=Offer.Status.ACCEPTED)
    return Assignment.objects.create(request=need, offer=offer, volunteer=volunteer)


def test_an_offer_is_put_to_the_volunteer(make_offer, volunteer):
    offer = make_offer(volunteer=volunteer)
    happens(matching.OfferSent(offer.pk))
    row = Notification.objects.get()
    assert (row.user, row.kind, row.params["title"]) == (volunteer.user, "offer", "修灯")
    assert row.link.endswith(f"/{offer.pk}/")
    assert Delivery.objects.filter(channel=Channel.EMAIL).exists()


def test_an_offer_to_a_studio_is_put_to_its_lead(make_offer, studio):
    happens(matching.OfferSent(make_offer(studio=studio).pk))
    assert told() == [("室长寅", "studio-offer")]


def test_a_message_about_a_need_says_nothing_of_the_household(make_offer, volunteer, need):
    offer = make_offer(volunteer=volunteer)
    happens(matching.RequestOpened(need.pk), matching.OfferSent(offer.pk), matching.RequestStaffed(need.pk))
    household = need.household
    for row in Notification.objects.all():
        said = f"{row.params} {row.link}"
        assert household.contact_name not in said
        assert household.alias not in said
        assert "测试路" not in said


def test_those_who_were_asked_are_told_that_it_is_taken(make_offer, volunteer, other_volunteer):
    asked, proposed = make_offer(volunteer=volunteer), make_offer(volunteer=other_volunteer)
    happens(matching.OfferSent(asked.pk))
    Offer.objects.update(status=Offer.Status.TAKEN)
    happens(matching.OfferTaken(asked.pk), matching.OfferTaken(proposed.pk))
    assert told() == [("志愿子", "offer"), ("志愿子", "offer-taken")]


def test_when_the_need_is_cancelled_it_is_not_said_that_others_were_first(make_offer, volunteer, need):
    offer = make_offer(volunteer=volunteer)
    happens(matching.OfferSent(offer.pk))
    Offer.objects.update(status=Offer.Status.WITHDRAWN)
    happens(matching.OfferTaken(offer.pk))
    assert told() == [("志愿子", "offer"), ("志愿子", "offer-withdrawn")]


def test_somebody_may_be_asked_again_about_the_same_need(make_offer, volunteer):
    offer = make_offer(volunteer=volunteer)
    happens(matching.OfferSent(offer.pk))
    happens(matching.OfferSent(offer.pk))  # the same asking, twice
    Offer.objects.update(sent_at=timezone.now() + timedelta(hours=1))
    happens(matching.OfferSent(offer.pk))
    assert told() == [("志愿子", "offer"), ("志愿子", "offer")]


def test_who_said_yes_finds_it_in_the_inbox_and_whom_a_studio_sends_gets_mail(
    assignment, make_offer, studio, need
):
    happens(matching.OfferAccepted(assignment.offer_id, (assignment.pk,)))
    assert not Delivery.objects.filter(channel=Channel.EMAIL).exists()
    member = studio.members.get().volunteer
    offer = make_offer(studio=studio)
    sent = Assignment.objects.create(request=need, offer=offer, volunteer=member, studio=studio)
    happens(matching.OfferAccepted(offer.pk, (sent.pk,)))
    assert Delivery.objects.get(channel=Channel.EMAIL).notification.user == member.user
    assert told() == [("室员卯", "assignment"), ("志愿子", "assignment")]


def test_the_worker_and_the_household_learn_that_people_are_found(need):
    happens(matching.RequestStaffed(need.pk))
    assert told() == [("家属辰", "help-found"), ("社工乙", "request-staffed")]


def test_the_worker_learns_that_nobody_was_found_each_time_that_is_so(need):
    happens(matching.RequestReturned(need.pk))
    row = Notification.objects.get()
    assert row.link.endswith(f"/{need.pk}/")
    assert Delivery.objects.filter(channel=Channel.EMAIL).exists()


def test_the_way_of_an_assignment_is_told_to_those_whom_it_concerns(assignment):
    status = Assignment.Status
    happens(matching.AssignmentMoved(assignment.pk, status.ON_MY_WAY))
    assert told() == [("家属辰", "help-on-the-way")]
    happens(matching.AssignmentMoved(assignment.pk, status.CHECKED_IN))
    happens(matching.AssignmentMoved(assignment.pk, status.CHECKED_OUT))
    assert told() == []
    happens(matching.AssignmentMoved(assignment.pk, status.DONE))
    assert told() == [("家属辰", "please-review"), ("社工乙", "service-done")]


def test_nobody_is_told_what_they_did_themselves(assignment, volunteer, worker):
    moved(assignment, volunteer.user)
    happens(matching.AssignmentMoved(assignment.pk, "cancelled"))
    assert told() == [("家属辰", "help-cancelled"), ("社工乙", "request-lost-somebody")]
    moved(assignment, worker, "不用去了")
    happens(matching.AssignmentMoved(assignment.pk, "cancelled"))
    assert Notification.objects.get(kind="assignment-cancelled").params["reason"] == "不用去了"
    assert ("社工乙", "request-lost-somebody") not in told()


def test_a_cancelled_need_is_told_once_to_each(assignment, need, worker, centre_user):
    ServiceRequest.objects.update(status=ServiceRequest.Status.CANCELLED)
    moved(need, centre_user)
    moved(assignment, centre_user)
    happens(
        matching.AssignmentMoved(assignment.pk, "cancelled"), matching.RequestCancelled(need.pk, "已住院")
    )
    assert told() == [
        ("家属辰", "request-called-off"),
        ("志愿子", "assignment-cancelled"),
        ("社工乙", "request-cancelled"),
    ]


def test_a_review_is_told_to_who_was_there(assignment, household_contact):
    review = Review.objects.create(assignment=assignment, stars=5, by=household_contact)
    happens(matching.ServiceReviewed(review.pk, assignment.pk))
    assert Notification.objects.get().params["stars"] == 5
    assert told() == [("志愿子", "reviewed")]


def test_a_need_without_a_contact_tells_nobody_of_the_household(need):
    need.household.contact = None
    need.household.save()
    happens(matching.RequestStaffed(need.pk))
    assert told() == [("社工乙", "request-staffed")]


def test_desks_the_need_and_the_list_nearby_look_again(need, household_contact):
    happens(matching.RequestChanged(need.pk))
    assert pulsed() == {
        "desk:310105",
        "desk:310105001",
        "desk:310105001001",
        "near:310105",
        "near:310105001",
        f"request:{need.pk}",
        f"me:{household_contact.pk}",
    }


# --- activities


@pytest.fixture
def sign_up(shift, volunteer):
    return SignUp.objects.create(shift=shift, volunteer=volunteer)


def test_a_sign_up_is_confirmed(sign_up, shift, volunteer):
    happens(activities.VolunteerSignedUp(sign_up.pk, volunteer.pk, shift.pk))
    assert told() == [("志愿子", "signed-up")]
    assert {f"activity:{shift.activity_id}", f"me:{volunteer.user_id}"} <= pulsed()


def test_everybody_signed_up_is_told_of_a_change_once(sign_up, make_shift, volunteer, other_volunteer):
    activity = sign_up.shift.activity
    SignUp.objects.create(shift=make_shift(activity), volunteer=volunteer)
    SignUp.objects.create(shift=sign_up.shift, volunteer=other_volunteer, status=SignUp.Status.CANCELLED)
    happens(activities.ActivityChanged(activity.pk, ("place",)))
    assert told() == [("志愿子", "activity-changed")]


def test_a_second_change_is_told_again_and_a_cancelled_activity_to_all(sign_up):
    activity = sign_up.shift.activity
    happens(activities.ActivityCancelled(activity.pk, "台风"))
    assert Notification.objects.get().params["reason"] == "台风"
    assert told() == [("志愿子", "activity-cancelled")]


def test_a_place_that_the_organiser_takes_away_is_told_but_not_beside_the_whole_activity(
    sign_up, shift, volunteer
):
    fact = activities.SignUpCancelled(sign_up.pk, volunteer.pk, shift.pk, by_volunteer=False)
    happens(fact)
    assert told() == [("志愿子", "sign-up-cancelled")]
    happens(dataclasses.replace(fact, by_volunteer=True))
    assert told() == []
    Activity.objects.update(status=Activity.Status.CANCELLED)
    happens(fact)
    assert told() == []


def test_an_organiser_learns_what_the_centre_decided(activity, centre_user, worker):
    moved(activity, centre_user)
    happens(activities.ActivityPublished(activity.pk))
    happens(activities.ActivityRefused(activity.pk, "请写明风险"))
    assert told() == [("社工乙", "activity-published"), ("社工乙", "activity-refused")]
    moved(activity, worker)
    happens(activities.ActivityPublished(activity.pk))
    assert told() == []


def make_record(volunteer, division, **fields):
    now = timezone.now()
    fields = {"minutes": 90, "source_id": 1} | fields
    return ServiceRecord.objects.create(
        volunteer=volunteer,
        division=division,
        category="0001",
        name="修灯",
        place="测试花园",
        in_charge="社工乙",
        starts_at=now,
        ends_at=now,
        source_kind="assignment",
        **fields,
    )


def test_recorded_hours_are_told_and_every_ranking_above_looks_again(volunteer, division, other_division):
    volunteer.home_division = other_division
    volunteer.save()
    record = make_record(volunteer, division)
    happens(activities.HoursRecorded(record.pk, volunteer.pk, 90))
    assert told() == [("志愿子", "hours")]
    assert {
        "ranking:310105",
        "ranking:310105001001",
        "ranking:310105004001",
        "desk:310105001001",
        "board",
        f"me:{volunteer.user_id}",
    } <= pulsed()


def test_a_correction_of_two_records_is_one_message(volunteer, division):
    first = make_record(volunteer, division)
    reversal = make_record(volunteer, division, minutes=-90, reverses=first)
    instead = make_record(volunteer, division, minutes=60, revision=1)
    happens(
        activities.HoursRecorded(reversal.pk, volunteer.pk, -90),
        activities.HoursRecorded(instead.pk, volunteer.pk, 60),
    )
    assert told() == [("志愿子", "hours-corrected")]


# --- people


def test_a_volunteer_is_told_what_the_centre_decided(volunteer):
    happens(people.VolunteerVerified(volunteer.pk))
    happens(people.VolunteerSuspended(volunteer.pk, "资料待补"))
    happens(people.VolunteerRestored(volunteer.pk))
    assert told() == [
        ("志愿子", "volunteer-restored"),
        ("志愿子", "volunteer-suspended"),
        ("志愿子", "volunteer-verified"),
    ]


def test_a_new_registration_shows_on_the_desks_and_tells_nobody(volunteer, studio):
    happens(people.VolunteerRegistered(volunteer.pk), people.StudioRegistered(studio.pk))
    assert told() == []
    assert "desk:310105" in pulsed()


def test_a_studio_lead_is_told(studio):
    happens(people.StudioVerified(studio.pk))
    happens(people.StudioSuspended(studio.pk, "执照到期"))
    happens(people.StudioRestored(studio.pk))
    assert [kind for _, kind in told()] == ["studio-restored", "studio-suspended", "studio-verified"]


def test_the_contact_of_a_household_is_told_that_it_is_registered(household):
    happens(people.HouseholdRegistered(household.pk), people.HouseholdChanged(household.pk))
    assert told() == [("家属辰", "household-registered")]


def test_a_question_about_the_own_record_is_answered(volunteer):
    correction = Correction.objects.create(volunteer=volunteer, text="生日不对", answer="已改正")
    happens(people.CorrectionAsked(correction.pk), people.CorrectionAnswered(correction.pk))
    assert told() == [("志愿子", "record-answered")]


def test_managers_learn_who_wants_to_join_and_members_that_they_are_in(organisation, make_user, stranger):
    manager = make_user("单位管理")
    Membership.objects.create(organisation=organisation, user=manager, is_manager=True)
    membership = Membership.objects.create(organisation=organisation, user=stranger)
    happens(people.OrganisationJoined(membership.pk, is_applied=True, by_id=stranger.pk))
    assert told() == [("单位管理", "membership-asked")]
    happens(people.OrganisationJoined(membership.pk, is_applied=False, by_id=manager.pk))
    assert told() == [("路人丁", "membership")]
    happens(people.OrganisationJoined(membership.pk, is_applied=False, by_id=stranger.pk))
    assert told() == []
