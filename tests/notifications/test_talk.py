"""Conversations: who reads them, what may be sent, when they close; never a phone number."""

import io
import threading
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from core.errors import DomainError
from core.models import SensitiveReading
from core.pictures import SIDE, drawn_anew
from matching.models import Assignment, Offer
from notifications import topics
from notifications.models import Listening, Notification, Pulse, Report, Said, Thread
from notifications.talk import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def assignment(make_request, volunteer):
    request, now = make_request(), timezone.now()
    offer = Offer.objects.create(
        request=request,
        volunteer=volunteer,
        score=1,
        probability=1,
        model_version="",
        sent_at=now,
        answer_by=now,
        status=Offer.Status.ACCEPTED,
    )
    return Assignment.objects.create(request=request, offer=offer, volunteer=volunteer)


@pytest.fixture
def thread(assignment):
    return Thread.objects.create(assignment=assignment)


def say(thread, by, words="我十点到", **more):
    return services.say(
        thread=thread, words=words, by=by, submission_key=more.pop("key", uuid.uuid4()), **more
    )


def image(kind="JPEG", size=(300, 200), **options):
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, kind, **options)
    made.seek(0)
    return made


def refused(code, act):
    with pytest.raises(DomainError) as refusal:
        act()
    assert refusal.value.code == code


def test_those_who_take_part_and_the_worker_talk_and_nobody_else(
    thread, volunteer, worker, household_contact, other_worker, other_volunteer, centre_user, stranger, client
):
    page = reverse("talk:thread", args=[thread.pk])
    for user in (volunteer.user, worker, household_contact):
        client.force_login(user)
        assert client.get(page).status_code == 200
    for user in (other_worker, other_volunteer.user, centre_user, stranger):
        client.force_login(user)
        for method in (client.get, client.post):
            assert method(page).status_code == 404
        assert topics.permitted(user, [topics.talk(thread.pk)]) == set()
    assert topics.permitted(worker, [topics.talk(thread.pk)]) == {topics.talk(thread.pk)}


def test_an_activity_is_talked_about_by_who_signed_up_and_who_organises(
    make_activity, make_shift, volunteer, worker, stranger, client
):
    shift = make_shift(make_activity())
    shift.sign_ups.create(volunteer=volunteer)
    link = reverse("talk:of_activity", args=[shift.activity_id])
    for user in (volunteer.user, worker):
        client.force_login(user)
        assert client.get(link, follow=True).status_code == 200
    client.force_login(stranger)
    assert client.get(link).status_code == 404
    shift.sign_ups.update(status="cancelled")
    client.force_login(volunteer.user)
    assert client.get(link).status_code == 404
    assert Thread.objects.count() == 1


def test_what_is_said_is_sealed_told_once_and_shows_no_phone_number(thread, volunteer, worker, client):
    volunteer.user.phone = "+8610000000077"
    volunteer.user.save()
    first = say(thread, volunteer.user, "门铃坏了")
    say(thread, volunteer.user, "请敲门")
    assert "门铃坏了".encode() not in bytes(first.words)
    told = Notification.objects.filter(user=worker, kind="said")
    assert told.count() == 1  # once until it is read
    assert not Notification.objects.filter(user=volunteer.user, kind="said").exists()
    assert Pulse.objects.filter(topics__contains=[topics.talk(thread.pk)]).count() == 2
    client.force_login(worker)
    text = client.get(reverse("talk:thread", args=[thread.pk])).content.decode()
    assert "门铃坏了" in text
    assert "10000000077" not in text
    assert told.get().read_at is not None  # seen on the page
    say(thread, volunteer.user, "到了")
    assert told.count() == 2


def test_the_same_form_twice_says_it_once(thread, volunteer):
    key = uuid.uuid4()
    assert say(thread, volunteer.user, key=key) == say(thread, volunteer.user, key=key)
    assert Said.objects.count() == 1


def test_who_does_not_want_to_be_told_is_not_told_and_reads_all_the_same(thread, volunteer, worker, client):
    client.force_login(worker)
    client.post(reverse("talk:mute", args=[thread.pk]), {"muted": "1"})
    say(thread, volunteer.user)
    assert not Notification.objects.filter(user=worker).exists()
    assert "我十点到" in client.get(reverse("talk:thread", args=[thread.pk])).content.decode()


def test_reading_is_remembered_and_never_goes_back(thread, volunteer, worker, client):
    first, second = say(thread, volunteer.user), say(thread, volunteer.user)
    client.force_login(worker)
    page = client.get(reverse("talk:threads"))
    assert [row.unread for row in page.context["page"]] == [2]
    client.get(reverse("talk:thread", args=[thread.pk]))
    assert [row.unread for row in client.get(reverse("talk:threads")).context["page"]] == [0]
    services.read(thread=thread, up_to=first.pk, by=worker)
    assert Listening.objects.get(user=worker).read_up_to == second.pk


def test_a_conversation_closes_a_while_after_the_service(thread, volunteer, worker, client):
    request = thread.assignment.request
    request.starts_at, request.ends_at = (timezone.now() - timedelta(days=days) for days in (8, 7.5))
    request.save()
    refused("closed", lambda: say(Thread.objects.get(pk=thread.pk), volunteer.user))
    client.force_login(worker)
    assert "<textarea" not in client.get(reverse("talk:thread", args=[thread.pk])).content.decode()


def test_limits_hold(thread, volunteer):
    refused("nothing_said", lambda: say(thread, volunteer.user, "  "))
    for _ in range(services.IN_A_MINUTE):
        say(thread, volunteer.user)
    refused("too_fast", lambda: say(thread, volunteer.user))


def test_a_picture_is_drawn_anew_without_what_else_was_in_it(thread, volunteer, worker, other_worker, client):
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    file = image(size=(2400, 1200), exif=exif)
    file.seek(0, io.SEEK_END)
    file.write(b"<script>alert(1)</script>")
    file.seek(0)
    client.force_login(volunteer.user)
    upload = SimpleUploadedFile("x.exe", file.read(), "application/octet-stream")
    sent = {"words": "", "picture": upload, "submission_key": str(uuid.uuid4())}
    assert client.post(reverse("talk:thread", args=[thread.pk]), sent).status_code == 302
    link = reverse("talk:picture", args=[Said.objects.get().pk])
    client.force_login(worker)
    answer = client.get(link)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert b"secret" not in answer.content
    assert b"script" not in answer.content
    assert Image.open(io.BytesIO(answer.content)).size == (SIDE, SIDE // 2)
    client.force_login(other_worker)
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\x00", b"%PDF-1.7 ...", b"<svg onload='x'/>", b"\xff\xd8\xff\xe0 cut"]
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(content):
    refused("not_a_picture", lambda: drawn_anew(io.BytesIO(content), len(content), most_megabytes=8))


def test_other_kinds_and_huge_pictures_are_refused():
    refused("not_a_picture", lambda: drawn_anew(image("GIF"), 10, most_megabytes=8))
    refused("picture_too_large", lambda: drawn_anew(image(), 9 * 1024 * 1024, most_megabytes=8))
    refused("not_a_picture", lambda: drawn_anew(image("PNG", size=(9000, 9000)), 10, most_megabytes=8))
    assert drawn_anew(image("WEBP"), 10, most_megabytes=8)[:2] == b"\xff\xd8"


def test_a_report_is_decided_by_staff_of_the_division_and_the_reading_is_logged(
    thread, volunteer, worker, household_contact, other_worker, client
):
    said = say(thread, volunteer.user, "不好听的话")
    refused("own_words", lambda: services.report(said=said, reason="x", by=volunteer.user))
    client.force_login(household_contact)
    for _ in range(2):
        client.post(reverse("talk:report", args=[said.pk]), {"reason": "骂人"})
    report = Report.objects.get()
    decide = reverse("talk:decide", args=[report.pk])
    client.force_login(other_worker)
    assert client.get(decide).status_code == 404
    client.force_login(volunteer.user)
    assert client.get(decide).status_code == client.get(reverse("talk:reports")).status_code == 404
    client.force_login(worker)
    assert client.get(reverse("talk:reports")).status_code == 200
    assert "不好听的话" in client.get(decide).content.decode()
    assert SensitiveReading.objects.filter(reader=worker, subject_kind="notifications.said").count() == 1
    client.post(decide, {"decision": "take-down"})
    client.post(decide, {"decision": "leave"})  # too late
    assert Report.objects.get().was_right
    client.force_login(household_contact)
    assert "不好听的话" not in client.get(reverse("talk:thread", args=[thread.pk])).content.decode()


def test_pages_take_as_many_queries_for_many_as_for_few(
    thread, volunteer, worker, client, django_assert_max_num_queries
):
    client.force_login(worker)
    say(thread, volunteer.user)
    page = reverse("talk:thread", args=[thread.pk])
    for _ in range(2):
        client.get(page)  # what is first read is noted
    for _ in range(9):
        say(thread, worker)
    for link, most in ((page, 16), (reverse("talk:threads"), 9)):
        with django_assert_max_num_queries(most):
            client.get(link)


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_double_click_in_two_requests_says_it_once(thread, volunteer):
    key, start = uuid.uuid4(), threading.Barrier(4)

    def click():
        start.wait(10)
        say(thread, volunteer.user, key=key)
        connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert Said.objects.count() == 1
