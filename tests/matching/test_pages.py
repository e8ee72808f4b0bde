"""The pages: what each person sees and can press, without a script."""

import uuid

import pytest
from django.urls import reverse

from matching.models import Assignment, Offer, Review, ServiceRequest
from matching.services import accept_offer, check_in, check_out, decline_offer
from matching.tasks import plan_requests
from tests.personas import at

pytestmark = pytest.mark.django_db


def page(client, name, *args, **query):
    answer = client.get(reverse(f"matching:{name}", args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def press(client, name, *args, **data):
    return client.post(reverse(f"matching:{name}", args=args), data, follow=True)


@pytest.fixture
def asking(post, volunteer):
    need = post()
    plan_requests([need.pk])
    return need, Offer.objects.get(request=need)


def form_values(place, **changed):
    day = at(days=2)
    values = {
        "submission_key": str(uuid.uuid4()),
        "household": f"{place.alias} · {place.division.name} · {place.pk}",
        "title": "修电灯",
        "day": day.date().isoformat(),
        "begins": "14:00",
        "lasts": "120",
        "urgency": "normal",
        "headcount": "1",
        "category": "0001",
        "skills": ["09"],
        "note": "敲门要大声",
    }
    return values | changed


def test_a_worker_posts_a_need_on_one_page(signed_in, worker, household):
    client = signed_in(worker)
    body = page(client, "request_post", household=household.pk)
    assert household.alias in body
    answer = press(client, "request_post", **form_values(household))
    need = ServiceRequest.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("matching:request", args=[need.pk])
    assert (need.title, need.headcount, need.skills) == ("修电灯", 1, ["09"])
    assert (need.ends_at - need.starts_at).total_seconds() == 7200


def test_sending_the_form_twice_posts_one_need(signed_in, worker, household):
    client = signed_in(worker)
    values = form_values(household)
    press(client, "request_post", **values)
    answer = press(client, "request_post", **values)
    assert ServiceRequest.objects.count() == 1
    assert answer.status_code == 200


def test_a_preset_fills_the_form_and_keeps_what_was_typed(signed_in, worker, household):
    answer = press(
        signed_in(worker), "request_post", **form_values(household, preset="law", note="请带放大镜")
    )
    body = answer.content.decode()
    assert not ServiceRequest.objects.exists()
    assert "请带放大镜" in body
    assert 'value="0005" selected' in body
    assert household.alias in body


def test_a_form_with_a_mistake_keeps_what_was_typed(signed_in, worker, household):
    answer = press(signed_in(worker), "request_post", **form_values(household, day="", title="买米"))
    assert answer.status_code == 422
    assert "买米" in answer.content.decode()
    assert not ServiceRequest.objects.exists()


def test_a_household_can_be_named_by_a_few_letters_when_only_one_fits(
    signed_in, worker, household, make_household
):
    make_household(alias="另一户")
    press(signed_in(worker), "request_post", **form_values(household, household="测试"))
    assert ServiceRequest.objects.get().household == household


def test_a_household_of_another_neighbourhood_cannot_be_chosen(signed_in, other_worker, household):
    answer = press(signed_in(other_worker), "request_post", **form_values(household))
    assert answer.status_code == 422
    assert not ServiceRequest.objects.exists()


def test_the_worker_sees_who_was_asked_and_why(signed_in, worker, asking):
    need, offer = asking
    body = page(signed_in(worker), "request", need.pk)
    assert str(offer.volunteer) in body
    assert f'data-topic="request:{need.pk}"' in body
    assert "电器维修" in body


def test_the_worker_sees_why_a_need_came_back_and_can_act(signed_in, worker, post, make_volunteer):
    make_volunteer(slots=0)
    need = post()
    plan_requests([need.pk])
    client = signed_in(worker)
    body = page(client, "request", need.pk)
    assert 'id="returned"' in body
    assert reverse("matching:ask_again", args=[need.pk]) in body
    assert f"?copy={need.pk}" in body
    copied = page(client, "request_post", copy=need.pk)
    assert need.title in copied
    press(client, "ask_again", need.pk)
    need.refresh_from_db()
    assert need.status == "open"


def test_the_worker_confirms_people_for_a_sensitive_household(
    signed_in, worker, post, volunteer, make_household
):
    need = post(household=make_household(is_sensitive=True))
    plan_requests([need.pk])
    client = signed_in(worker)
    assert reverse("matching:ask_these", args=[need.pk]) in page(client, "request", need.pk)
    press(client, "ask_these", need.pk)
    assert Offer.objects.get().status == "sent"


def test_the_worker_cancels_with_a_reason(signed_in, worker, asking):
    need, _offer = asking
    client = signed_in(worker)
    assert press(client, "request_cancel", need.pk).status_code == 422
    press(client, "request_cancel", need.pk, reason="家人来了")
    need.refresh_from_db()
    assert need.status == "cancelled"
    assert "家人来了" in page(client, "request", need.pk)


def test_a_volunteer_sees_an_offer_with_its_reasons_and_accepts(signed_in, volunteer, asking):
    need, offer = asking
    client = signed_in(volunteer.user)
    body = page(client, "offers")
    assert need.title in body
    assert f'data-topic="me:{volunteer.user.pk}"' in body
    assert reverse("matching:accept", args=[offer.pk]) in page(client, "offer", offer.pk)
    answer = press(client, "accept", offer.pk)
    assignment = Assignment.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("matching:assignment", args=[assignment.pk])


def test_accepting_twice_leads_to_the_same_page(signed_in, volunteer, asking):
    _need, offer = asking
    client = signed_in(volunteer.user)
    assert (
        press(client, "accept", offer.pk).redirect_chain == press(client, "accept", offer.pk).redirect_chain
    )
    assert Assignment.objects.count() == 1


def test_a_late_yes_is_answered_kindly_on_the_page(signed_in, post, volunteer, other_volunteer):
    need = post(urgency="urgent")
    plan_requests([need.pk])
    late, quick = Offer.objects.order_by("pk")
    accept_offer(offer=quick, by=quick.volunteer.user)
    answer = press(signed_in(late.volunteer.user), "accept", late.pk)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()


def test_a_volunteer_declines_with_a_reason(signed_in, volunteer, asking):
    _need, offer = asking
    press(signed_in(volunteer.user), "decline", offer.pk, reason="far")
    offer.refresh_from_db()
    assert offer.status == "declined"
    assert offer.decline_reason


def test_a_lead_chooses_who_goes(signed_in, post, make_studio):
    studio = make_studio(skill="09", members=2)
    need = post()
    plan_requests([need.pk])
    offer = Offer.objects.get()
    member = studio.members.first().volunteer
    client = signed_in(studio.lead)
    assert f'value="{member.pk}"' in page(client, "offer", offer.pk)
    assert press(client, "accept", offer.pk).status_code == 422
    press(client, "accept", offer.pk, members=[member.pk])
    assert Assignment.objects.get().volunteer == member
    assert str(member) in page(client, "offer", offer.pk)


def test_the_page_of_a_service_leads_from_step_to_step(signed_in, volunteer, asking, begins_now):
    need, offer = asking
    [assignment] = accept_offer(offer=offer, by=volunteer.user)
    begins_now(need)
    client = signed_in(volunteer.user)
    for act, status in (
        ("set-off", "on-my-way"),
        ("check-in", "checked-in"),
        ("check-out", "checked-out"),
        ("finish", "done"),
    ):
        assert f'value="{act}"' in page(client, "assignment", assignment.pk)
        press(client, "assignment_move", assignment.pk, act=act, report="灯亮了")
        assignment.refresh_from_db()
        assert assignment.status == status
    assert 'name="act"' not in page(client, "assignment", assignment.pk)


def test_a_step_too_early_is_refused_with_the_reason_on_the_page(signed_in, volunteer, asking):
    _need, offer = asking
    [assignment] = accept_offer(offer=offer, by=volunteer.user)
    answer = press(signed_in(volunteer.user), "assignment_move", assignment.pk, act="check-in")
    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()


def test_an_act_that_does_not_exist_changes_nothing(signed_in, volunteer, asking):
    _need, offer = asking
    [assignment] = accept_offer(offer=offer, by=volunteer.user)
    press(signed_in(volunteer.user), "assignment_move", assignment.pk, act="fly")
    assignment.refresh_from_db()
    assert assignment.status == "accepted"


def test_a_service_is_cancelled_with_a_reason(signed_in, volunteer, asking):
    _need, offer = asking
    [assignment] = accept_offer(offer=offer, by=volunteer.user)
    client = signed_in(volunteer.user)
    assert press(client, "assignment_move", assignment.pk, act="cancel").status_code == 422
    press(client, "assignment_move", assignment.pk, act="cancel", reason="生病")
    assignment.refresh_from_db()
    assert assignment.status == "cancelled"


def test_the_household_sees_who_comes_and_reviews(
    signed_in, household_contact, volunteer, asking, begins_now, came_ago
):
    need, offer = asking
    client = signed_in(household_contact)
    assert str(volunteer) not in page(client, "my_household")
    [assignment] = accept_offer(offer=offer, by=volunteer.user)
    assert str(volunteer)[0] in page(client, "my_household")
    begins_now(need)
    check_in(assignment=assignment, by=volunteer.user)
    check_out(assignment=assignment, by=volunteer.user)
    assert reverse("matching:review", args=[assignment.pk]) in page(client, "my_household")
    assert press(client, "review", assignment.pk, stars="", words="好").status_code == 422
    press(client, "review", assignment.pk, stars="5", words="很好")
    press(client, "review", assignment.pk, stars="1", words="改")
    assert Review.objects.get().stars == 5
    assert "很好" in page(signed_in(volunteer.user), "assignment", assignment.pk)


def test_everybody_sees_open_needs_and_a_volunteer_offers_help(signed_in, client, post, volunteer):
    need = post(title="陪聊", skills=[])
    assert "陪聊" in page(client, "near")
    assert reverse("account_login") in page(client, "public_need", need.pk)
    client = signed_in(volunteer.user)
    assert reverse("matching:offer_myself", args=[need.pk]) in page(client, "public_need", need.pk)
    answer = press(client, "offer_myself", need.pk)
    assert answer.redirect_chain[-1][0] == reverse("matching:assignment", args=[Assignment.objects.get().pk])


def test_a_button_that_cannot_be_pressed_says_why(signed_in, post, make_volunteer):
    need = post()
    volunteer = make_volunteer("无技能", skills=())
    body = page(signed_in(volunteer.user), "public_need", need.pk)
    assert "disabled" in body
    assert reverse("matching:offer_myself", args=[need.pk]) not in body


def test_a_need_that_is_taken_has_a_friendly_page(client, asking, volunteer):
    need, offer = asking
    accept_offer(offer=offer, by=volunteer.user)
    answer = client.get(reverse("matching:public_need", args=[need.pk]))
    assert answer.status_code == 410
    assert need.title not in answer.content.decode()


def test_who_was_asked_is_led_from_the_public_page_to_the_own_offer(signed_in, volunteer, asking):
    need, offer = asking
    answer = signed_in(volunteer.user).get(reverse("matching:public_need", args=[need.pk]))
    assert answer.url == reverse("matching:offer", args=[offer.pk])


def test_a_declined_offer_can_still_be_accepted_on_its_page(signed_in, volunteer, asking):
    _need, offer = asking
    decline_offer(offer=offer, by=volunteer.user)
    assert reverse("matching:accept", args=[offer.pk]) in page(signed_in(volunteer.user), "offer", offer.pk)


def test_the_worker_enters_times_for_somebody_who_forgot(signed_in, worker, volunteer, asking, begins_now):
    need, offer = asking
    [assignment] = accept_offer(offer=offer, by=volunteer.user)
    begins_now(need, minutes_ago=60 * 20)
    client = signed_in(worker)
    assert reverse("matching:enter_times", args=[assignment.pk]) in page(client, "request", need.pk)
    from django.utils import timezone

    came = timezone.localtime(need.starts_at)
    assert press(client, "enter_times", assignment.pk, checked_in_at="gestern").status_code == 422
    press(
        client,
        "enter_times",
        assignment.pk,
        checked_in_at=f"{came:%Y-%m-%dT%H:%M}",
        checked_out_at=f"{came + timezone.timedelta(hours=1):%Y-%m-%dT%H:%M}",
    )
    assignment.refresh_from_db()
    assert (assignment.status, assignment.minutes) == ("checked-out", 60)


@pytest.mark.parametrize(
    ("stage", "wanted"), [("returned", 1), ("began", 1), ("proposed", 1), ("served", 1), ("asking", 0)]
)
def test_the_workers_page_puts_one_act_first(
    signed_in, worker, make_request, make_volunteer, make_household, begins_now, stage, wanted
):
    status = {"began": "returned", "proposed": "returned"}.get(stage, stage)
    need = make_request(status=status, household=make_household(is_sensitive=True))
    if stage == "began":
        begins_now(need)
    if stage == "proposed":
        volunteer = make_volunteer()
        Offer.objects.create(
            request=need,
            volunteer=volunteer,
            score=0.5,
            probability=0.5,
            model_version="test",
            status="proposed",
            sent_at=need.posted_at,
            answer_by=need.starts_at,
        )
    assert page(signed_in(worker), "request", need.pk).count("button-primary") == wanted


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_pages_are_there_in_every_language(signed_in, worker, volunteer, asking, language):
    need, offer = asking
    for user, name, pk in ((worker, "request", need.pk), (volunteer.user, "offer", offer.pk)):
        user.language = language
        user.save()
        page(signed_in(user), name, pk)
