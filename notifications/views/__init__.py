"""The inbox, and what a person decides about messages."""

from notifications.views.inbox import inbox, open_message, read_all, unread
from notifications.views.preferences import digest_preview, drop_choice, preferences, push_off, push_on
from notifications.views.tickets import answer, choices, question, ticket_act
from notifications.views.watching import unwatch, watch

__all__ = [
    "answer",
    "choices",
    "digest_preview",
    "drop_choice",
    "inbox",
    "open_message",
    "preferences",
    "push_off",
    "push_on",
    "question",
    "read_all",
    "ticket_act",
    "unread",
    "unwatch",
    "watch",
]
