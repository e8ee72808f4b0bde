from datetime import datetime, time, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError
from notifications import tasks
from notifications.catalogue import KINDS, Channel
from notifications.choices import choose, set_preferences, take_holiday
from notifications.links import Ticket, read_ticket
from notifications.models import Choice, Delivery, Notification, Preferences
from notifications.services import mark_read
from notifications.timing import Wait, end_of_quiet, next_digest, wait_of
from tests.notifications.telling import deliver_all, say

pytestmark = pytest.mark.django_db
STATE, RHYTHM = Delivery.State, Preferences.Rhythm


def here(day, hour, minute=0):
    """A moment of May 2031; the fifth is a Monday."""
    return timezone.make_aware(datetime(2031, 5, day, hour, minute))


def calm(user, **options):
    """A message that can wait."""
    return say(user, kind="studio-verified", params={"studio": "甲"}, **options)


def make_due():
    Delivery.objects.filter(state=STATE.WAITING).update(due_at=timezone.now() - timedelta(seconds=6))


def mails_of(user):
    return Delivery.objects.filter(notification__user=user, channel=Channel.EMAIL)


# --- when


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (here(5, 21, 59), None),
        (here(5, 22), here(6, 7)),
        (here(6, 3), here(6, 7)),
        (here(6, 7), None),
    ],
)
def test_quiet_hours_go_past_midnight(now, ends):
    assert end_of_quiet(Preferences(), now) == ends


def test_quiet_hours_may_lie_within_a_day_or_not_be_at_all():
    nap = Preferences(quiet_from=time(13), quiet_until=time(14))
    assert end_of_quiet(nap, here(5, 13, 30)) == here(5, 14)
    assert end_of_quiet(nap, here(5, 14)) is None
    assert end_of_quiet(Preferences(quiet_from=None, quiet_until=None), here(5, 23)) is None


def test_the_collected_mail_goes_out_at_the_chosen_hour():
    daily = Preferences(rhythm=RHYTHM.DAILY, digest_hour=18)
    weekly = Preferences(rhythm=RHYTHM.WEEKLY, digest_hour=18, digest_weekday=0)
    assert next_digest(daily, here(5, 17)) == here(5, 18)
    assert next_digest(daily, here(5, 18)) == here(6, 18)
    assert next_digest(weekly, here(5, 17)) == here(5, 18)
    assert next_digest(weekly, here(5, 18)) == here(12, 18)


def test_what_rings_waits_for_the_morning_unless_somebodys_safety_hangs_on_it(stranger):
    night, chosen = here(5, 23), Preferences()
    held = Wait(here(6, 7))
    assert wait_of(KINDS["offer"], Channel.PUSH, stranger, chosen, now=night) == held
    assert wait_of(KINDS["offer"], Channel.SMS, stranger, chosen, now=night) == held
    assert wait_of(KINDS["offer"], Channel.EMAIL, stranger, chosen, now=night) is None
    assert wait_of(KINDS["offer-urgent"], Channel.SMS, stranger, chosen, now=night) is None
    assert wait_of(KINDS["offer"], Channel.SOCKET, stranger, chosen, now=night) is None
    mail_too = Preferences(is_mail_quiet=True)
    assert wait_of(KINDS["offer"], Channel.EMAIL, stranger, mail_too, now=night) == held


def test_calm_mails_of_a_day_come_as_one_and_leave_out_what_was_read(stranger):
    set_preferences(user=stranger, by=stranger, rhythm=RHYTHM.DAILY)
    first, second = calm(stranger), calm(stranger)
    make_due()
    tasks.sweep()
    assert mail.outbox == []
    assert set(mails_of(stranger).values_list("in_digest", flat=True)) == {True}
    third = calm(stranger)
    mark_read(notification=third, by=stranger)
    make_due()
    tasks.sweep()
    make_due()
    tasks.sweep()
    [digest] = mail.outbox
    assert "2" in digest.subject
    assert all(f"/inbox/{row.pk}/" in digest.body for row in (first, second))
    assert f"/inbox/{third.pk}/" not in digest.body
    assert mails_of(stranger).filter(state=STATE.SENT).count() == 2


def test_what_is_urgent_does_not_wait_for_the_collected_mail(stranger):
    set_preferences(user=stranger, by=stranger, rhythm=RHYTHM.WEEKLY)
    say(stranger, kind="volunteer-suspended", params={"reason": "测试"})
    deliver_all()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_gone_keeps_the_whole_digest(stranger, settings):
    set_preferences(user=stranger, by=stranger, rhythm=RHYTHM.DAILY)
    calm(stranger)
    make_due()
    tasks.sweep()
    make_due()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    tasks.sweep()
    kept = mails_of(stranger).get()
    assert (kept.state, kept.attempts, kept.in_digest) == (STATE.WAITING, 1, True)


def test_who_wants_mail_at_once_again_gets_what_was_collected(stranger):
    set_preferences(user=stranger, by=stranger, rhythm=RHYTHM.DAILY)
    calm(stranger)
    make_due()
    tasks.sweep()
    set_preferences(user=stranger, by=stranger, rhythm=RHYTHM.NOW)
    deliver_all()
    assert len(mail.outbox) == 1


def test_a_holiday_keeps_mails_for_afterwards(stranger):
    today = timezone.localdate()
    take_holiday(user=stranger, since=today, until=today + timedelta(days=3), by=stranger)
    stranger.refresh_from_db()
    say(stranger, kind="volunteer-suspended", params={"reason": "测试"})
    deliver_all()
    held = mails_of(stranger).get()
    assert mail.outbox == []
    assert held.in_digest
    assert timezone.localdate(held.due_at) == today + timedelta(days=4)
    take_holiday(user=stranger, since=None, until=None, by=stranger)
    deliver_all()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [(2, 1, "holiday_backwards"), (-5, -1, "holiday_over"), (0, 400, "holiday_too_long")],
)
def test_a_holiday_must_make_sense(since, until, code, stranger):
    today = timezone.localdate()
    with pytest.raises(DomainError) as refused:
        take_holiday(
            user=stranger,
            since=today + timedelta(days=since),
            until=today + timedelta(days=until),
            by=stranger,
        )
    assert refused.value.code == code


# --- what, and by which channel


def test_a_group_that_is_off_is_told_in_the_inbox_alone(stranger):
    choose(user=stranger, scope="account", channel=Channel.EMAIL, is_on=False, by=stranger)
    calm(stranger)
    assert [row.channel for row in Delivery.objects.all()] == [Channel.SOCKET]


def test_one_kind_may_be_otherwise_than_its_group_until_the_group_is_decided_anew(stranger):
    choose(user=stranger, scope="account", channel=Channel.EMAIL, is_on=False, by=stranger)
    choose(user=stranger, scope="studio-verified", channel=Channel.EMAIL, is_on=True, by=stranger)
    calm(stranger)
    assert mails_of(stranger).count() == 1
    choose(user=stranger, scope="account", channel=Channel.EMAIL, is_on=False, by=stranger)
    calm(stranger)
    assert mails_of(stranger).count() == 1


def test_what_was_switched_off_in_the_meantime_is_not_sent(stranger):
    calm(stranger)
    choose(user=stranger, scope="account", channel=Channel.EMAIL, is_on=False, by=stranger)
    make_due()
    tasks.sweep()
    assert mail.outbox == []
    assert mails_of(stranger).get().state == STATE.UNWANTED


def test_nobody_decides_for_somebody_else(stranger, worker):
    with pytest.raises(DomainError) as refused:
        choose(user=stranger, scope="account", channel=Channel.EMAIL, is_on=False, by=worker)
    assert refused.value.code == "not_yours"


# --- links in a message


def sent_to(user):
    say(user, kind="volunteer-suspended", params={"reason": "测试"})
    deliver_all()
    return mail.outbox[-1]


def test_a_mail_can_be_stopped_by_the_mail_program_with_one_click(stranger, client, settings):
    settings.SITE_URL = "https://ningju.example"
    headers = sent_to(stranger).extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"] == "account <account.ningju.example>"
    path = headers["List-Unsubscribe"].strip("<>").removeprefix("https://ningju.example")
    assert client.get(path).status_code == 200
    assert not Choice.objects.exists()  # opening it changes nothing
    answer = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    chosen = Choice.objects.get()
    assert (chosen.user, chosen.scope, chosen.channel, chosen.is_on) == (stranger, "account", "email", False)
    client.post(path, {"List-Unsubscribe": "One-Click"})
    assert Choice.objects.count() == 1


def act(client, ticket, name, value):
    return client.post(reverse("notifications:ticket_act", args=[ticket.token, name]), {"value": value})


def test_links_change_everything_without_signing_in(stranger, client):
    ticket = Ticket(stranger.pk, "studio-verified", Channel.EMAIL)
    for name, value in (("kind", "off"), ("rhythm", "daily"), ("holiday", "7"), ("language", "en")):
        assert act(client, ticket, name, value).status_code == 302
    stranger.refresh_from_db()
    assert not Choice.objects.get(scope="studio-verified").is_on
    assert stranger.preferences.rhythm == RHYTHM.DAILY
    assert stranger.away_until == timezone.localdate() + timedelta(days=7)
    assert stranger.language == "en"
    page = client.get(ticket.path).content.decode()
    assert "Send them again" in page
    assert stranger.name not in page
    assert act(client, ticket, "holiday", "0").status_code == 302
    stranger.refresh_from_db()
    assert stranger.away_until is None


@pytest.mark.parametrize(
    ("name", "value"), [("rhythm", "hourly"), ("holiday", "9999"), ("language", "xx"), ("else", "")]
)
def test_a_link_does_nothing_but_that(name, value, stranger, client):
    ticket = Ticket(stranger.pk, "studio-verified", Channel.EMAIL)
    assert act(client, ticket, name, value).status_code == 404


def test_a_token_that_we_did_not_make_opens_nothing(stranger, client):
    token = Ticket(stranger.pk, "studio-verified", Channel.EMAIL).token
    for wrong in (token[:-2] + "xx", "a", Ticket(stranger.pk, "no-such-kind", Channel.EMAIL).token):
        assert read_ticket(wrong) is None
        assert client.get(reverse("notifications:choices", args=[wrong])).status_code == 404
    stranger.is_active = False
    stranger.save()
    assert client.get(reverse("notifications:choices", args=[token])).status_code == 404


# --- the page


def filled(page):
    """What a browser would send back, untouched."""
    form = page.context["form"]
    found = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in found.items() if value not in (None, False)}


def test_the_page_keeps_everything(volunteer, signed_in):
    user = volunteer.user
    client = signed_in(user)
    address = reverse("notifications:preferences")
    given = filled(client.get(address)) | {
        "rhythm": "weekly",
        "digest_hour": 9,
        "digest_weekday": 4,
        "has_quiet": "on",
        "quiet_from": "21:00",
        "quiet_until": "08:00",
        "lead_minutes": 60,
        "weekly_asks": 7,
        "group_asked": [],
        "language": "en",
    }
    assert client.post(address, given).status_code == 302
    user.refresh_from_db()
    volunteer.refresh_from_db()
    kept = Preferences.objects.get(user=user)
    assert (kept.rhythm, kept.digest_hour, kept.digest_weekday) == ("weekly", 9, 4)
    assert (kept.quiet_from, kept.quiet_until, kept.lead_minutes) == (time(21), time(8), 60)
    assert (volunteer.weekly_asks, user.language) == (7, "en")
    assert Choice.objects.filter(user=user, scope="asked", channel="email", is_on=False).exists()
    assert not Choice.objects.filter(scope="going").exists()  # untouched groups follow the defaults


def test_a_holiday_with_one_day_missing_keeps_what_was_typed(stranger, signed_in):
    client = signed_in(stranger)
    address = reverse("notifications:preferences")
    given = filled(client.get(address)) | {"away_from": "2031-05-01"}
    page = client.post(address, given)
    assert page.status_code == 200
    assert page.context["form"].errors["away_until"]
    assert 'value="2031-05-01"' in page.content.decode()


def test_the_next_collected_mail_can_be_read_before(stranger, signed_in, django_assert_max_num_queries):
    set_preferences(user=stranger, by=stranger, rhythm=RHYTHM.DAILY)
    for _ in range(3):
        calm(stranger)
    make_due()
    tasks.sweep()
    client = signed_in(stranger)
    with django_assert_max_num_queries(14):
        page = client.get(reverse("notifications:digest_preview"))
    assert len(page.context["entries"]) == 3
    assert Notification.objects.unread().count() == 3  # looking is not reading
