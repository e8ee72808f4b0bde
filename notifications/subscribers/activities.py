"""Facts about activities, hours and rankings: which becomes which message for whom, and which pages look again."""

from django.db.models import Q

from accounts.models import User
from activities import events as activities
from activities.models import (
    Activity,
    CorrectionRequest,
    RankingSnapshot,
    ServiceRecord,
    Shift,
    SignUp,
    Waiting,
)
from core.events import subscribe
from notifications import topics
from notifications.particulars import address, last_move, of_activity, this_time, times_of
from notifications.services import pulse, tell, tell_many


@subscribe(activities.ActivitySentForReview)
def activity_sent_for_review(fact: activities.ActivitySentForReview) -> None:
    pulse_activity(Activity.objects.get(pk=fact.activity_id))


@subscribe(activities.ActivityPublished)
def activity_published(fact: activities.ActivityPublished) -> None:
    _tell_organiser(fact.activity_id, "activity-published")


@subscribe(activities.ActivityRefused)
def activity_refused(fact: activities.ActivityRefused) -> None:
    _tell_organiser(fact.activity_id, "activity-refused", reason=fact.reason)


def _tell_organiser(activity_id: int, kind: str, **params: str) -> None:
    activity = Activity.objects.select_related("posted_by").get(pk=activity_id)
    move = last_move(activity)
    if move is None or move.by_id != activity.posted_by_id:
        tell(
            user=activity.posted_by,
            kind=kind,
            params=of_activity(activity) | params,
            link=address("activities:activity", activity.pk),
            dedupe_key=f"{kind}:{activity.pk}:{this_time()}",
        )
    pulse_activity(activity)


@subscribe(activities.ActivityChanged)
def activity_changed(fact: activities.ActivityChanged) -> None:
    _tell_everybody_signed_up(fact.activity_id, "activity-changed", what=list(fact.what))


@subscribe(activities.ActivityCancelled)
def activity_cancelled(fact: activities.ActivityCancelled) -> None:
    _tell_everybody_signed_up(fact.activity_id, "activity-cancelled", reason=fact.reason)


def _tell_everybody_signed_up(activity_id: int, kind: str, **params: object) -> None:
    """Each person once, with the time of the own shift; shifts that are over are left alone."""
    activity = Activity.objects.get(pk=activity_id)
    key = f"{kind}:{activity.pk}:{this_time()}"
    for shift in Shift.objects.filter(activity=activity).upcoming().order_by("starts_at"):
        coming = (SignUp.Status.SIGNED_UP, SignUp.Status.CHECKED_IN)
        users = User.objects.filter(
            Q(volunteer__sign_ups__shift=shift, volunteer__sign_ups__status__in=coming)
            | Q(volunteer__waiting__shift=shift, volunteer__waiting__status__in=Waiting.IN_LINE)
        ).distinct()
        tell_many(
            users=users,
            kind=kind,
            params=of_activity(activity) | times_of(shift) | params,
            link=address("activities:activity", activity.pk),
            dedupe_key=key,
        )
    pulse_activity(activity)


@subscribe(activities.VolunteerSignedUp)
def volunteer_signed_up(fact: activities.VolunteerSignedUp) -> None:
    sign_up = _sign_up(fact.sign_up_id)
    activity = sign_up.shift.activity
    tell(
        user=sign_up.volunteer.user,
        kind="signed-up",
        params={"sign_up": sign_up.pk} | of_activity(activity) | times_of(sign_up.shift),
        link=address("activities:activity", activity.pk),
        dedupe_key=f"signed-up:{sign_up.pk}",
    )
    pulse_activity(activity, topics.me(sign_up.volunteer.user_id))


@subscribe(activities.SignUpCancelled)
def sign_up_cancelled(fact: activities.SignUpCancelled) -> None:
    sign_up = _sign_up(fact.sign_up_id)
    activity = sign_up.shift.activity
    # when the whole activity is cancelled, everybody has been told that
    if not fact.by_volunteer and activity.status != Activity.Status.CANCELLED:
        tell(
            user=sign_up.volunteer.user,
            kind="sign-up-cancelled",
            params=of_activity(activity) | times_of(sign_up.shift),
            link=address("activities:activity", activity.pk),
            dedupe_key=f"sign-up-cancelled:{sign_up.pk}",
        )
    pulse_activity(activity, topics.me(sign_up.volunteer.user_id))


@subscribe(activities.SignUpsCancelled)
def sign_ups_cancelled(fact: activities.SignUpsCancelled) -> None:
    """Everybody has been told that the activity is cancelled; here the pages with their own dates look again."""
    users = SignUp.objects.filter(pk__in=fact.sign_up_ids).values_list("volunteer__user", flat=True)
    pulse_activity(Activity.objects.get(pk=fact.activity_id), *map(topics.me, users))


@subscribe(activities.PlaceConfirmed)
def place_confirmed(fact: activities.PlaceConfirmed) -> None:
    pulse_activity(_sign_up(fact.sign_up_id).shift.activity)


@subscribe(activities.VolunteerCheckedIn)
def volunteer_checked_in(fact: activities.VolunteerCheckedIn) -> None:
    sign_up = _sign_up(fact.sign_up_id)
    pulse_activity(sign_up.shift.activity, topics.me(sign_up.volunteer.user_id))


@subscribe(activities.VolunteerCheckedOut)
def volunteer_checked_out(fact: activities.VolunteerCheckedOut) -> None:
    sign_up = _sign_up(fact.sign_up_id)
    pulse_activity(sign_up.shift.activity, topics.me(sign_up.volunteer.user_id))


@subscribe(activities.TimeToApprove)
def time_to_approve(fact: activities.TimeToApprove) -> None:
    sign_up = _sign_up(fact.sign_up_id)
    pulse_activity(sign_up.shift.activity, topics.me(sign_up.volunteer.user_id))


@subscribe(activities.TimeApproved)
def time_approved(fact: activities.TimeApproved) -> None:
    sign_up = _sign_up(fact.sign_up_id)
    pulse_activity(sign_up.shift.activity, topics.me(sign_up.volunteer.user_id))


@subscribe(activities.HoursRecorded)
def hours_recorded(fact: activities.HoursRecorded) -> None:
    record = ServiceRecord.objects.select_related("volunteer__user", "studio").get(pk=fact.service_record_id)
    volunteer = record.volunteer
    is_first = record.reverses_id is None and record.revision == 0
    # who asked for the correction is told the answer instead
    answered = CorrectionRequest.objects.filter(
        record__source_kind=record.source_kind, record__source_id=record.source_id, status="corrected"
    )
    if is_first or not answered.exists():
        tell(
            user=volunteer.user,
            kind="hours" if is_first else "hours-corrected",
            params={"record": record.pk, "title": record.name, "minutes": record.minutes},
            link=address("activities:hours"),
            dedupe_key=f"hours:{record.source_kind}:{record.source_id}:{this_time()}",
        )
    home = [record.division_id, volunteer.home_division_id]
    home += [record.studio.division_id] if record.studio else []
    ranked = [topic for code in home for topic in topics.ranking(code)]
    pulse(*ranked, *topics.desk(record.division_id), topics.me(volunteer.user_id), topics.BOARD)


@subscribe(activities.HoursCorrectionAsked)
def hours_questioned(fact: activities.HoursCorrectionAsked) -> None:
    asked = CorrectionRequest.objects.select_related("record").get(pk=fact.correction_request_id)
    pulse(*topics.desk(asked.record.division_id))


@subscribe(activities.HoursCorrectionAnswered)
def hours_question_answered(fact: activities.HoursCorrectionAnswered) -> None:
    asked = CorrectionRequest.objects.select_related("record__volunteer__user").get(
        pk=fact.correction_request_id
    )
    is_corrected = asked.status == CorrectionRequest.Status.CORRECTED
    tell(
        user=asked.record.volunteer.user,
        kind="correction-made" if is_corrected else "correction-refused",
        params={"record": asked.record_id, "title": asked.record.name, "answer": asked.answer},
        link=address("activities:hours"),
        dedupe_key=f"correction:{asked.pk}",
    )
    pulse(*topics.desk(asked.record.division_id))


@subscribe(activities.RankingPublished)
def ranking_published(fact: activities.RankingPublished) -> None:
    snapshot = RankingSnapshot.objects.get(pk=fact.snapshot_id)
    pulse(*topics.ranking(snapshot.division_id), *topics.desk(snapshot.division_id), topics.BOARD)


def _sign_up(sign_up_id: int) -> SignUp:
    return SignUp.objects.select_related("shift__activity", "volunteer__user").get(pk=sign_up_id)


def pulse_activity(activity: Activity, *more: str) -> None:
    pulse(topics.activity(activity.pk), *topics.desk(activity.division_id), *more)
