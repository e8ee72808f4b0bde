"""What a plan leaves behind: a worker's changes by hand for half an hour, and one line for each planning."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, User


class PlanDraft(models.Model):
    """The plan on one person's screen: whom she keeps and whom she leaves out. Nobody else sees it.

    The plan itself is not stored: it is computed again each time, from the people on the short list.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="plan_draft")
    made_at = models.DateTimeField()
    # what it was made for; another value means that the world has changed (matching/plans/board.py)
    fingerprint = models.CharField(max_length=64)
    pinned = models.JSONField(default=list)  # [[request, volunteer], …]
    forbidden = models.JSONField(default=list)  # [[request, volunteer], …]
    # volunteers who can matter, and for each need what the cheapest of all others would cost (nobody: not in it)
    shortlist = models.JSONField(default=list)
    beyond = models.JSONField(default=dict)
    # for each need why people fall out, counted over everybody (services/planning.because)
    because = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.user_id}, {self.made_at:%Y-%m-%d %H:%M}"


class PlanRun(models.Model):
    """One planning of all open needs of a division: each night, and when somebody asks for it."""

    division = models.ForeignKey(
        Division, models.PROTECT, related_name="plan_runs", verbose_name=_("division")
    )
    made_at = models.DateTimeField(_("when"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="plan_runs", null=True, blank=True)
    needs = models.PositiveIntegerField(_("open needs"))
    seats = models.PositiveIntegerField(_("people wanted"))
    proposed = models.PositiveIntegerField(_("people proposed"))
    unfilled = models.PositiveIntegerField(_("nobody found for"))
    objective = models.PositiveBigIntegerField()
    lower_bound = models.PositiveBigIntegerField()
    is_exact = models.BooleanField(_("proved to be the best"))
    seconds = models.FloatField()  # of reading and solving
    model_version = models.CharField(max_length=40)
    # [{"code": "310105001", "needs": 3, "seats": 4, "proposed": 3, "unfilled": 1}, …] by subdistrict
    places = models.JSONField(default=list)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seats=F("proposed") + F("unfilled")), name="plan_run_counts_every_seat"
            ),
            models.CheckConstraint(
                condition=Q(lower_bound__lte=F("objective")), name="plan_run_is_not_below_its_bound"
            ),
        ]
        indexes = [models.Index(fields=["division", "-made_at"], name="plan_runs_of_division")]

    def __str__(self) -> str:
        return f"{self.division_id}, {self.made_at:%Y-%m-%d %H:%M}"
