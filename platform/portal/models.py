"""The search index, one row for each thing that can be found; and what stands behind an import of a list."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> SearchEntryQuerySet:
        """Public entries for everybody; the others for staff in whose scope they are: inside the query, never after."""
        seen = Q(is_public=True)
        if user.is_authenticated:
            for code in user.scope_codes:
                seen |= Q(division_code__startswith=code)
        return self.filter(seen)

    def still_ahead(self) -> SearchEntryQuerySet:
        """Without what is over; what has no time (a studio) stays."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gte=timezone.now()))


class SearchEntry(models.Model):
    class Kind(models.TextChoices):
        ACTIVITY = "activity", _("Activities")
        NEED = "need", _("Needs")
        STUDIO = "studio", _("Studios")
        ORGANISATION = "organisation", _("Organisations")
        HELP = "help", _("Help")
        VOLUNTEER = "volunteer", _("Volunteers")  # for staff

    kind = models.CharField(max_length=12, choices=Kind)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True)
    division_code = models.CharField(max_length=12)
    is_public = models.BooleanField(default=False)
    happens_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    categories = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    skills = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    # where it is; of a need the centre of its subdistrict
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    # above 1 for what is short of people, below 1 for what many have found already (portal.search.weighing)
    boost = models.FloatField(default=1.0)
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    vector = SearchVectorField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "search entries"
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="a_thing_once_in_the_index")
        ]
        indexes = [
            GinIndex(fields=["vector"], name="search_vector"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="search_title_trigrams"),
        ]

    def __str__(self) -> str:
        return self.title


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def visible_to(self, user: User | AnonymousUser) -> SavedSearchQuerySet:
        return self.filter(user=user) if user.is_authenticated else self.none()


class SavedSearch(models.Model):
    """A search that somebody wants to hear about. `address` is its query string, as `Filters.address` writes it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_searches")
    typed = models.CharField(max_length=200)
    address = models.CharField(max_length=1000)
    saved_at = models.DateTimeField(auto_now_add=True)
    looked_at = models.DateTimeField(auto_now_add=True)
    told = ArrayField(models.BigIntegerField(), default=list, blank=True)  # entries told of lately

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="a_search_is_saved_once")]

    def __str__(self) -> str:
        return self.typed


class SynonymGroup(models.Model):
    """Words that mean the same to somebody who searches. Chinese, English or both; edited by the centre."""

    words = ArrayField(models.CharField(max_length=40), verbose_name=_("words that mean the same"))
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(words__len__gte=2), name="synonyms_are_two_words_or_more")
        ]

    def __str__(self) -> str:
        return ", ".join(self.words)


class SearchWord(models.Model):
    """A word of the index with how many public things have it, to suggest while somebody types."""

    word = models.CharField(max_length=60, unique=True)
    sound = models.CharField(max_length=200, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    count = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(OpClass("word", name="varchar_pattern_ops"), name="search_word_begins"),
            models.Index(OpClass("sound", name="varchar_pattern_ops"), name="search_word_sounds"),
            models.Index(OpClass("initials", name="varchar_pattern_ops"), name="search_word_initials"),
        ]

    def __str__(self) -> str:
        return self.word


class Roster(models.TextChoices):
    """The four lists that a centre keeps."""

    VOLUNTEERS = "volunteers", _("Volunteers")
    STUDIOS = "studios", _("Studios")
    HOUSEHOLDS = "households", _("Households")
    NEEDS = "needs", _("Needs")


class ImportedRow(models.Model):
    """A row of a list that is in already, known by a keyed hash of what makes it one of a kind (a phone number, an
    alias with its neighbourhood): running the same list again changes nothing, and the hash tells nobody the number."""

    roster = models.CharField(max_length=12, choices=Roster)
    key_hash = models.CharField(max_length=64)
    object_id = models.BigIntegerField()
    imported_at = models.DateTimeField(auto_now_add=True)
    imported_by = models.ForeignKey(User, models.PROTECT, related_name="imported_rows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "key_hash"], name="a_row_is_imported_once")]

    def __str__(self) -> str:
        return f"{self.roster} {self.object_id}"


class RosterUploadQuerySet(models.QuerySet["RosterUpload"]):
    def visible_to(self, user: User | AnonymousUser) -> RosterUploadQuerySet:
        """Only who brought the file: it holds other people's numbers and addresses."""
        return self.filter(by=user) if user.is_authenticated and user.is_centre_staff else self.none()


class RosterUpload(models.Model):
    """A file between its upload and its confirmation. The content is sealed, and emptied once the list is in."""

    class Status(models.TextChoices):
        CHECKING = "checking", _("Checking")
        CHECKED = "checked", _("Checked, nothing is written yet")
        IMPORTING = "importing", _("Importing")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Could not be read")

    roster = models.CharField(_("kind of list"), max_length=12, choices=Roster, blank=True)
    file_name = models.CharField(max_length=120)
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    content = models.BinaryField(default=bytes)  # sealed, base64
    to_mend = models.BinaryField(default=bytes)  # sealed, base64: the rows that were refused, as a file
    is_verified = models.BooleanField(_("the centre has checked these people already"), default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.CHECKING)
    row_count = models.PositiveIntegerField(default=0)
    rows_seen = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict, blank=True)  # portal.intake.report.Report.as_json
    by = models.ForeignKey(User, models.PROTECT, related_name="roster_uploads")
    language = models.CharField(max_length=8, default="zh-hans")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = RosterUploadQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["status", "changed_at"], name="uploads_by_status")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_running(self) -> bool:
        return self.status in {self.Status.CHECKING, self.Status.IMPORTING}
