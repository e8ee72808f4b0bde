"""Answers that need no login: one tap in a push message, or one button behind a link of a mail.

The link carries a signed token of the one message; it can give this one answer and nothing else, and only while the
message is true. A GET changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core import signing
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from activities.models import SignUp
from activities.services import cancel_sign_up
from activities.services.confirming import confirm_place
from core.errors import DomainError
from matching.models import Assignment
from matching.services import cancel_assignment
from matching.services.confirming import confirm_assignment
from notifications.models import Notification

SALT = "notifications.answer"
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Answer:
    name: str
    label: Promise
    path: str  # takes a POST and nothing else
    is_first: bool


COMING = pgettext_lazy("button", "Yes, I am coming")
NOT_COMING = pgettext_lazy("button", "I cannot come")
THANKS = gettext_lazy("Thank you. See you there!")


@dataclass(frozen=True)
class Question:
    """A kind that can be answered at once: what yes and no do, and what is said afterwards."""

    yes: Callable[[Notification, User], object]
    no: Callable[[Notification, User], object]
    regrets: Promise
    consequence: Promise
    yes_label: Promise = COMING
    no_label: Promise = NOT_COMING
    thanks: Promise = THANKS


def _sign_up(notification: Notification) -> SignUp:
    return SignUp.objects.get(pk=notification.params["sign_up"])


def _assignment(notification: Notification) -> Assignment:
    return Assignment.objects.get(pk=notification.params["assignment"])


QUESTIONS: Mapping[str, Question] = {
    "still-coming": Question(
        yes=lambda message, user: confirm_place(sign_up=_sign_up(message), by=user),
        no=lambda message, user: cancel_sign_up(
            sign_up=_sign_up(message), by=user, reason=_("Said on the day before that they cannot come.")
        ),
        regrets=gettext_lazy("Thank you for saying so. Your place is free for somebody else."),
        consequence=gettext_lazy("Your place goes to somebody else. You cannot take this back."),
    ),
    "still-going": Question(
        yes=lambda message, user: confirm_assignment(assignment=_assignment(message), by=user),
        no=lambda message, user: cancel_assignment(
            assignment=_assignment(message),
            by=user,
            reason=_("Said on the day before that they cannot come."),
        ),
        regrets=gettext_lazy("Thank you for saying so. Others are being asked at once."),
        consequence=gettext_lazy(
            "Others are asked at once. The household is told that it is not you who comes."
        ),
    ),
}


def token_of(notification: Notification) -> str:
    return signing.dumps([notification.pk, notification.user_id], salt=SALT)


def question_path(notification: Notification) -> str:
    """The page with the buttons; "" for a kind that asks nothing."""
    if notification.kind not in QUESTIONS:
        return ""
    return reverse("notifications:question", args=[token_of(notification)])


def quick_answers(notification: Notification) -> list[Answer]:
    """Those of its kind; none for most kinds."""
    question = QUESTIONS.get(notification.kind)
    if question is None:
        return []
    token = token_of(notification)
    return [
        Answer(name, label, reverse("notifications:answer", args=[token, name]), is_first=name == YES)
        for name, label in ((YES, question.yes_label), (NO, question.no_label))
    ]


def asked_by(token: str) -> Notification | None:
    """The message that a token stands for; None for what we did not sign, and for one whose reader cannot sign in."""
    try:
        pk, user_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = Notification.objects.filter(pk=pk, user=user_id, user__is_active=True, kind__in=QUESTIONS)
    return rows.select_related("user").first()


def take_answer(notification: Notification, name: str) -> str:
    """Does what the answer says and returns what is said to the person. The same answer again changes nothing.

    Raises DomainError: no_such_answer, or those of the act.
    """
    question = QUESTIONS[notification.kind]
    if name not in {YES, NO}:
        raise DomainError("no_such_answer", _("There is no such answer."))
    (question.yes if name == YES else question.no)(notification, notification.user)
    return str(question.thanks if name == YES else question.regrets)
