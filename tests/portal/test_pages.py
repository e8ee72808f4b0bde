"""Each first page for each persona: seen or not there, with something on it or nothing, always in the same number of
queries."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Division, RuleSet, Studio, User, Volunteer
from activities.models import SignUp, Tally
from activities.rules import period_start
from core.audit import open_sealed
from core.models import Purpose
from matching.models import Assignment, Offer, ServiceRequest

pytestmark = pytest.mark.django_db
PUBLIC = ["portal:home", "portal:search", "portal:ask"]
STAFF = ["portal:desk"]
CENTRE = ["portal:centre", "portal:verify", "portal:overdue", "portal:readings", "portal:imports"]


@pytest.fixture
def count_queries():
    def count(act):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert act().status_code == 200
        return len(queries)

    return count


@pytest.fixture
def personas(centre_user, worker, volunteer, studio_lead, household, household_contact, stranger):
    return {
        "centre": centre_user,
        "worker": worker,
        "volunteer": volunteer.user,
        "lead": studio_lead,
        "contact": household_contact,
        "stranger": stranger,
    }


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("centre", {"portal:my", *STAFF, *CENTRE}),
        ("worker", {"portal:my", *STAFF}),
        ("volunteer", {"portal:my"}),
        ("lead", {"portal:my"}),
        ("contact", {"portal:my"}),
        ("stranger", {"portal:my"}),
    ],
)
def test_a_page_that_is_not_for_this_role_is_not_there(client, personas, who, seen):
    client.force_login(personas[who], backend="django.contrib.auth.backends.ModelBackend")
    for name in [*PUBLIC, "portal:my", *STAFF, *CENTRE]:
        expected = 200 if name in seen or name in PUBLIC else 404
        assert client.get(reverse(name)).status_code == expected, name


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_are_open_to_strangers(client, name):
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["portal:my", *STAFF, *CENTRE])
def test_other_pages_ask_strangers_to_sign_in(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert reverse("account_login") in response.url


@pytest.mark.parametrize("language", ["zh-hans", "en", "zh-hant"])
@pytest.mark.parametrize("who", ["centre", "worker", "volunteer", "lead", "contact", "stranger"])
def test_every_page_says_something_in_every_language(client, personas, who, language):
    client.cookies["django_language"] = language
    user = personas[who]
    User.objects.filter(pk=user.pk).update(language=language)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for name in ["portal:home", "portal:my"]:
        assert len(client.get(reverse(name)).content) > 2000


def test_home_stands_on_an_empty_database(client):
    """The first start, before the demo district: not even divisions."""
    RuleSet.objects.all().delete()
    Division.objects.filter(level="neighbourhood").delete()
    Division.objects.filter(level="subdistrict").delete()
    Division.objects.all().delete()
    response = client.get("/")
    assert response.status_code == 200
    assert len(response.content) > 2000


# --- what home shows


def test_home_shows_needs_without_a_word_about_the_household(client, make_household, make_request):
    home = make_household(alias="陈奶奶", address="秘密路 7 号")
    make_request(household=home, title="陪去医院", headcount=2)
    page = client.get("/").content.decode()
    assert "陪去医院" in page
    for secret in ("陈奶奶", "秘密路", home.division.name, home.contact_name):
        assert secret not in page
    assert home.division.parent.name in page


def test_home_shows_neither_full_activities_nor_past_needs(client, make_shift, make_activity, make_request):
    make_shift(make_activity(title="客满的活动"), places=1, taken=1)
    make_shift(make_activity(title="有位的活动"), places=2, taken=1)
    make_request(title="过去的需求", starts_at=timezone.now() - timedelta(days=1))
    page = client.get("/").content.decode()
    assert "有位的活动" in page
    assert "客满的活动" not in page
    assert "过去的需求" not in page


def test_home_keeps_quiet_about_a_household_where_a_person_confirms_first(
    client, make_household, make_request
):
    make_request(household=make_household(is_sensitive=True), title="敏感的需求")
    assert "敏感的需求" not in client.get("/").content.decode()


def tally(volunteer, minutes, period="month"):
    Tally.objects.create(
        subject_kind=Tally.Subject.VOLUNTEER,
        subject_id=volunteer.pk,
        division_code=volunteer.home_division_id,
        period=period,
        period_starts_on=period_start(period, timezone.localdate()),
        minutes=minutes,
        services=1,
    )


def test_home_names_only_those_who_agreed(client, make_volunteer):
    tally(make_volunteer("愿公开", publishes_name=True), 600)
    tally(make_volunteer("不公开"), 300)
    page = client.get("/").content.decode()
    assert "愿公开" in page
    assert "不公开" not in page


def test_home_costs_the_same_however_much_there_is(
    client, make_request, make_shift, make_volunteer, count_queries
):
    few = count_queries(lambda: client.get("/"))
    for _ in range(7):
        make_request()
        make_shift()
        tally(make_volunteer(), 60)
    some = count_queries(lambda: client.get("/"))
    for _ in range(7):
        make_request()
        make_shift()
        tally(make_volunteer(), 60)
    assert count_queries(lambda: client.get("/")) == some
    assert some <= few + 4


# --- my page


def test_a_volunteer_sees_the_next_step_first(signed_in, volunteer, make_request, make_shift):
    need = make_request(title="修电灯")
    now = timezone.now()
    Offer.objects.create(
        request=need,
        volunteer=volunteer,
        score=1,
        probability=0.5,
        model_version="t",
        sent_at=now,
        answer_by=now,
    )
    SignUp.objects.create(shift=make_shift(), volunteer=volunteer)
    for period, minutes in (("month", 90), ("year", 600), ("all", 110 * 60)):
        tally(volunteer, minutes, period)
    page = signed_in(volunteer.user).get("/my/").content.decode()
    assert page.index("修电灯") < page.index("清洁家园")
    assert "110" in page


def test_an_applied_volunteer_reads_what_is_missing(signed_in, make_volunteer):
    volunteer = make_volunteer(
        status=Volunteer.Status.APPLIED, skills=["09"], licensed=False, slots=0, born_on=None
    )
    User.objects.filter(pk=volunteer.user_id).update(language="en")
    page = signed_in(volunteer.user).get("/my/").content.decode()
    for word in ("waits for the centre", "Your free times", "Your licence", "Your date of birth"):
        assert word in page


def test_a_lead_sees_the_load_of_the_studio(signed_in, studio_lead, studio, make_request, volunteer):
    need = make_request()
    offer = Offer.objects.create(
        request=need, studio=studio, score=1, probability=0.5, model_version="t", sent_at=timezone.now(),
        answer_by=timezone.now(), status=Offer.Status.ACCEPTED,
    )  # fmt: skip
    Assignment.objects.create(request=need, offer=offer, volunteer=volunteer, studio=studio)
    page = signed_in(studio_lead).get("/my/").content.decode()
    assert studio.name in page


def test_a_contact_sees_the_household(signed_in, household, household_contact, make_request):
    make_request()
    assert household.alias in signed_in(household_contact).get("/my/").content.decode()


# --- the desk


@pytest.fixture
def busy(make_request, make_volunteer):
    """Needs of every state, each with somebody asked and somebody who goes."""

    def make(count):
        now = timezone.now()
        for number in range(count):
            for status in ServiceRequest.Status.values:
                need = make_request(title=f"{status} {number}", status=status)
                offer = Offer.objects.create(
                    request=need, volunteer=make_volunteer(), score=1, probability=0.5, model_version="t",
                    reasons=[{"code": "near", "metres": 500}], sent_at=now, answer_by=now + timedelta(hours=1),
                )  # fmt: skip
                Assignment.objects.create(
                    request=need, offer=offer, volunteer=make_volunteer(), status=Assignment.Status.DONE,
                    checked_in_at=now, checked_out_at=now,
                )  # fmt: skip

    return make


def test_the_desk_costs_the_same_for_forty_needs_as_for_seven(signed_in, worker, busy, count_queries):
    client = signed_in(worker)
    busy(1)
    few = count_queries(lambda: client.get("/desk/"))
    busy(7)
    assert count_queries(lambda: client.get("/desk/")) == few


def test_the_desk_shows_what_waits_first_and_nothing_of_other_neighbourhoods(
    signed_in, worker, make_request, make_household, other_division
):
    make_request(title="等人的", status=ServiceRequest.Status.OPEN)
    make_request(title="退回的", status=ServiceRequest.Status.RETURNED)
    make_request(title="别处的", household=make_household(division=other_division))
    page = signed_in(worker).get("/desk/").content.decode()
    assert page.index("退回的") < page.index("等人的")
    assert "别处的" not in page


def test_the_desk_filters_and_ignores_what_it_does_not_know(signed_in, worker, make_request):
    make_request(title="等人的")
    make_request(title="有人的", status=ServiceRequest.Status.STAFFED)
    page = signed_in(worker).get("/desk/?status=staffed&division=310105001001&sort=time").content.decode()
    assert "有人的" in page
    assert "等人的" not in page
    for query in ("status='&division=%27", "page=9999", "page=x", "sort=;"):
        assert signed_in(worker).get(f"/desk/?{query}").status_code == 200


def test_a_sensitive_case_with_proposals_waits_for_the_worker(signed_in, worker, make_request, volunteer):
    need = make_request(title="敏感的")
    now = timezone.now()
    Offer.objects.create(
        request=need, volunteer=volunteer, score=1, probability=0.5, model_version="t", sent_at=now, answer_by=now,
        status=Offer.Status.PROPOSED,
    )  # fmt: skip
    page = signed_in(worker).get("/desk/").content.decode()
    assert page.count("敏感的") == 2


# --- the centre


def test_one_click_verifies_and_a_second_one_is_friendly(signed_in, centre_user, make_volunteer):
    volunteer = make_volunteer(status=Volunteer.Status.APPLIED)
    client = signed_in(centre_user)
    address = reverse("portal:verify_one", args=["volunteers", volunteer.pk])
    assert client.get(address).status_code == 405
    for _ in range(2):
        assert client.post(address, follow=True).status_code == 200
    volunteer.refresh_from_db()
    assert volunteer.status == Volunteer.Status.VERIFIED


@pytest.mark.parametrize("kind", ["volunteers", "studios", "licences", "credentials", "activities"])
def test_everything_that_waits_is_listed_and_gets_its_yes(
    signed_in, centre_user, make_volunteer, make_studio, make_activity, kind
):
    volunteer = make_volunteer(status=Volunteer.Status.APPLIED, licensed=False)
    volunteer.skills.update(licence_name="证", licence_valid_until=timezone.localdate() + timedelta(days=9))
    studio = make_studio(status=Studio.Status.APPLIED)
    studio.credentials.update(is_checked=False)
    activity = make_activity(status="review")
    activity.shifts.create(starts_at=activity.starts_at, ends_at=activity.ends_at, places=3)
    rows = {
        "volunteers": volunteer.pk, "studios": studio.pk, "licences": volunteer.skills.get().pk,
        "credentials": studio.credentials.get().pk, "activities": activity.pk,
    }  # fmt: skip
    client = signed_in(centre_user)
    before = client.get(f"/centre/verify/?show={kind}")
    assert before.context["counts"][kind] == 1
    client.post(reverse("portal:verify_one", args=[kind, rows[kind]]))
    assert client.get("/centre/verify/").context["counts"][kind] == 0


def test_nobody_is_verified_from_outside_the_district(signed_in, worker, centre_user, make_volunteer):
    volunteer = make_volunteer(status=Volunteer.Status.APPLIED)
    address = reverse("portal:verify_one", args=["volunteers", volunteer.pk])
    assert signed_in(worker).post(address).status_code == 404
    assert signed_in(centre_user).post(reverse("portal:verify_one", args=["users", 1])).status_code == 404
    volunteer.refresh_from_db()
    assert volunteer.status == Volunteer.Status.APPLIED


def test_the_pages_of_the_centre_cost_the_same_however_much_waits(
    signed_in, centre_user, make_volunteer, make_studio, busy, count_queries, household
):
    client = signed_in(centre_user)

    def fill(count):
        for _ in range(count):
            make_volunteer(status=Volunteer.Status.APPLIED)
            make_studio(status=Studio.Status.APPLIED, members=0)
            open_sealed(household, ["address"], by=centre_user, purpose=Purpose.SUPERVISE)
        busy(count)

    pages = ["/centre/", "/centre/verify/?show=volunteers", "/centre/verify/?show=studios", "/centre/overdue/",
             "/centre/readings/", "/centre/import/"]  # fmt: skip
    fill(1)
    few = {page: count_queries(lambda page=page: client.get(page)) for page in pages}
    fill(4)
    assert {page: count_queries(lambda page=page: client.get(page)) for page in pages} == few


def test_the_log_names_reader_household_fields_and_reason(signed_in, centre_user, household, worker):
    open_sealed(household, ["address", "phone"], by=worker, purpose=Purpose.POST_NEED)
    User.objects.filter(pk=centre_user.pk).update(language="en")
    page = signed_in(centre_user).get("/centre/readings/?purpose=post-need").content.decode()
    for word in (worker.name, household.alias, "address, telephone number", "to post a need"):
        assert word in page


# --- search


def test_search_gives_the_whole_page_and_the_fragment(client, activity):
    call_command("reindex", verbosity=0)
    whole = client.get("/search/?q=清洁").content.decode()
    assert "<mark>清洁</mark>家园" in whole
    assert "<html" in whole
    part = client.get("/search/?q=清洁", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="results").content.decode()
    assert "<mark>清洁</mark>家园" in part
    assert "<html" not in part


@pytest.mark.parametrize(
    "typed", ["'", "\\", "%00", "😀", "x" * 10_000, "<script>alert(1)</script>", "修" * 5000]
)
def test_search_takes_anything(client, activity, typed):
    response = client.get("/search/", {"q": typed, "kind": typed, "page": typed})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
