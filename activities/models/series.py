"""Shifts that come again: a rule of RFC 5545 in local time, its exceptions, and who always comes."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.models import Volunteer
from activities.models.activities import Activity
from core.templatetags.words import weekday_word

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MONDAY = date(2024, 1, 1)


class Series(models.Model):
    """Days by `rule`, counted from `first_on`, at `starts` to `ends` on the clock of the place: a clock that is put
    forward moves nothing. Shifts are made ahead of time; `made_until` is the last day that was looked at."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="series")
    rule = models.CharField(_("rule"), max_length=200)  # an RRULE without DTSTART, as "FREQ=WEEKLY;BYDAY=WE"
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"), null=True, blank=True)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    places = models.PositiveSmallIntegerField(_("places"), validators=[MinValueValidator(1)])
    exceptions = ArrayField(models.DateField(), verbose_name=_("days left out"), default=list, blank=True)
    made_until = models.DateField(null=True, blank=True)
    is_short_since = models.DateField(null=True, blank=True)  # when the horizon was found too near, and told

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="series_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")),
                name="series_last_day_is_not_before_the_first",
            ),
            models.CheckConstraint(condition=Q(places__gte=1), name="series_has_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.rule}"

    @property
    def day_words(self) -> str:
        """The weekdays in the reader's words; nothing for a rule that names none."""
        parts = dict(part.partition("=")[::2] for part in self.rule.split(";"))
        named = [code for code in parts.get("BYDAY", "").split(",") if code in WEEKDAYS]
        days = (MONDAY + timedelta(days=WEEKDAYS.index(code)) for code in named)
        return pgettext("between the words of a list", ", ").join(weekday_word(day) for day in days)

    def is_over(self, day: date) -> bool:
        return self.last_on is not None and self.last_on < day


class StandingSignUp(models.Model):
    """ "Every Wednesday is mine": this person has a place in each shift of the series as soon as it is made."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="standing")
    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="standing_sign_ups")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["series", "volunteer"], name="stands_once_in_a_series")
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id}: {self.series_id}"
