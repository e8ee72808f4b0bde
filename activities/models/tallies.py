"""What follows the ledger in the same transaction: minutes by period, and how many people have how many."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Tally(models.Model):
    """Minutes of one person, studio, unit or neighbourhood in one period, by the local day on which the service began.

    A division keeps only its own neighbourhood's row; a subdistrict, or any subtree, is the sum over the prefix of
    `division_code`.
    """

    class Subject(models.TextChoices):
        VOLUNTEER = "volunteer", _("Volunteers")
        STUDIO = "studio", _("Studios")
        UNIT = "unit", _("Units")
        DIVISION = "division", _("Neighbourhoods")
        SUBDISTRICT = "subdistrict", _("Subdistricts")  # summed when it is asked for; never a row

    class Period(models.TextChoices):
        WEEK = "week", _("Week")
        MONTH = "month", _("Month")
        QUARTER = "quarter", _("Quarter")
        YEAR = "year", _("Year")
        ALL = "all", _("All time")

    subject_kind = models.CharField(max_length=12, choices=Subject)
    subject_id = (
        models.BigIntegerField()
    )  # Volunteer, Studio, Organisation, or the number that is the division's code
    division_code = models.CharField(max_length=12)  # where the subject is at home, for rankings of a subtree
    period = models.CharField(max_length=8, choices=Period)
    period_starts_on = models.DateField()  # 1970-01-01 for all time
    minutes = models.IntegerField(default=0)
    services = models.IntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "period", "period_starts_on"],
                name="one_tally_a_subject_and_period",
            ),
            models.CheckConstraint(condition=Q(minutes__gte=0), name="tally_is_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["subject_kind", "period", "period_starts_on", "-minutes", "subject_id"],
                name="tally_ranking",
            ),
            models.Index(
                "subject_kind",
                "period",
                "period_starts_on",
                OpClass("division_code", name="varchar_pattern_ops"),
                F("minutes").desc(),
                name="tally_ranking_of_division",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}, {self.period}: {self.minutes} min"


class RankMove(models.Model):
    """One volunteer's minutes in one period before and after a record; folded into the bands every few seconds.

    Appended, so no two records wait for each other because of a rank.
    """

    period = models.CharField(max_length=8, choices=Tally.Period)
    period_starts_on = models.DateField()
    code_before = models.CharField(max_length=12)
    minutes_before = models.IntegerField()
    code_after = models.CharField(max_length=12)
    minutes_after = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["period", "period_starts_on"], name="rank_moves_of_period")]

    def __str__(self) -> str:
        return f"{self.period}: {self.minutes_before} > {self.minutes_after}"


class RankBand(models.Model):
    """How many volunteers of an area, large or small, have from `floor` to `floor + width - 1` minutes in a period.

    Widths are 1 and 256, so the people before somebody are counted from some hundred rows, however many they are.
    """

    period = models.CharField(max_length=8, choices=Tally.Period)
    period_starts_on = models.DateField()
    division_code = models.CharField(max_length=12)  # of 6, 9 or 12 digits
    width = models.PositiveSmallIntegerField()
    floor = models.IntegerField()
    people = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period", "period_starts_on", "division_code", "width", "floor"],
                include=["people"],
                name="one_band_of_minutes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.division_code} {self.floor}+{self.width}: {self.people}"
