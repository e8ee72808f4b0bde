"""Facts about people: which becomes which message for whom, and which pages look again."""

from accounts import events as people
from accounts.models import Correction, Household, Membership, Studio, User
from core.events import subscribe
from notifications import topics
from notifications.particulars import address, this_time, volunteer_with_user
from notifications.services import pulse, tell, tell_many


@subscribe(people.VolunteerRegistered)
def volunteer_registered(fact: people.VolunteerRegistered) -> None:
    volunteer = volunteer_with_user(fact.volunteer_id)
    pulse(*topics.desk(volunteer.home_division_id), topics.me(volunteer.user_id))


@subscribe(people.VolunteerChanged)
def volunteer_changed(fact: people.VolunteerChanged) -> None:
    volunteer = volunteer_with_user(fact.volunteer_id)
    pulse(*topics.desk(volunteer.home_division_id), topics.me(volunteer.user_id))


@subscribe(people.VolunteerVerified)
def volunteer_verified(fact: people.VolunteerVerified) -> None:
    _tell_volunteer(fact.volunteer_id, "volunteer-verified")


@subscribe(people.VolunteerSuspended)
def volunteer_suspended(fact: people.VolunteerSuspended) -> None:
    _tell_volunteer(fact.volunteer_id, "volunteer-suspended", reason=fact.reason)


@subscribe(people.VolunteerRestored)
def volunteer_restored(fact: people.VolunteerRestored) -> None:
    _tell_volunteer(fact.volunteer_id, "volunteer-restored")


def _tell_volunteer(volunteer_id: int, kind: str, **params: str) -> None:
    volunteer = volunteer_with_user(volunteer_id)
    key = f"{kind}:{volunteer_id}:{this_time()}"
    tell(user=volunteer.user, kind=kind, params=params, link=address("portal:my"), dedupe_key=key)
    pulse(*topics.desk(volunteer.home_division_id), topics.me(volunteer.user_id))


@subscribe(people.CorrectionAsked)
def record_questioned(fact: people.CorrectionAsked) -> None:
    correction = Correction.objects.select_related("volunteer").get(pk=fact.correction_id)
    pulse(*topics.desk(correction.volunteer.home_division_id))


@subscribe(people.CorrectionAnswered)
def record_question_answered(fact: people.CorrectionAnswered) -> None:
    correction = Correction.objects.select_related("volunteer__user").get(pk=fact.correction_id)
    volunteer = correction.volunteer
    tell(
        user=volunteer.user,
        kind="record-answered",
        params={"answer": correction.answer},
        link=address("accounts:volunteer", volunteer.pk),
        dedupe_key=f"record-answered:{correction.pk}",
    )
    pulse(*topics.desk(volunteer.home_division_id))


@subscribe(people.StudioRegistered)
def studio_registered(fact: people.StudioRegistered) -> None:
    _pulse_studio(fact.studio_id)


@subscribe(people.StudioChanged)
def studio_changed(fact: people.StudioChanged) -> None:
    _pulse_studio(fact.studio_id)


def _pulse_studio(studio_id: int) -> None:
    studio = Studio.objects.get(pk=studio_id)
    pulse(*topics.desk(studio.division_id), topics.me(studio.lead_id))


@subscribe(people.StudioVerified)
def studio_verified(fact: people.StudioVerified) -> None:
    _tell_lead(fact.studio_id, "studio-verified")


@subscribe(people.StudioSuspended)
def studio_suspended(fact: people.StudioSuspended) -> None:
    _tell_lead(fact.studio_id, "studio-suspended", reason=fact.reason)


@subscribe(people.StudioRestored)
def studio_restored(fact: people.StudioRestored) -> None:
    _tell_lead(fact.studio_id, "studio-restored")


def _tell_lead(studio_id: int, kind: str, **params: str) -> None:
    studio = Studio.objects.select_related("lead").get(pk=studio_id)
    tell(
        user=studio.lead,
        kind=kind,
        params={"studio": studio.name, **params},
        link=address("accounts:studio", studio.pk),
        dedupe_key=f"{kind}:{studio.pk}:{this_time()}",
    )
    pulse(*topics.desk(studio.division_id))


@subscribe(people.HouseholdRegistered)
def household_registered(fact: people.HouseholdRegistered) -> None:
    household = Household.objects.select_related("contact").get(pk=fact.household_id)
    if household.contact:
        tell(
            user=household.contact,
            kind="household-registered",
            params={},
            link=address("matching:my_household"),
            dedupe_key=f"household:{household.pk}",
        )
    pulse(*topics.desk(household.division_id))


@subscribe(people.HouseholdChanged)
def household_changed(fact: people.HouseholdChanged) -> None:
    household = Household.objects.get(pk=fact.household_id)
    pulse(*topics.desk(household.division_id), *topics.mine(household.contact_id))


@subscribe(people.OrganisationJoined)
def organisation_joined(fact: people.OrganisationJoined) -> None:
    membership = Membership.objects.select_related("organisation", "user").get(pk=fact.membership_id)
    organisation, member = membership.organisation, membership.user
    managers = User.objects.filter(memberships__organisation=organisation, memberships__is_manager=True)
    if not fact.is_applied and fact.by_id == member.pk:
        return  # let in at once, by an own click
    tell_many(
        users=managers if fact.is_applied else [member],
        kind="membership-asked" if fact.is_applied else "membership",
        params={"organisation": organisation.name, "person": member.name},
        link=address("accounts:organisation", organisation.pk),
        dedupe_key=f"membership:{membership.pk}:{this_time()}",
    )
