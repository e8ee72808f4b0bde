"""A person asks for a correction of the own record and reads the answer (Order 67, Art 12 and 13)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Correction, StaffRole
from accounts.services import answer_correction, ask_for_correction
from core.errors import DomainError
from core.states import history

pytestmark = pytest.mark.django_db
LIST = "accounts:corrections"


@pytest.fixture
def asked(volunteer):
    return ask_for_correction(
        volunteer=volunteer, text="出生日期错了", submission_key=None, by=volunteer.user
    )


def answer_address(correction):
    return reverse("accounts:correction_answer", args=[correction.pk])


def test_a_correction_is_asked_for_once_and_answered_once(volunteer, centre_user):
    key = "6a6f0f0e-93a4-4a51-a0b7-0d5f3c1b2a3d"
    for _sending in range(2):
        asked = ask_for_correction(
            volunteer=volunteer, text="出生日期错了", submission_key=key, by=volunteer.user
        )
    assert volunteer.corrections.count() == 1
    answered = answer_correction(correction=asked, answer="已更正", is_corrected=True, by=centre_user)
    assert (answered.answer, answered.answered_by, answered.status) == ("已更正", centre_user, "corrected")
    assert history(asked).get().by == centre_user
    with pytest.raises(DomainError) as refusal:
        answer_correction(correction=asked, answer="又一次", is_corrected=False, by=centre_user)
    assert refusal.value.code == "already_answered"


def test_a_refusal_needs_its_reason(asked, centre_user):
    with pytest.raises(DomainError) as refusal:
        answer_correction(correction=asked, answer="  ", is_corrected=False, by=centre_user)
    assert refusal.value.code == "reason_missing"


def test_nobody_answers_the_own_question(signed_in, volunteer, asked, district):
    StaffRole.objects.create(user=volunteer.user, kind=StaffRole.Kind.CENTRE_STAFF, division=district)
    with pytest.raises(DomainError) as refusal:
        answer_correction(correction=asked, answer="好", is_corrected=True, by=volunteer.user)
    assert refusal.value.code == "own_record"
    client = signed_in(volunteer.user)
    assert client.post(answer_address(asked), {"answer": "好", "act": "corrected"}).status_code == 404
    assert answer_address(asked) not in client.get(reverse(LIST)).content.decode()


def test_the_database_holds_who_answered_and_when(asked):
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.filter(pk=asked.pk).update(status="corrected")


def test_the_whole_way_of_a_correction_over_the_pages(signed_in, volunteer, centre_user):
    client = signed_in(volunteer.user)
    page = client.get(reverse("accounts:volunteer", args=[volunteer.pk]))
    key = page.context["question"].initial["submission_key"]
    client.post(reverse("accounts:correction_ask"), {"text": "名字写错了", "submission_key": key})
    asked = volunteer.corrections.get()
    client = signed_in(centre_user)
    assert "名字写错了" in client.get(reverse(LIST)).content.decode()
    typed = {"answer": "身份证上就是这样写的", "act": "kept", "back": "list"}
    assert client.post(answer_address(asked), typed).url == reverse(LIST)
    assert "名字写错了" not in client.get(reverse(LIST)).content.decode()
    page = signed_in(volunteer.user).get(reverse("accounts:volunteer", args=[volunteer.pk])).content.decode()
    assert "身份证上就是这样写的" in page
    assert str(Correction.Status.KEPT.label) in page


@pytest.mark.parametrize("typed", [{"answer": "", "act": "kept"}, {"answer": "好"}, {}])
def test_an_answer_without_words_or_choice_changes_nothing(signed_in, asked, centre_user, typed):
    assert signed_in(centre_user).post(answer_address(asked), typed).status_code == 302
    asked.refresh_from_db()
    assert asked.status == Correction.Status.ASKED


def test_a_worker_sees_those_of_the_division_and_leaves_the_answer_to_the_centre(
    signed_in, asked, worker, other_worker
):
    page = signed_in(worker).get(reverse(LIST)).content.decode()
    assert asked.text in page
    assert answer_address(asked) not in page
    assert signed_in(worker).post(answer_address(asked), {"answer": "好", "act": "kept"}).status_code == 404
    assert asked.text not in signed_in(other_worker).get(reverse(LIST)).content.decode()


def test_both_desks_count_what_waits(signed_in, asked, worker, centre_user):
    for person, desk in ((worker, "portal:desk"), (centre_user, "portal:centre")):
        page = signed_in(person).get(reverse(desk)).content.decode()
        entry = page[page.index(f'href="{reverse(LIST)}"') :].split("</a>")[0]
        assert '<span class="count">1</span>' in entry


def test_the_list_asks_as_many_questions_for_many_as_for_one(signed_in, make_volunteer, centre_user):
    def ask(count):
        for _number in range(count):
            one = make_volunteer()
            ask_for_correction(volunteer=one, text="错了", submission_key=None, by=one.user)

    def questions(client):
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(LIST))
        return len(asked)

    client = signed_in(centre_user)
    ask(1)
    client.get(reverse(LIST))
    few = questions(client)
    ask(6)
    assert questions(client) == few
