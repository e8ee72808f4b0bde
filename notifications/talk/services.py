"""Acts of a conversation."""

import base64
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.submissions import first_of
from core.audit import context_of, open_sealed, put_sealed
from core.crypto import unseal
from core.errors import DomainError
from core.models import Purpose
from core.pictures import drawn_anew
from notifications import topics
from notifications.models import Listening, Notification, Report, Said, Thread
from notifications.services import pulse, tell_many
from notifications.talk.people import those_of

PICTURES = 40  # in one thread
MOST_MEGABYTES = 8  # of one, as it is sent
IN_A_MINUTE = 20  # things that one person says


@transaction.atomic
def say(
    *,
    thread: Thread,
    words: str,
    by: User,
    submission_key: UUID,
    picture: BinaryIO | None = None,
    size: int = 0,
) -> Said:
    """Say something to all who take part. The same form again gives what was said the first time.

    The thread's lock puts two who speak at once in order, and keeps the limits. Raises DomainError `closed`,
    `nothing_said`, `too_fast`, `too_many_pictures`, and those of `drawn_anew`.
    """
    first = first_of(Said.objects.filter(author=by), submission_key)
    if first is not None:
        return first
    locked = _locked(thread)
    words = words.strip()
    check_is_open(locked)
    if not words and picture is None:
        raise DomainError("nothing_said", _("Nothing is written yet."))
    check_not_too_fast(locked, by)
    said = Said(thread=locked, author=by, submission_key=submission_key)
    put_sealed(said, words=words)
    if picture is not None:
        check_room_for_picture(locked)
        put_sealed(
            said, picture=base64.b64encode(drawn_anew(picture, size, most_megabytes=MOST_MEGABYTES)).decode()
        )
    said.save()
    read(thread=locked, up_to=said.pk, by=by)
    _tell_the_others(said)
    pulse(topics.talk(locked.pk))
    return said


def _locked(thread: Thread) -> Thread:
    threads = Thread.objects.select_for_update(of=("self",))
    return threads.select_related("assignment__request", "activity").get(pk=thread.pk)


def check_is_open(thread: Thread) -> None:
    if not thread.is_open:
        raise DomainError(
            "closed",
            _("This conversation is closed: the service was a while ago."),
            help=_("The community worker or the volunteer centre can help you further."),
        )


def check_not_too_fast(thread: Thread, by: User) -> None:
    lately = timezone.now() - timedelta(minutes=1)
    if Said.objects.filter(thread=thread, author=by, said_at__gt=lately).count() >= IN_A_MINUTE:
        raise DomainError("too_fast", _("That was a lot at once."), help=_("Wait a minute, then go on."))


def check_room_for_picture(thread: Thread) -> None:
    if Said.objects.filter(thread=thread).exclude(picture=b"").count() >= PICTURES:
        raise DomainError("too_many_pictures", _("This conversation has as many pictures as it can hold."))


def _tell_the_others(said: Said) -> None:
    """Once until it is read: ten sentences are not ten messages."""
    thread = said.thread
    muted = Listening.objects.filter(thread=thread, is_muted=True).values("user")
    unread = Notification.objects.unread().filter(kind="said", params__thread=thread.pk).values("user")
    others = User.objects.filter(pk__in=[user.pk for user in those_of(thread)])
    others = others.exclude(pk=said.author_id).exclude(Q(pk__in=muted) | Q(pk__in=unread))
    tell_many(
        users=others,
        kind="said",
        params={"thread": thread.pk, "title": thread.title},
        link=f"/talk/{thread.pk}/",
        dedupe_key=f"said:{said.pk}",
    )


@transaction.atomic
def read(*, thread: Thread, up_to: int, by: User) -> None:
    """Everything up to here has been seen; never back again. The message that told of it counts as read."""
    listening, _made = Listening.objects.get_or_create(thread=thread, user=by)
    if Listening.objects.filter(pk=listening.pk, read_up_to__lt=up_to).update(read_up_to=up_to):
        told = Notification.objects.visible_to(by).unread().filter(kind="said", params__thread=thread.pk)
        if told.update(read_at=timezone.now()):
            pulse(topics.me(by.pk))


@transaction.atomic
def mute(*, thread: Thread, is_muted: bool, by: User) -> None:
    """No more messages about this thread, or again; what is said there can be read all the same."""
    Listening.objects.update_or_create(thread=thread, user=by, defaults={"is_muted": is_muted})


@transaction.atomic
def report(*, said: Said, reason: str, by: User) -> Report:
    """Ask staff to look at it. A second time gives the first report. Raises DomainError `own_words`."""
    if said.author_id == by.pk:
        raise DomainError("own_words", _("These are your own words."))
    made, _is_new = Report.objects.get_or_create(said=said, by=by, defaults={"reason": reason})
    pulse(*topics.desk(said.thread.division_code))
    return made


@transaction.atomic
def decide_report(*, report: Report, is_right: bool, by: User) -> Report:
    """Take down what was said, or leave it. Raises DomainError `decided`."""
    locked = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if locked.decided_at:
        raise DomainError("decided", _("Somebody has decided this already."))
    locked.decided_at, locked.decided_by, locked.was_right = timezone.now(), by, is_right
    locked.save(update_fields=["decided_at", "decided_by", "was_right"])
    if is_right:
        Said.objects.filter(pk=locked.said_id, taken_down_at__isnull=True).update(
            taken_down_at=timezone.now()
        )
        pulse(topics.talk(locked.said.thread_id))
    return locked


def words_of(said: Said) -> str:
    """For those who take part; the view has asked `visible_to`."""
    return "" if said.taken_down_at else unseal(said.words, context=context_of(said, "words"))


def picture_of(said: Said) -> bytes:
    return (
        b""
        if said.taken_down_at
        else base64.b64decode(unseal(said.picture, context=context_of(said, "picture")))
    )


def words_for_staff(report: Report, *, by: User) -> str:
    """What was reported, for who decides; the reading is logged."""
    return open_sealed(report.said, ["words"], by=by, purpose=Purpose.SUPERVISE)["words"]
