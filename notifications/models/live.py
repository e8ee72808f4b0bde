"""The number that each topic has reached."""

from __future__ import annotations

from django.db import models


class TopicSequence(models.Model):
    """How many times something changed on a topic: the number of its last event.

    The relay alone raises it, after the commit of the facts and one run at a time (notifications/relay.py), so a
    number never becomes visible before a smaller one. An event says "look again" and carries nothing that could be
    lost, so the last number is the whole history: who has 5 and finds 9 has missed 6 to 9.
    """

    topic = models.CharField(max_length=60, primary_key=True)
    last = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["changed_at"], name="topics_changed")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.last}"
