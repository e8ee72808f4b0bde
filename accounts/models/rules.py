"""Numbers of law and practice, as dated data: the rule in force on a day is asked for, never written into code."""

from __future__ import annotations

from datetime import date, datetime, time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.divisions import Division
from accounts.models.users import User
from core.slots import slots_of


def default_star_hours() -> list[int]:
    return [100, 300, 600, 1000, 1500]


def default_licensed_skills() -> list[str]:
    return ["01", "04", "09", "18"]


def default_credit_ways() -> list[str]:
    return ["code", "qr", "place", "roster", "offline", "kiosk"]


def default_answer_minutes() -> dict[str, int]:
    return {"urgent": 15, "soon": 120, "normal": 720}


def default_fill_targets() -> dict[str, float]:
    return {"urgent": 0.95, "soon": 0.85, "normal": 0.7}


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    def in_force(self, day: date, division_code: str = "") -> RuleSet:
        """The newest rules that hold on `day` for this division; of several, those of the narrowest division.

        Raises RuleSet.DoesNotExist when none has taken effect: a migration brings the first.
        """
        prefixes = [division_code[:length] for length in (6, 9, 12) if len(division_code) >= length]
        found = (
            self.filter(effective_on__lte=day)
            .filter(models.Q(division__isnull=True) | models.Q(division_id__in=prefixes))
            .order_by(models.F("division_id").desc(nulls_last=True), "-effective_on")
            .first()
        )
        if found is None:
            raise RuleSet.DoesNotExist(day)
        return found


class RuleSet(models.Model):
    division = models.ForeignKey(Division, models.PROTECT, related_name="rule_sets", null=True, blank=True)
    effective_on = models.DateField(_("in force from"))
    # hours (Order 67 of the Ministry of Civil Affairs; GB/T 40143-2021)
    rounding_minutes = models.PositiveSmallIntegerField(
        _("hours are shown in steps of (minutes)"), default=30
    )
    record_working_days = models.PositiveSmallIntegerField(_("working days to complete a record"), default=10)
    check_in_pairs_a_day = models.PositiveSmallIntegerField(
        _("check-ins a person, activity and day"), default=3
    )
    check_in_opens_minutes = models.PositiveSmallIntegerField(
        _("check-in opens before the start (minutes)"), default=30
    )
    check_out_closes_minutes = models.PositiveSmallIntegerField(
        _("check-out closes after the end (minutes)"), default=120
    )
    daily_cap_minutes = models.PositiveIntegerField(
        _("minutes that count for a person in a day at most (0: no limit)"), default=0
    )
    yearly_cap_minutes = models.PositiveIntegerField(
        _("minutes that count for a person in a year at most (0: no limit)"), default=0
    )
    travel_km_an_hour = models.PositiveSmallIntegerField(
        _("fastest way between two services (km an hour, straight line)"), default=60
    )
    credit_ways = ArrayField(
        models.CharField(max_length=8),
        verbose_name=_("ways of checking in that give observed hours"),
        default=default_credit_ways,
    )
    meeting_point_metres = models.PositiveSmallIntegerField(
        _("check-in by position: within (metres)"), default=200
    )
    offline_hours = models.PositiveSmallIntegerField(
        _("hours in which a tick without network must arrive to be an observed one"), default=24
    )
    slip_days = models.PositiveSmallIntegerField(_("days in which a paper slip can be typed in"), default=14)
    circle_days = models.PositiveSmallIntegerField(
        _("days over which approvals among the same people are looked at"), default=90
    )
    circle_people = models.PositiveSmallIntegerField(_("people in such a circle at most"), default=4)
    circle_times = models.PositiveSmallIntegerField(
        _("approvals between two of them from which it is looked at"), default=3
    )
    circle_percent = models.PositiveSmallIntegerField(
        _("share of approvals from inside the circle (percent)"), default=80
    )
    star_hours = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("hours for stars 1 to 5"),
        default=default_star_hours,
    )
    publicity_working_days = models.PositiveSmallIntegerField(_("days of publicity before a star"), default=5)
    stars_by_worker = models.PositiveSmallIntegerField(
        _("stars up to this one are granted by the community worker, higher ones by the centre"), default=0
    )
    correction_working_days = models.PositiveSmallIntegerField(
        _("working days to answer a request to correct hours"), default=10
    )
    # rankings (Shanghai volunteer regulation, Art 12)
    ranking_minimum_people = models.PositiveSmallIntegerField(
        _("people in an area from which its ranking is shown"), default=5
    )
    ranking_objection_working_days = models.PositiveSmallIntegerField(
        _("working days to object before a ranking is published"), default=5
    )
    # time coins (Shanghai rule of 2026; off until a place switches them on)
    uses_coins = models.BooleanField(_("time coins are in use"), default=False)
    coin_minutes = models.PositiveSmallIntegerField(_("minutes of service for one coin"), default=60)
    coins_a_day = models.PositiveSmallIntegerField(_("coins that a person earns in a day at most"), default=2)
    coins_a_person = models.PositiveIntegerField(_("coins that a person holds at most"), default=600)
    coin_giver_age = models.PositiveSmallIntegerField(_("age from which coins are earned"), default=18)
    coin_receiver_age = models.PositiveSmallIntegerField(
        _("age from which a service is paid in coins"), default=65
    )
    coin_receiver_age_in_hardship = models.PositiveSmallIntegerField(
        _("the same, for a household in hardship"), default=60
    )
    # people
    minimum_age = models.PositiveSmallIntegerField(_("minimum age without a guardian"), default=18)
    licensed_skills = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("skills that need a licence"),
        default=default_licensed_skills,
    )
    # asking
    morning_ends = models.TimeField(_("the morning ends"), default=time(12))
    afternoon_ends = models.TimeField(_("the afternoon ends"), default=time(18))
    weekly_asks = models.PositiveSmallIntegerField(_("offers a person gets in a week at most"), default=3)
    most_weekly_asks = models.PositiveSmallIntegerField(
        _("offers a week that a person may allow at most"), default=7
    )
    silence_weeks = models.PositiveSmallIntegerField(
        _("weeks after which a willing volunteer hears from us"), default=6
    )
    still_coming_from = models.TimeField(
        _("on the day before, people are asked whether they come, from"), default=time(17)
    )
    still_coming_until = models.TimeField(
        _("on the day before, people are asked whether they come, until"), default=time(20, 30)
    )
    answer_minutes = models.JSONField(_("minutes to answer, by urgency"), default=default_answer_minutes)
    fill_targets = models.JSONField(
        _("wanted chance that a ring fills the need, by urgency"), default=default_fill_targets
    )
    most_in_a_ring = models.PositiveSmallIntegerField(_("people asked in one ring at most"), default=8)
    rings = models.PositiveSmallIntegerField(_("rings before studios are asked"), default=3)
    late_cancel_hours = models.PositiveSmallIntegerField(
        _("hours before the start that make a cancellation late"), default=24
    )
    weekly_cancellations = models.PositiveSmallIntegerField(
        _("own cancellations in a week, after which a person pauses"), default=2
    )
    rest_minutes = models.PositiveSmallIntegerField(_("rest between two commitments (minutes)"), default=0)
    # places in shifts
    place_offer_percent = models.PositiveSmallIntegerField(
        _("of the time until the shift, how much a person has to take a place that became free (percent)"),
        default=10,
    )
    place_offer_least_minutes = models.PositiveSmallIntegerField(
        _("minutes to take a place that became free, at least"), default=15
    )
    place_offer_most_minutes = models.PositiveSmallIntegerField(
        _("minutes to take a place that became free, at most"), default=720
    )
    stand_ins_asked = models.PositiveSmallIntegerField(_("people asked at once to stand in"), default=5)
    series_days_ahead = models.PositiveSmallIntegerField(
        _("days ahead for which the shifts of a series are made"), default=56
    )
    insured_from_risk = models.PositiveSmallIntegerField(
        _("risk level (1 to 3) from which an accident insurance is required"), default=2
    )
    overbooks = models.BooleanField(_("more places may be given than there are"), default=False)
    overbooking_risk_percent = models.PositiveSmallIntegerField(
        _("chance that too many come, at most (percent)"), default=5
    )
    holidays = ArrayField(models.DateField(), verbose_name=_("public holidays"), default=list, blank=True)
    made_up_working_days = ArrayField(
        models.DateField(), verbose_name=_("make-up working days"), default=list, blank=True
    )

    # who decided, and why
    note = models.CharField(_("why it changes"), max_length=300, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="rule_sets", null=True, blank=True)
    decided_at = models.DateTimeField(default=timezone.now)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        ordering = ["-effective_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "effective_on"],
                name="one_rule_set_a_division_and_day",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.division or _('everywhere')}, {self.effective_on}"

    def slots(self, starts_at: datetime, ends_at: datetime) -> int:
        """The slots (bits) that a period touches under these rules."""
        return slots_of(
            starts_at,
            ends_at,
            holidays=frozenset(self.holidays),
            morning_ends=self.morning_ends,
            afternoon_ends=self.afternoon_ends,
        )
