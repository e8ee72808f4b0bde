"""Every kind of message: its words, where it leads, how urgent it is, by which channels, and until when it is true.

The words are put together when the message is shown, in the language of whoever reads it. One file for each area
(matching, activities, people); `kind.py` says what a kind is, `words.py` makes the sentences.
"""

from notifications.catalogue.kind import ABOUT, CALM, Channel, Group, Kind
from notifications.catalogue.kinds import KINDS
from notifications.catalogue.words import Message, is_true, message_of, true_ones, words_of

__all__ = [
    "ABOUT",
    "CALM",
    "KINDS",
    "Channel",
    "Group",
    "Kind",
    "Message",
    "is_true",
    "message_of",
    "true_ones",
    "words_of",
]
