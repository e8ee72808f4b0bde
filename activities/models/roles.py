"""The roles of a shift: so many of this, so many of that. A shift without roles has places for everybody."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from activities.models.activities import Shift
from activities.models.qualifications import Qualification


class ShiftRole(models.Model):
    shift = models.ForeignKey(Shift, models.CASCADE, related_name="roles")
    name = models.CharField(_("role"), max_length=40)
    qualification = models.ForeignKey(
        Qualification,
        models.PROTECT,
        related_name="roles",
        null=True,
        blank=True,
        verbose_name=_("needs"),
    )
    least = models.PositiveSmallIntegerField(_("needed at least"), default=0)
    places = models.PositiveSmallIntegerField(_("places"), validators=[MinValueValidator(1)])
    # counted with those of the shift, under the shift's lock
    taken = models.PositiveSmallIntegerField(_("places taken"), default=0)
    held = models.PositiveSmallIntegerField(_("places kept"), default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["shift", "name"], name="a_role_once_a_shift"),
            models.CheckConstraint(
                condition=Q(places__gte=F("taken") + F("held")), name="role_is_never_overfull"
            ),
            models.CheckConstraint(
                condition=Q(places__gte=1, least__lte=F("places")), name="role_asks_for_what_fits"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def free(self) -> int:
        return self.places - self.taken - self.held

    @property
    def is_short(self) -> bool:
        """Whether fewer have signed up than are needed at least."""
        return self.taken < self.least
