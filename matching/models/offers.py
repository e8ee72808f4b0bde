"""The question put to one volunteer or one studio about one need, with its score and reasons kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Studio, User, Volunteer, in_subtrees
from core.models import StateChange
from matching.models.requests import KNOWN_TO_THE_ASKED, ServiceRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: User | AnonymousUser) -> OfferQuerySet:
        """Who was asked; and staff in whose scope the need is."""
        if not user.is_authenticated:
            return self.none()
        seen = (Q(volunteer__user=user) | Q(studio__lead=user)) & Q(status__in=KNOWN_TO_THE_ASKED)
        return self.filter(seen | in_subtrees(user.scope_codes, "request__division__code"))

    def put_to(self, user: User) -> OfferQuerySet:
        """Offers that this person may answer: the own ones and those of studios the person leads."""
        return self.filter(Q(volunteer__user=user) | Q(studio__lead=user)).filter(
            status__in=KNOWN_TO_THE_ASKED
        )

    def open(self) -> OfferQuerySet:
        return self.filter(status=Offer.Status.SENT)

    def with_a_workers_word(self) -> OfferQuerySet:
        """Those that were a proposal first and that staff sent: only these count where a person confirms first."""
        return self.filter(Exists(_word_on(OuterRef("pk"))))

    def without_a_workers_word(self) -> OfferQuerySet:
        return self.filter(~Exists(_word_on(OuterRef("pk"))))


def _word_on(offer: OuterRef) -> models.QuerySet[StateChange]:
    return StateChange.objects.filter(
        subject_kind="matching.offer",
        subject_id=offer,
        before=Offer.Status.PROPOSED,
        after=Offer.Status.SENT,
        by__isnull=False,
    )


class Offer(models.Model):
    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed to the worker")
        PASSED = "passed", _("Passed over by the worker")
        SENT = "sent", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("No answer in time")
        TAKEN = "taken", _("Taken by others")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    request = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="offers")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="offers", null=True, blank=True)
    studio = models.ForeignKey(Studio, models.PROTECT, related_name="offers", null=True, blank=True)
    ring = models.PositiveSmallIntegerField(default=1)
    score = models.FloatField()
    probability = models.FloatField(_("estimated chance of a yes"))
    # [{"code": "near", "metres": 500}, …] in the order of weight; matching/words.py puts them into words
    reasons = models.JSONField(default=list)
    model_version = models.CharField(max_length=40)
    # What the model saw when the question was planned, by the names of the engine's closed list: later models learn
    # from this and from the answer. Empty for studios and for who came unasked.
    features = models.JSONField(default=dict, blank=True)
    # With which probability this person was chosen, given the plan: 1 while plans draw no lots. Null: came unasked.
    chance_of_being_asked = models.FloatField(null=True, blank=True)
    distance_m = models.PositiveIntegerField(_("distance in steps of 500 m"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.SENT)
    sent_at = models.DateTimeField()
    answer_by = models.DateTimeField(_("answer by"))
    answered_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(_("why not"), max_length=120, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(volunteer__isnull=True, studio__isnull=False)
                | Q(volunteer__isnull=False, studio__isnull=True),
                name="offer_is_put_to_one",
            ),
            models.UniqueConstraint(
                fields=["request", "volunteer"],
                condition=Q(volunteer__isnull=False),
                name="a_volunteer_is_asked_once_a_need",
            ),
            models.UniqueConstraint(
                fields=["request", "studio"],
                condition=Q(studio__isnull=False),
                name="a_studio_is_asked_once_a_need",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "answer_by"], name="offers_to_expire"),
            models.Index(fields=["volunteer", "-id"], name="offers_of_volunteer"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} -> {self.volunteer_id or self.studio_id}"

    @property
    def who(self) -> Studio | Volunteer | None:
        """The one to whom it is put."""
        return self.studio or self.volunteer
