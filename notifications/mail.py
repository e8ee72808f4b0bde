"""A message as e-mail: text and HTML, in the reader's language."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from notifications.catalogue import message_of
from notifications.models import Delivery


def message_id(delivery: Delivery) -> str:
    """The same for every attempt, so that whoever receives it twice can know."""
    return f"<delivery-{delivery.pk}@{urlsplit(settings.SITE_URL).hostname}>"


def compose(delivery: Delivery) -> EmailMultiAlternatives:
    notification = delivery.notification
    user = notification.user
    with translation.override(user.language):
        message = message_of(notification, lasting=True)
        context = {
            "message": message,
            "person": user,
            "language": user.language,
            "url": settings.SITE_URL + reverse("notifications:open", args=[notification.pk]),
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
        }
        mail = EmailMultiAlternatives(
            subject=" ".join(message.subject.split()),
            body=render_to_string("notifications/mail.txt", context),
            to=[user.email or ""],
            headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    return mail
