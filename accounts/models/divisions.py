"""The administrative tree: district > subdistrict > neighbourhood, by codes of 6, 9 and 12 digits."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.geo import Point


def in_subtrees(codes: Iterable[str], field: str = "division__code") -> Q:
    """Rows whose division lies in one of these subtrees; none for no code."""
    found = Q(pk__isnull=True)
    for code in codes:
        found |= Q(**{f"{field}__startswith": code})
    return found


class DivisionQuerySet(models.QuerySet["Division"]):
    def within(self, code: str) -> DivisionQuerySet:
        """The division with this code and everything below it: a prefix is a subtree."""
        return self.filter(code__startswith=code)

    def subdistricts(self) -> DivisionQuerySet:
        return self.filter(level=Division.Level.SUBDISTRICT)

    def neighbourhoods(self) -> DivisionQuerySet:
        return self.filter(level=Division.Level.NEIGHBOURHOOD)


class Division(models.Model):
    class Level(models.TextChoices):
        DISTRICT = "district", _("District")
        SUBDISTRICT = "subdistrict", _("Subdistrict")
        NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood")

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    level = models.CharField(_("level"), max_length=14, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, related_name="children", null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^\d{6}(\d{3}(\d{3})?)?$"), name="division_code_is_6_9_12_digits"
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="division_point_is_whole",
            ),
        ]
        indexes = [models.Index(OpClass("code", name="varchar_pattern_ops"), name="division_prefix")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_neighbourhood(self) -> bool:
        return self.level == Division.Level.NEIGHBOURHOOD

    @property
    def point(self) -> Point | None:
        """WGS-84; a division without a point of its own borrows its parent's."""
        if self.lon is not None and self.lat is not None:
            return Point(self.lon, self.lat)
        return self.parent.point if self.parent else None
