"""The centre looks at a licence; who did is written down (State Council Order 685, Art 16)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.checks import check_is_not_the_own_record
from accounts.events import StudioChanged, VolunteerChanged
from accounts.models import Credential, User, VolunteerSkill
from core.errors import DomainError
from core.events import publish
from core.models import StateChange


@transaction.atomic
def check_licence(*, volunteer_skill: VolunteerSkill, by: User) -> VolunteerSkill:
    """The licence of a volunteer was seen. Raises DomainError: own_record, licence_not_entered, licence_ended."""
    row = (
        VolunteerSkill.objects.select_for_update(of=("self",))
        .select_related("volunteer")
        .get(pk=volunteer_skill.pk)
    )
    check_is_not_the_own_record(row.volunteer.user_id, by)
    if not row.licence_name or row.licence_valid_until is None:
        raise DomainError(
            "licence_not_entered",
            _("No licence has been entered for this skill."),
            help=_("The volunteer enters its name and the day until which it is valid."),
        )
    if row.licence_valid_until < timezone.localdate():
        raise _ended()
    if not row.is_licence_checked:
        row.is_licence_checked = True
        row.save(update_fields=["is_licence_checked"])
        _write_down(row, by, row.licence_name)
        publish(VolunteerChanged(row.volunteer_id, by.pk))
    return row


@transaction.atomic
def check_credential(*, credential: Credential, by: User) -> Credential:
    """The credential of a studio was seen. Raises DomainError: own_record, licence_ended."""
    row = Credential.objects.select_for_update(of=("self",)).select_related("studio").get(pk=credential.pk)
    check_is_not_the_own_record(row.studio.lead_id, by)
    if row.valid_until < timezone.localdate():
        raise _ended()
    if not row.is_checked:
        row.is_checked = True
        row.save(update_fields=["is_checked"])
        _write_down(row, by, row.name)
        publish(StudioChanged(row.studio_id, by.pk))
    return row


def _ended() -> DomainError:
    return DomainError(
        "licence_ended", _("This licence is no longer valid."), help=_("Its holder enters the renewed one.")
    )


def _write_down(row: VolunteerSkill | Credential, by: User, name: str) -> None:
    kind = "accounts.volunteerskill" if isinstance(row, VolunteerSkill) else "accounts.credential"
    StateChange.objects.create(
        subject_kind=kind,
        subject_id=row.pk,
        before="stated",
        after="checked",
        by=by,
        reason=name,
    )
