"""Pages behind the links in a message: no signing in, a signed token instead. A GET changes nothing, as mail programs
and virus scanners open links before people do."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.services import set_language
from core.errors import DomainError
from notifications.actions import QUESTIONS, asked_by, quick_answers, take_answer
from notifications.catalogue import KINDS, Channel, is_true, message_of
from notifications.catalogue.example import example_message
from notifications.choices import choose, set_rhythm, take_holiday
from notifications.choosing import is_on, switches_of
from notifications.deciding import preferences_of
from notifications.links import Ticket, read_ticket
from notifications.models import Notification, Preferences
from notifications.services import mark_read

HOLIDAYS = (7, 14, 30)  # days offered


@csrf_exempt  # the token is the proof; a mail program that unsubscribes has no cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest, token: str) -> HttpResponse:
    """GET: what can be changed. POST: the one click of a mail program, which switches off this group's channel."""
    ticket, user = opened(token)
    if request.method == "POST":
        choose(user=user, scope=KINDS[ticket.kind].group, channel=ticket.channel, is_on=False, by=user)
        return (
            redirect(ticket.path)
            if "text/html" in request.headers.get("accept", "")
            else HttpResponse(status=200)
        )
    kind = KINDS[ticket.kind]
    switches = switches_of([user.pk], [ticket.kind, kind.group])
    with override(user.language):
        context = {
            "ticket": ticket,
            "person": user,
            "example": example_message(ticket.kind).subject,
            "group": kind.group,
            "channel": Channel(ticket.channel).label,
            "kind_is_on": is_on(switches, user.pk, ticket.kind, ticket.channel),
            "group_is_on": switches.get((user.pk, str(kind.group), str(ticket.channel)), True),
            "preferences": preferences_of(user),
            "rhythms": Preferences.Rhythm.choices,
            "holidays": HOLIDAYS,
            "is_away": user.is_away(timezone.localdate()),
            "languages": settings.LANGUAGES,
        }
        return render(request, "notifications/choices.html", context)


@csrf_exempt
@require_POST
def ticket_act(request: HttpRequest, token: str, act: str) -> HttpResponse:
    """One decision; then the page again, which shows it."""
    ticket, user = opened(token)
    value = request.POST.get("value", "")
    try:
        decide(ticket, user, act, value)
    except DomainError as refused:
        with override(user.language):
            context = {"ticket": ticket, "refusal": refused}
            return render(request, "notifications/choices_refused.html", context, status=409)
    return redirect(ticket.path)


def decide(ticket: Ticket, user: User, act: str, value: str) -> None:
    if act in {"kind", "group"}:
        scope = ticket.kind if act == "kind" else KINDS[ticket.kind].group
        choose(user=user, scope=scope, channel=ticket.channel, is_on=value == "on", by=user)
    elif act == "rhythm" and value in Preferences.Rhythm.values:
        set_rhythm(user=user, rhythm=Preferences.Rhythm(value), by=user)
    elif act == "holiday" and value in {"0", *map(str, HOLIDAYS)}:
        today = timezone.localdate()
        until = today + timedelta(days=int(value)) if value != "0" else None
        take_holiday(user=user, since=today if until else None, until=until, by=user)
    elif act == "language" and value in dict(settings.LANGUAGES):
        set_language(user=user, language=value, by=user)
    else:
        raise Http404


def opened(token: str) -> tuple[Ticket, User]:
    ticket = read_ticket(token)
    user = ticket.person() if ticket else None
    if ticket is None or user is None:
        raise Http404
    return ticket, user


@require_http_methods(["GET", "HEAD"])
def question(request: HttpRequest, token: str) -> HttpResponse:
    """ "Still coming?": the thing, and two buttons. Looking answers nothing."""
    notification = asked(token)
    with override(notification.user.language):
        context = {
            "message": message_of(notification, lasting=True),
            "answers": quick_answers(notification),
            "question": QUESTIONS[notification.kind],
            "is_true": is_true(notification),
        }
        return render(request, "notifications/question.html", context)


@csrf_exempt  # the token is the proof; the tap in a push message has no page around it
@require_POST
def answer(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """One tap. As JSON for the service worker, as a page for everybody else."""
    notification = asked(token)
    said, refusal = "", None
    with override(notification.user.language):
        try:
            said = take_answer(notification, name)
        except DomainError as refused:
            refusal = refused
        else:
            mark_read(notification=notification, by=notification.user)
        status = 409 if refusal else 200
        if "application/json" in request.headers.get("accept", ""):
            return JsonResponse({"said": said or str(refusal)}, status=status)
        context = {"message": message_of(notification, lasting=True), "said": said, "refusal": refusal}
        return render(request, "notifications/answered.html", context, status=status)


def asked(token: str) -> Notification:
    notification = asked_by(token)
    if notification is None:
        raise Http404
    return notification
