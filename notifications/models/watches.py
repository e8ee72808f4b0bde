"""Places that somebody wants to hear of."""

from __future__ import annotations

from django.db import models

from accounts.models import Volunteer
from core.codes import ServiceCategory


class PlaceWatch(models.Model):
    """ "Tell me when a place like this is free": a kind of service in one subdistrict, for some months."""

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="place_watches")
    category = models.CharField(max_length=4, choices=ServiceCategory)
    division_code = models.CharField(max_length=9)  # of the subdistrict: nine digits
    ends_on = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "category", "division_code"], name="one_watch_a_kind_and_subdistrict"
            )
        ]
        indexes = [models.Index(fields=["category", "division_code"], name="watches_of_a_place")]

    def __str__(self) -> str:
        return f"{self.volunteer_id}: {self.category} in {self.division_code}"
