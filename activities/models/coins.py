"""Time coins by double entry: every entry takes from one account what it gives to another. Off until a rule says so.

Amounts are minutes of service; how many make a coin is a rule of the day.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, User, Volunteer
from activities.models.hours import ServiceRecord


class CoinAccount(models.Model):
    """Persons and pools hold a balance. ISSUED and SPENT only stand on the other side: no record waits for them."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        POOL = "pool", _("Community pool")
        ISSUED = "issued", _("Issued")
        SPENT = "spent", _("Spent")

    kind = models.CharField(max_length=8, choices=Kind)
    volunteer = models.OneToOneField(
        Volunteer, models.PROTECT, related_name="coin_account", null=True, blank=True
    )
    division = models.OneToOneField(Division, models.PROTECT, related_name="coin_pool", null=True, blank=True)
    balance = models.BigIntegerField(_("balance (minutes)"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="coins_never_below_zero"),
            models.CheckConstraint(
                condition=Q(kind="person", volunteer__isnull=False, division__isnull=True)
                | Q(kind="pool", volunteer__isnull=True, division__isnull=False)
                | Q(kind__in=["issued", "spent"], volunteer__isnull=True, division__isnull=True, balance=0),
                name="a_coin_account_has_one_owner",
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind__in=["issued", "spent"]), name="one_account_beside_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.volunteer_id or self.division_id or ''}"


class CoinEntry(models.Model):
    """Append-only; the database refuses to change one."""

    class Kind(models.TextChoices):
        EARN = "earn", _("Earned")
        TAKE_BACK = "back", _("Taken back")
        SPEND = "spend", _("Spent")
        GIVE = "give", _("Given")
        DONATE = "donate", _("Donated")

    kind = models.CharField(max_length=8, choices=Kind)
    taken_from = models.ForeignKey(CoinAccount, models.PROTECT, related_name="entries_out")
    given_to = models.ForeignKey(CoinAccount, models.PROTECT, related_name="entries_in")
    minutes = models.PositiveIntegerField()
    record = models.ForeignKey(
        ServiceRecord, models.PROTECT, related_name="coin_entries", null=True, blank=True
    )
    on = models.DateField()  # the local day that counts for the cap of a day
    words = models.CharField(_("what for"), max_length=120, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="coin_entries", null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="a_coin_entry_moves_something"),
            models.CheckConstraint(condition=~Q(taken_from=F("given_to")), name="a_coin_entry_has_two_sides"),
            models.UniqueConstraint(fields=["record"], condition=Q(kind="earn"), name="a_record_earns_once"),
            models.UniqueConstraint(
                fields=["record"], condition=Q(kind="back"), name="a_record_is_taken_back_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.minutes}"
