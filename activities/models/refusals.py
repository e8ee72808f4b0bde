"""What was not published as volunteering: one of the six kinds was said to be true."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, User


class RefusedPosting(models.Model):
    title = models.CharField(_("title"), max_length=80)
    kinds = ArrayField(models.CharField(max_length=12), verbose_name=_("what was said to be true"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="refused_postings")
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="refused_postings")
    refused_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title
