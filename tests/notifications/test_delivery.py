import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from matching.models import Offer
from notifications import tasks
from notifications.attempts import ATTEMPTS
from notifications.catalogue import CALM, Channel
from notifications.models import Delivery, Notification, Pulse
from notifications.services import mark_read, pulse, tell
from tests.notifications.telling import deliver_all, say

pytestmark = pytest.mark.django_db
STATE = Delivery.State


@pytest.fixture
def offer(make_request, volunteer):
    request = make_request(title="修灯")
    now = timezone.now()
    return Offer.objects.create(
        request=request,
        volunteer=volunteer,
        score=1,
        probability=0.5,
        model_version="test",
        sent_at=now,
        answer_by=now + timedelta(hours=2),
    )


def offered(offer):
    params = {
        "offer": offer.pk,
        "title": offer.request.title,
        "starts_at": offer.request.starts_at.isoformat(),
        "ends_at": offer.request.ends_at.isoformat(),
        "answer_by": offer.answer_by.isoformat(),
    }
    return say(offer.volunteer.user, kind="offer", params=params)


def by_mail():
    return Delivery.objects.get(channel=Channel.EMAIL)


def make_due(by=timedelta(seconds=6)):
    Delivery.objects.filter(state=STATE.WAITING).update(due_at=timezone.now() - by)


def test_an_urgent_message_is_mailed_at_once_in_the_readers_language(offer):
    offer.volunteer.user.language = "en"
    offer.volunteer.user.save()
    offered(offer)
    deliver_all()
    (sent,) = mail.outbox
    assert sent.subject.startswith("Can you help? 修灯, ")
    assert sent.to == [offer.volunteer.user.email]
    assert "See and answer" in sent.body
    html, kind = sent.alternatives[0]
    assert kind == "text/html"
    assert 'lang="en"' in html
    assert by_mail().state == STATE.SENT


def test_a_mail_says_the_date_because_today_passes(offer):
    offer.volunteer.user.language = "en"
    offer.volunteer.user.save()
    offered(offer)
    deliver_all()
    assert "Tomorrow" not in mail.outbox[0].subject
    assert re.search(r"\d{1,2} [A-Z][a-z]{2}.* \d\d:\d\d–\d\d:\d\d", mail.outbox[0].subject)


def test_a_mail_links_to_the_message_and_carries_an_idempotency_key(offer, settings):
    settings.SITE_URL = "https://ningju.example"
    told = offered(offer)
    deliver_all()
    sent = mail.outbox[0]
    assert f"https://ningju.example/inbox/{told.pk}/" in sent.body
    assert sent.extra_headers["Message-ID"] == f"<delivery-{by_mail().pk}@ningju.example>"


def test_a_calm_message_waits_to_be_read_before_it_is_mailed(stranger):
    told = say(stranger, kind="studio-verified", params={"studio": "甲"})
    deliver_all()
    assert mail.outbox == []
    assert by_mail().due_at == pytest.approx(timezone.now() + CALM, abs=timedelta(seconds=5))
    mark_read(notification=told, by=stranger)
    make_due()
    tasks.sweep()
    assert mail.outbox == []
    assert by_mail().state == STATE.OBSOLETE


def test_a_calm_message_that_nobody_read_is_mailed_by_the_sweep(stranger):
    say(stranger, kind="studio-verified", params={"studio": "甲"})
    make_due()
    tasks.sweep()
    tasks.sweep()
    assert len(mail.outbox) == 1


def test_an_offer_that_is_taken_is_not_mailed_any_more(offer):
    offered(offer)
    Offer.objects.update(status=Offer.Status.TAKEN)
    deliver_all()
    assert mail.outbox == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {STATE.OBSOLETE}
    assert Notification.objects.count() == 1  # the inbox keeps it


def test_delivering_twice_sends_once(offer):
    told = offered(offer)
    tasks.deliver(told.pk)
    tasks.deliver(told.pk)
    tasks.sweep()
    assert len(mail.outbox) == 1
    assert set(Delivery.objects.values_list("state", "attempts")) == {(STATE.SENT, 1)}


def test_a_message_for_later_is_sent_later(stranger):
    say(stranger, kind="offer-withdrawn", due_at=timezone.now() + timedelta(hours=1))
    make_due(by=timedelta(hours=-1))
    deliver_all()
    tasks.sweep()
    assert Delivery.objects.get().state == STATE.WAITING
    make_due()
    tasks.sweep()
    assert Delivery.objects.get().state == STATE.SENT


def test_the_sweep_leaves_alone_what_a_task_may_be_doing(stranger):
    say(stranger)
    tasks.sweep()
    assert Delivery.objects.get().state == STATE.WAITING


def test_a_mail_server_that_refuses_is_tried_again_with_growing_pauses_and_given_up(offer, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    offered(offer)
    pauses = []
    for _ in range(ATTEMPTS[Channel.EMAIL]):
        make_due()
        deliver_all()
        pauses.append(round((by_mail().due_at - timezone.now()).total_seconds(), -1))
    assert pauses[:4] == [10, 20, 40, 80]
    assert max(pauses) == 3600
    failed = by_mail()
    assert failed.state == STATE.FAILED
    assert "ConnectionRefusedError" in failed.error
    assert (
        Delivery.objects.get(channel=Channel.SOCKET).state == STATE.SENT
    )  # the other channel does not suffer


@pytest.mark.expects_errors
def test_a_message_that_cannot_be_written_does_not_hold_up_the_others(stranger, offer):
    broken = say(stranger, kind="studio-offer", params={"answer_by": 7})
    Offer.objects.update(status=Offer.Status.SENT)
    Notification.objects.filter(pk=broken.pk).update(params={"offer": offer.pk, "answer_by": 7})
    offered(offer)
    make_due()
    tasks.sweep()
    assert [sent.to for sent in mail.outbox] == [[offer.volunteer.user.email]]
    stuck = Delivery.objects.get(notification=broken, channel=Channel.EMAIL)
    assert (stuck.state, stuck.attempts) == (STATE.WAITING, 1)


def test_a_pulse_is_sent_once_and_old_ones_are_thrown_away(stranger):
    pulse("board", "board", "ranking:310105")
    row = Pulse.objects.get()
    assert row.topics == ["board", "ranking:310105"]
    tasks.relay_pulses()
    sent_at = Pulse.objects.get().sent_at
    tasks.relay_pulses()
    assert Pulse.objects.get().sent_at == sent_at
    Pulse.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    tasks.sweep()
    assert not Pulse.objects.exists()


def test_a_person_without_mail_is_told_in_the_inbox_alone(make_user):
    tell(user=make_user(email=None), kind="volunteer-verified", params={}, link="/", dedupe_key="a")
    assert Delivery.objects.get().channel == Channel.SOCKET


def test_nothing_is_mailed_to_an_address_that_nobody_has_proven(offer):
    EmailAddress.objects.update(verified=False)
    offered(offer)
    deliver_all()
    assert mail.outbox == []
    assert by_mail().state == STATE.OBSOLETE
    assert Delivery.objects.get(channel=Channel.SOCKET).state == STATE.SENT  # the inbox tells all the same


def test_a_proven_address_does_not_speak_for_another(offer):
    user = offer.volunteer.user
    user.email = "somebody-else@example.test"
    user.save()
    offered(offer)
    deliver_all()
    assert mail.outbox == []


def test_an_account_made_from_a_roster_is_mailed_where_the_roster_says(offer):
    EmailAddress.objects.all().delete()
    user = offer.volunteer.user
    user.set_unusable_password()
    user.save()
    offered(offer)
    deliver_all()
    assert [sent.to for sent in mail.outbox] == [[user.email]]
