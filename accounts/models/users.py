"""A user is someone who can sign in: by e-mail, by mobile phone, or both."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.divisions import Division
from core.phones import shown_phone

# Whoever has no password cannot have been squatted: a code alone opens the account (people on a centre's roster).
HAS_NO_PASSWORD = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)


class UserQuerySet(models.QuerySet["User"]):
    """Anybody can sign up with somebody else's address or number beside an own one; to bind a record to an account
    by what stands in it, that very thing must have been shown to be theirs."""

    def owning_email(self, address: str) -> UserQuerySet:
        """The account whose confirmed address this is, or that of a roster, which only a code opens."""
        confirmed = Q(emailaddress__email__iexact=address, emailaddress__verified=True)
        return self.filter(confirmed | HAS_NO_PASSWORD, email=address).distinct()

    def owning_phone(self, number: str) -> UserQuerySet:
        """The same for a number (E.164)."""
        return self.filter(Q(is_phone_verified=True) | HAS_NO_PASSWORD, phone=number)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)["User"]):  # type: ignore[misc]
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> User:
        """A user with at least one of `email` and `phone`. Without a password nobody can sign in by one."""
        user: User = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail address"), null=True, blank=True, unique=True)
    phone = models.CharField(_("mobile phone"), max_length=16, null=True, blank=True, unique=True)
    is_phone_verified = models.BooleanField(_("phone is verified"), default=False)
    name = models.CharField(_("name"), max_length=60)
    language = models.CharField(_("language"), max_length=8, default="zh-hans")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the administration"), default=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    # a holiday, both days included: nobody is asked, and what can wait is told afterwards
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_until = models.DateField(_("away until"), null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),
            models.CheckConstraint(
                condition=Q(phone__isnull=True) | Q(phone__startswith="+"), name="user_phone_is_e164"
            ),
            models.CheckConstraint(
                condition=Q(away_from__isnull=True, away_until__isnull=True)
                | Q(away_until__gte=models.F("away_from")),
                name="user_away_begins_and_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or shown_phone(self.phone)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def is_away(self, day: date) -> bool:
        return (
            self.away_from is not None
            and self.away_until is not None
            and self.away_from <= day <= self.away_until
        )

    @cached_property
    def staff_roles(self) -> list[StaffRole]:
        """The roles with a scope that somebody of the centre gave this person; read once a request."""
        return list(self.roles.select_related("division"))

    @cached_property
    def worker_codes(self) -> list[str]:
        """Codes of the divisions in which this person is a community worker."""
        return [role.division_id for role in self.staff_roles if role.kind == StaffRole.Kind.COMMUNITY_WORKER]

    @cached_property
    def centre_codes(self) -> list[str]:
        """Codes of the districts in whose volunteer centre this person works."""
        return [role.division_id for role in self.staff_roles if role.kind == StaffRole.Kind.CENTRE_STAFF]

    @property
    def is_community_worker(self) -> bool:
        return bool(self.worker_codes)

    @property
    def is_centre_staff(self) -> bool:
        return bool(self.centre_codes)

    @property
    def scope_codes(self) -> list[str]:
        """Every division that this person's staff roles reach; each code stands for its subtree."""
        return [*self.worker_codes, *self.centre_codes]


class StaffRole(models.Model):
    """A role with a scope. The other roles follow from a record: Volunteer.user, Studio.lead, Household.contact."""

    class Kind(models.TextChoices):
        COMMUNITY_WORKER = "worker", _("Community worker")
        CENTRE_STAFF = "centre", _("Centre staff")

    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    kind = models.CharField(_("role"), max_length=10, choices=Kind)
    division = models.ForeignKey(Division, models.PROTECT, related_name="staff_roles")
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "division"], name="one_role_of_a_kind_and_division"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.division}"
