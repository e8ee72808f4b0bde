"""Registering in steps: nothing typed is lost, and the last button counts once."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from accounts.models import Household, Studio, Volunteer

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def rows(prefix, *lines):
    typed = {f"{prefix}-TOTAL_FORMS": str(len(lines)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, line in enumerate(lines):
        typed |= {f"{prefix}-{number}-{name}": value for name, value in line.items()}
    return typed


ABOUT = {"born_on": "1980-05-06", "sex": "2", "place": "310105001001", "speaks": "上海话"}
SKILLS = {
    **rows("skills", {"skill": "09", "level": "3"}, {"skill": "", "level": "2"}),
    "categories": ["0001"],
}
TIMES = {"slots": ["1", "24"], "radius_m": "2000", "accepts_pushes": "on", "agrees": "on"}


def step(name, kind="volunteer"):
    return reverse(f"accounts:{kind}_register", args=[name])


def send(client, name, typed, kind="volunteer", act="next"):
    return client.post(step(name, kind), {**typed, "act": act})


@pytest.fixture
def client(client, stranger):
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    return client


def walk_to_review(client):
    for name, typed in (("about", ABOUT), ("skills", SKILLS), ("times", TIMES)):
        answer = send(client, name, typed)
        assert answer.status_code == 302, answer.context["form"].errors
    assert answer.url == step("review")
    return client.get(answer.url)


def test_a_stranger_walks_through_and_is_a_volunteer_who_has_applied(client, stranger):
    page = walk_to_review(client)
    answer = client.post(step("review"), {"submission_key": page.context["submission_key"]})
    volunteer = Volunteer.objects.get(user=stranger)
    assert answer.url == reverse("accounts:volunteer", args=[volunteer.pk])
    assert volunteer.status == Volunteer.Status.APPLIED
    assert (volunteer.slots, volunteer.radius_m, volunteer.categories) == (1 | 1 << 23, 2000, ["0001"])
    assert [row.skill for row in volunteer.skills.all()] == ["09"]


def test_the_review_shows_what_was_typed_in_words(client):
    text = walk_to_review(client).content.decode()
    assert "上海话" in text
    assert "310105001001" not in text


def test_pressing_the_last_button_twice_makes_one_volunteer_and_leads_to_it(client):
    key = walk_to_review(client).context["submission_key"]
    first = client.post(step("review"), {"submission_key": key})
    second = client.post(step("review"), {"submission_key": key}, follow=True)
    assert second.redirect_chain[0][0] == first.url
    assert Volunteer.objects.count() == 1


def test_a_wrong_step_keeps_everything_and_says_what_is_wrong(client):
    answer = send(client, "about", {**ABOUT, "born_on": "", "speaks": "闽南话"})
    assert answer.status_code == 200
    assert "born_on" in answer.context["form"].errors
    assert 'value="闽南话"' in answer.content.decode()
    assert 'value="闽南话"' in client.get(step("about")).content.decode(), "kept although it was wrong"


def test_leaving_and_coming_back_finds_what_was_typed(client):
    send(client, "about", ABOUT)
    client.get("/")
    assert 'value="1980-05-06"' in client.get(step("about")).content.decode()


def test_a_change_is_kept_without_any_button(client):
    answer = client.post(step("about") + "?keep", {"speaks": "粤语"})
    assert answer.status_code == 204
    assert 'value="粤语"' in client.get(step("about")).content.decode()


def test_going_back_keeps_the_half_typed_step(client):
    send(client, "about", ABOUT)
    half = {**rows("skills", {"skill": "09", "level": "1", "licence_name": "电工证"})}
    answer = send(client, "skills", half, act="back")
    assert answer.url == step("about")
    assert 'value="电工证"' in client.get(step("skills")).content.decode()


def test_another_line_is_added_to_what_was_typed(client):
    answer = client.post(
        step("skills"), {**rows("skills", {"skill": "09", "level": "1"}), "act": "more-skills"}
    )
    form = client.get(answer.url).context["form"]
    assert len(form.rows.forms) == 2
    assert form.rows.forms[0]["skill"].value() == "09"
    assert str(form.rows.forms[1]["level"].value()) == "2"


def test_a_licence_without_its_day_is_asked_for(client):
    answer = send(client, "skills", rows("skills", {"skill": "09", "level": "1", "licence_name": "电工证"}))
    assert "licence_valid_until" in answer.context["form"].rows.forms[0].errors


def test_the_review_sends_back_to_the_first_step_that_is_not_complete(client):
    send(client, "times", TIMES)
    assert client.get(step("review")).url == step("about")


def test_a_rule_that_refuses_is_told_on_the_review_and_loses_nothing(client):
    young = (TODAY - timedelta(days=365 * 15)).isoformat()
    send(client, "about", {**ABOUT, "born_on": young})
    send(client, "skills", SKILLS)
    send(client, "times", TIMES)
    key = client.get(step("review")).context["submission_key"]
    answer = client.post(step("review"), {"submission_key": key})
    assert answer.context["refusal"].code == "guardian_consent_missing"
    assert f'value="{young}"' in client.get(step("about")).content.decode()
    send(client, "about", {**ABOUT, "born_on": young, "has_guardian_consent": "on"})
    assert client.post(step("review"), {"submission_key": key}).status_code == 302


@pytest.mark.parametrize("key", ["", "not-a-key"])
def test_a_forged_last_button_does_nothing(client, key):
    walk_to_review(client)
    assert client.post(step("review"), {"submission_key": key}).status_code == 404
    assert Volunteer.objects.count() == 0


def test_an_unknown_step_does_not_exist(client):
    assert client.get(step("elsewhere")).status_code == 404


@pytest.mark.parametrize("total", ["", "-3", "99999", "x"])
def test_an_absurd_number_of_lines_is_refused_without_harm(client, total):
    typed = {**SKILLS, "skills-TOTAL_FORMS": total}
    assert send(client, "skills", typed).status_code in (200, 302)


def test_who_is_a_volunteer_already_is_led_to_the_record(signed_in, volunteer):
    answer = signed_in(volunteer.user).get(step("about"))
    assert answer.url == reverse("accounts:volunteer", args=[volunteer.pk])


def test_the_neighbourhood_can_be_chosen_without_the_script(client):
    page = client.get(step("about")).content.decode()
    assert page.count("<optgroup") == 10
    shorter = client.get(reverse("accounts:neighbourhoods"), {"subdistrict": "310105001"}).content.decode()
    assert shorter.count("<optgroup") == 1
    assert "310105001001" in shorter


def test_a_studio_is_registered_in_steps(client, stranger):
    typed = {
        "about": {"name": "巧手工作室", "place": "310105001001", "about": "修理"},
        "services": rows("services", {"name": "修电器", "category": "0001", "skill": "09"}),
        "licences": rows(
            "credentials",
            {"name": "电工证", "skill": "09", "valid_until": (TODAY + timedelta(days=9)).isoformat()},
        ),
        "hours": {"slots": ["1"], "weekly_capacity": "3", "radius_m": "5000"},
    }
    for name, fields in typed.items():
        assert send(client, name, fields, "studio").status_code == 302
    key = client.get(step("review", "studio")).context["submission_key"]
    client.post(step("review", "studio"), {"submission_key": key})
    studio = Studio.objects.get(lead=stranger)
    assert (studio.name, studio.services.count(), studio.credentials.count()) == ("巧手工作室", 1, 1)


def test_a_household_is_registered_in_steps_and_its_draft_is_sealed_in_the_session(signed_in, worker):
    client = signed_in(worker)
    typed = {
        "case": {"alias": "陈阿婆", "place": "310105001001", "people_served": ["03"]},
        "members": rows("members", {"relation": "head", "birth_year": "1940"}),
        "contact": {"contact_name": "家属辰", "phone": "021-1000 0000", "address": "秘密路 9 弄 8 号"},
        "care": {"health": "糖尿病", "consent_by": "family", "consent_on": TODAY.isoformat()},
    }
    for name, fields in typed.items():
        assert send(client, name, fields, "household").status_code == 302
    draft = Session.objects.get(session_key=client.session.session_key).get_decoded()["draft.household"]
    assert "秘密路" not in draft
    assert "糖尿病" not in draft
    page = client.get(step("review", "household"))
    assert "秘密路 9 弄 8 号" in page.content.decode()
    client.post(step("review", "household"), {"submission_key": page.context["submission_key"]})
    household = Household.objects.get()
    assert household.registered_by == worker
    assert "draft.household" not in client.session


def test_a_draft_does_not_open_for_another_person_on_the_same_machine(signed_in, worker, centre_user):
    client = signed_in(worker)
    send(client, "case", {"alias": "万家三口", "place": "310105001001"}, "household")
    kept = client.session["draft.household"]
    client = signed_in(centre_user)
    session = client.session
    session["draft.household"] = kept
    session.save()
    assert "万家三口" not in client.get(step("case", "household")).content.decode()
