"""Pages of activities: what each person sees, what a press does, and what it costs in queries."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from activities import services
from activities.models import Attendance, ServiceRecord, Shift, SignUp
from tests.personas import at

pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_list_shows_what_is_open_and_what_is_free(client, make_activity, make_shift):
    shift = make_shift(places=4)
    make_activity(title="草稿一则", status="draft")
    page = client.get(reverse("activities:list"))
    assert shift.activity.title in text(page)
    assert "4 places free" in text(page)
    assert "草稿一则" not in text(page)


def test_the_list_is_filtered_by_subdistrict_kind_and_day(client, make_activity, make_shift, other_division):
    here, there = make_activity(title="此处"), make_activity(title="彼处", division=other_division)
    make_shift(here)
    make_shift(there, starts_at=at(days=9, hour=9), ends_at=at(days=9, hour=10))
    there.ends_at = at(days=9, hour=10)
    there.save()
    for query, shown, hidden in (
        (f"subdistrict={here.division_id[:9]}", "此处", "彼处"),
        (f"day={at(days=9).date()}", "彼处", "此处"),
    ):
        page = text(client.get(f"{reverse('activities:list')}?{query}"))
        assert shown in page
        assert hidden not in page
    assert "Nothing fits this filter" in text(client.get(f"{reverse('activities:list')}?category=0012"))
    assert client.get(f"{reverse('activities:list')}?day=nonsense&subdistrict=x").status_code == 200


def queries(client, url, django_assert_max_num_queries):
    client.get(url)
    with django_assert_max_num_queries(60) as counted:
        assert client.get(url).status_code == 200
    return len(counted)


@pytest.mark.parametrize(
    "name", ["list", "organised", "my_sign_ups", "hours", "corrections", "ranking", "ranking_publish"]
)
def test_a_list_costs_the_same_queries_however_long_it_is(
    name,
    signed_in,
    make_user,
    make_activity,
    make_shift,
    make_volunteer,
    give_hours,
    centre_user,
    django_assert_max_num_queries,
):
    own = make_volunteer(user=centre_user)
    client, url = signed_in(centre_user), reverse(f"activities:{name}")

    def more(count):
        for number in range(count):
            start = timezone.now() + timedelta(days=2 + number, hours=count)
            activity = make_activity(starts_at=start, ends_at=start + timedelta(hours=1))
            services.sign_up(shift=make_shift(activity), volunteer=own, by=centre_user)
            other = make_volunteer(publishes_name=bool(number % 2))
            for person in (own, other):
                for days_ago in (0, 31):
                    record = give_hours(person, 30 + number, days_ago=days_ago)
            services.ask_correction(record=record, words="少了", by=other.user)

    more(1)
    few = queries(client, url, django_assert_max_num_queries)
    more(3)
    assert queries(client, url, django_assert_max_num_queries) == few


def test_the_page_of_an_activity_costs_the_same_queries_for_many_shifts(
    signed_in, volunteer, make_activity, make_shift, django_assert_max_num_queries
):
    activity = make_activity()
    make_shift(activity)
    url = reverse("activities:activity", args=[activity.pk])
    client = signed_in(volunteer.user)
    few = queries(client, url, django_assert_max_num_queries)
    for _ in range(6):
        make_shift(activity)
    assert queries(client, url, django_assert_max_num_queries) == few


def test_the_roster_costs_the_same_queries_for_many_people(
    signed_in, worker, shift, make_volunteer, django_assert_max_num_queries
):
    url = reverse("activities:roster", args=[shift.pk])

    def come():
        person = make_volunteer()
        services.sign_up(shift=shift, volunteer=person, by=person.user)

    come()
    few = queries(signed_in(worker), url, django_assert_max_num_queries)
    for _ in range(4):
        come()
    assert queries(signed_in(worker), url, django_assert_max_num_queries) == few


def test_one_press_signs_up_and_a_second_press_changes_nothing(signed_in, volunteer, shift):
    client = signed_in(volunteer.user)
    for _ in range(2):
        page = client.post(reverse("activities:shift_sign_up", args=[shift.pk]), follow=True)
        assert "You have a place" in text(page)
    assert SignUp.objects.count() == 1


def test_a_greyed_button_says_why_and_the_refusal_says_the_same(signed_in, volunteer, make_shift):
    shift, elsewhere = make_shift(), make_shift()
    services.sign_up(shift=elsewhere, volunteer=volunteer, by=volunteer.user)
    client = signed_in(volunteer.user)
    page = text(client.get(reverse("activities:activity", args=[shift.activity_id])))
    assert "This time is taken" in page
    assert re.search(r'<button class="button" disabled aria-describedby="why-\d+">Sign up', page)
    answer = client.post(reverse("activities:shift_sign_up", args=[shift.pk]), follow=True)
    assert answer.status_code == 200
    assert text(answer).count("This time is taken") == 2


def test_a_stranger_is_led_to_sign_in_and_a_user_to_register(client, signed_in, stranger, shift):
    url = reverse("activities:activity", args=[shift.activity_id])
    assert "Sign in to sign up" in text(client.get(url))
    assert client.post(reverse("activities:shift_sign_up", args=[shift.pk])).url.startswith(
        "/accounts/login/"
    )
    client = signed_in(stranger)
    assert "Register as a volunteer" in text(client.get(url))
    answer = client.post(reverse("activities:shift_sign_up", args=[shift.pk]))
    assert answer.url == reverse("accounts:volunteer_register")


def test_htmx_gets_only_the_shifts(client, shift):
    url = reverse("activities:activity", args=[shift.activity_id])
    part = text(client.get(url, headers={"HX-Request": "true"}))
    assert part.strip().startswith('<section class="section" id="shifts"')
    assert f'data-topic="activity:{shift.activity_id}"' in part
    assert "<html" not in part


PAGES = {
    "edit": ("activity", {"worker", "centre", "manager"}),
    "roster": ("shift", {"worker", "centre", "manager"}),
    "shift_code": ("shift", {"worker", "centre", "manager"}),
    "check_in": ("sign_up", {"volunteer"}),
    "correction_ask": ("record", {"volunteer"}),
    "post": (None, {"worker", "centre", "manager", "other_worker"}),
    "corrections": (None, {"worker", "centre", "other_worker"}),
    "ranking_publish": (None, {"centre"}),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_does_not_exist_for_the_wrong_role(
    name,
    client,
    signed_in,
    worker,
    other_worker,
    centre_user,
    volunteer,
    other_volunteer,
    make_user,
    shift,
    give_hours,
):
    manager = make_user("理事巳")
    Membership.objects.create(user=manager, organisation=shift.activity.organisation, is_manager=True)
    shift.activity.posted_by = centre_user
    shift.activity.save()
    sign_up = services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)
    rows = {"activity": shift.activity, "shift": shift, "sign_up": sign_up, "record": give_hours(volunteer)}
    of, allowed = PAGES[name]
    url = reverse(f"activities:{name}", args=[rows[of].pk] if of else [])
    assert client.get(url).status_code == 302
    people = {
        "worker": worker,
        "other_worker": other_worker,
        "centre": centre_user,
        "manager": manager,
        "volunteer": volunteer.user,
        "other_volunteer": other_volunteer.user,
    }
    for role, user in people.items():
        wanted = 200 if role in allowed else 404
        assert signed_in(user).get(url).status_code == wanted, role


@pytest.mark.parametrize(
    ("name", "of"),
    [("sign_up_cancel", "sign_up"), ("activity_move", "activity"), ("open_check_in", "sign_up")],
)
def test_acts_on_other_peoples_things_are_404(name, of, signed_in, other_volunteer, volunteer, shift):
    sign_up = services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)
    row = {"sign_up": sign_up, "activity": shift.activity}[of]
    url = reverse(f"activities:{name}", args=[row.pk])
    assert signed_in(other_volunteer.user).post(url, {"act": "cancel", "reason": "x"}).status_code == 404


def test_drafts_are_seen_by_those_who_run_them(
    client, signed_in, make_activity, worker, volunteer, other_worker
):
    url = reverse("activities:activity", args=[make_activity(status="draft", organisation=None).pk])
    assert client.get(url).status_code == 404
    assert signed_in(volunteer.user).get(url).status_code == 404
    assert signed_in(other_worker).get(url).status_code == 404
    assert signed_in(worker).get(url).status_code == 200


def test_the_code_on_site_checks_in_and_out(signed_in, worker, volunteer, shift_now, sign_up_now, later):
    shift = shift_now()
    sign_up = sign_up_now(volunteer, shift)
    page = text(signed_in(worker).get(reverse("activities:shift_code", args=[shift.pk])))
    code = re.search(r'site-code-digits" aria-label="(\d{6})"', page)[1]
    assert re.search(r'hx-trigger="load delay:\d+s, pulse"', page)
    client = signed_in(volunteer.user)
    page = text(client.get(reverse("activities:check_in", args=[sign_up.pk])))
    assert 'inputmode="numeric"' in page
    answer = client.post(reverse("activities:check_in", args=[sign_up.pk]), {"code": "abc"})
    assert "not the code that is shown now" in text(answer)
    answer = client.post(reverse("activities:check_in", args=[sign_up.pk]), {"code": code}, follow=True)
    assert "You are checked in" in text(answer)
    later(sign_up, 60)
    answer = client.post(reverse("activities:check_out", args=[sign_up.pk]), {"code": code}, follow=True)
    assert "1 hour recorded" in text(answer)
    assert ServiceRecord.objects.get().minutes == 60


def test_a_secret_never_leaves_the_server(signed_in, worker, shift):
    page = text(signed_in(worker).get(reverse("activities:shift_code", args=[shift.pk])))
    assert shift.code_secret not in page


def test_my_sign_ups_show_what_is_ahead_and_what_was(signed_in, volunteer, shift):
    sign_up = services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)
    client, url = signed_in(volunteer.user), reverse("activities:my_sign_ups")
    assert shift.activity.title in text(client.get(url))
    client.post(reverse("activities:sign_up_cancel", args=[sign_up.pk]))
    assert "You have no place in a shift" in text(client.get(url))
    assert shift.activity.title in text(client.get(url + "?show=past"))


def test_an_open_check_in_is_decided_by_the_organiser(
    signed_in, worker, volunteer, shift_now, sign_up_now, code, later
):
    shift = shift_now(
        starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now() + timedelta(minutes=5)
    )
    sign_up = sign_up_now(volunteer, shift)
    services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)
    later(sign_up, 120)
    Shift.objects.filter(pk=shift.pk).update(ends_at=timezone.now() - timedelta(minutes=30))
    client = signed_in(worker)
    assert "Decide when they left" in text(client.get(reverse("activities:roster", args=[shift.pk])))
    left = timezone.localtime(Attendance.objects.get().checked_in_at) + timedelta(minutes=90)
    url = reverse("activities:open_check_in", args=[sign_up.pk])
    client.post(url, {"left_at": f"{left:%H:%M}", "reason": "组长看到他离开"})
    record = ServiceRecord.objects.get()
    assert 88 <= record.minutes <= 90
    assert (record.grade, record.how_observed) == ("honour", "1")
    assert client.post(url, {"left_at": "10:00", "reason": "再来"}).status_code == 404


def test_my_hours_name_what_the_law_asks_for(signed_in, volunteer, give_hours):
    give_hours(volunteer, 90)
    page = text(signed_in(volunteer.user).get(reverse("activities:hours")))
    for part in ("陪诊", "测试医院", "陪同就诊", "社工乙", "1.5 hours"):
        assert part in page


def test_a_correction_goes_from_the_volunteer_to_the_staff_and_back(signed_in, volunteer, worker, give_hours):
    record = give_hours(volunteer, 60)
    client = signed_in(volunteer.user)
    page = client.post(
        reverse("activities:correction_ask", args=[record.pk]),
        {"words": "少了半小时", "submission_key": str(uuid.uuid4())},
        follow=True,
    )
    assert "少了半小时" in text(page)
    client = signed_in(worker)
    assert "少了半小时" in text(client.get(reverse("activities:corrections")))
    asked = record.correction_requests.get()
    client.post(
        reverse("activities:correction_answer", args=[asked.pk]),
        {"answer": "已核实", "instead_minutes": "90"},
    )
    page = text(signed_in(volunteer.user).get(reverse("activities:hours")))
    assert "1.5 hours" in page
    assert "已核实" in page
