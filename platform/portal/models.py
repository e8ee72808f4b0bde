"""The search index: one row for each thing that can be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import User
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> SearchEntryQuerySet:
        """Public entries for everybody; the others for staff in whose scope they are. Inside the query, never after it."""
        seen = Q(is_public=True)
        if user.is_authenticated:
            for code in user.scope_codes:
                seen |= Q(division_code__startswith=code)
        return self.filter(seen)


class SearchEntry(models.Model):
    class Kind(models.TextChoices):
        ACTIVITY = "activity", _("Activities")
        NEED = "need", _("Needs")
        STUDIO = "studio", _("Studios")

    kind = models.CharField(max_length=10, choices=Kind)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True)
    division_code = models.CharField(max_length=12)
    is_public = models.BooleanField(default=False)
    happens_at = models.DateTimeField(null=True, blank=True)
    vector = SearchVectorField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "search entries"
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="a_thing_once_in_the_index")]
        indexes = [
            GinIndex(fields=["vector"], name="search_vector"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="search_title_trigrams"),
        ]

    def __str__(self) -> str:
        return self.title
