"""Facts about stars, certificates, awards and training: who is told, and which pages look again."""

from accounts.models import User
from activities import events
from activities.models import Award, Certificate, StarApplication, StarObjection, Training
from core.events import subscribe
from notifications import topics
from notifications.particulars import address
from notifications.services import pulse, tell


def _star(pk: int) -> StarApplication:
    return StarApplication.objects.select_related("volunteer__user").get(pk=pk)


def _pulse_star(application: StarApplication) -> None:
    volunteer = application.volunteer
    pulse(topics.me(volunteer.user_id), *topics.desk(volunteer.home_division_id))


def _tell_applicant(application: StarApplication, kind: str, **params: object) -> None:
    tell(
        user=application.volunteer.user,
        kind=kind,
        params={"level": application.level} | params,
        link=address("activities:record"),
        dedupe_key=f"{kind}:{application.pk}",
    )
    _pulse_star(application)


@subscribe(events.StarAppliedFor)
def star_applied_for(fact: events.StarAppliedFor) -> None:
    _pulse_star(_star(fact.star_application_id))


@subscribe(events.StarWithdrawn)
def star_withdrawn(fact: events.StarWithdrawn) -> None:
    _pulse_star(_star(fact.star_application_id))


@subscribe(events.StarPublished)
def star_published(fact: events.StarPublished) -> None:
    application = _star(fact.star_application_id)
    _tell_applicant(application, "star-published", until=str(application.objections_until))


@subscribe(events.StarGranted)
def star_granted(fact: events.StarGranted) -> None:
    _tell_applicant(_star(fact.star_application_id), "star-granted")


@subscribe(events.StarRefused)
def star_refused(fact: events.StarRefused) -> None:
    application = _star(fact.star_application_id)
    _tell_applicant(application, "star-refused", reason=application.decided_because)


@subscribe(events.StarRevoked)
def star_revoked(fact: events.StarRevoked) -> None:
    application = _star(fact.star_application_id)
    _tell_applicant(application, "star-revoked", reason=application.decided_because)


@subscribe(events.StarObjectedTo)
def star_objected_to(fact: events.StarObjectedTo) -> None:
    """Only the desk looks again: the volunteer is not told who objects, nor that somebody did."""
    objection = StarObjection.objects.select_related("application__volunteer").get(pk=fact.star_objection_id)
    pulse(*topics.desk(objection.application.volunteer.home_division_id))


@subscribe(events.StarObjectionAnswered)
def star_objection_answered(fact: events.StarObjectionAnswered) -> None:
    objection = StarObjection.objects.select_related("application__volunteer", "by").get(
        pk=fact.star_objection_id
    )
    tell(
        user=objection.by,
        kind="star-objection-answered",
        params={"answer": objection.answer},
        link=address("activities:stars"),  # a refused star has no public page any more
        dedupe_key=f"star-objection-answered:{objection.pk}",
    )
    pulse(*topics.desk(objection.application.volunteer.home_division_id))


def _tell_holder(certificate_id: int, kind: str, **params: object) -> None:
    certificate = (
        Certificate.objects.select_related("volunteer__user").defer("services").get(pk=certificate_id)
    )
    tell(
        user=certificate.volunteer.user,
        kind=kind,
        params={"serial": certificate.shown_serial, "reason": certificate.revoked_because} | params,
        link=address("activities:certificate", certificate.pk),
        dedupe_key=f"{kind}:{certificate.pk}",
    )
    pulse(topics.me(certificate.volunteer.user_id))


@subscribe(events.CertificateMade)
def certificate_made(fact: events.CertificateMade) -> None:
    _tell_holder(fact.certificate_id, "certificate-ready")


@subscribe(events.CertificateSuperseded)
def certificate_superseded(fact: events.CertificateSuperseded) -> None:
    _tell_holder(fact.certificate_id, "certificate-superseded")


@subscribe(events.CertificateRevoked)
def certificate_revoked(fact: events.CertificateRevoked) -> None:
    _tell_holder(fact.certificate_id, "certificate-revoked")


def _tell_honoured(user: User, kind: str, entry: Award | Training) -> None:
    tell(
        user=user,
        kind=kind,
        params={"title": entry.name},
        link=address("activities:record"),
        dedupe_key=f"{kind}:{entry.pk}",
    )
    pulse(topics.me(user.pk))


@subscribe(events.AwardEntered)
def award_entered(fact: events.AwardEntered) -> None:
    award = Award.objects.select_related("volunteer__user").get(pk=fact.award_id)
    _tell_honoured(award.volunteer.user, "award-entered", award)


@subscribe(events.TrainingEntered)
def training_entered(fact: events.TrainingEntered) -> None:
    training = Training.objects.select_related("volunteer__user").get(pk=fact.training_id)
    _tell_honoured(training.volunteer.user, "training-entered", training)
