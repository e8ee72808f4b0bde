"""Facts of this app. Times are read from the rows; a fact carries ids and what cannot be read again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ActivityPublished:
    activity_id: int


@dataclass(frozen=True)
class ActivityChanged:
    """Title, place or time of a published activity was changed; `what` are field names."""

    activity_id: int
    what: tuple[str, ...]


@dataclass(frozen=True)
class ActivityCancelled:
    activity_id: int
    reason: str


@dataclass(frozen=True)
class ActivitySentForReview:
    activity_id: int


@dataclass(frozen=True)
class VolunteerSignedUp:
    sign_up_id: int
    volunteer_id: int
    shift_id: int


@dataclass(frozen=True)
class SignUpCancelled:
    sign_up_id: int
    volunteer_id: int
    shift_id: int
    by_volunteer: bool


@dataclass(frozen=True)
class SignUpsCancelled:
    """All places of an activity that was called off were given back (ActivityCancelled has told why)."""

    activity_id: int
    sign_up_ids: tuple[int, ...]


@dataclass(frozen=True)
class VolunteerCheckedIn:
    sign_up_id: int
    volunteer_id: int
    shift_id: int


@dataclass(frozen=True)
class VolunteerCheckedOut:
    sign_up_id: int
    volunteer_id: int
    shift_id: int


@dataclass(frozen=True)
class TimeToApprove:
    """An observed time waits for a person: the rule alone does not approve it."""

    timesheet_id: int
    sign_up_id: int


@dataclass(frozen=True)
class TimeApproved:
    """A person decided which minutes count; the ledger follows in the same transaction."""

    timesheet_id: int
    sign_up_id: int


@dataclass(frozen=True)
class HoursRecorded:
    """A ServiceRecord was appended, be it a reversal; the tallies are already changed."""

    service_record_id: int
    volunteer_id: int
    minutes: int


@dataclass(frozen=True)
class RankingPublished:
    snapshot_id: int


@dataclass(frozen=True)
class HoursCorrectionAsked:
    """A volunteer asked to have a record put right."""

    correction_request_id: int


@dataclass(frozen=True)
class HoursCorrectionAnswered:
    correction_request_id: int


@dataclass(frozen=True)
class ActivityRefused:
    """The centre gave an activity back to its organiser as a draft."""

    activity_id: int
    reason: str


@dataclass(frozen=True)
class StarAppliedFor:
    star_application_id: int


@dataclass(frozen=True)
class StarPublished:
    """A star stands on the public page, open to objections."""

    star_application_id: int


@dataclass(frozen=True)
class StarGranted:
    star_application_id: int


@dataclass(frozen=True)
class StarRefused:
    star_application_id: int


@dataclass(frozen=True)
class StarRevoked:
    star_application_id: int


@dataclass(frozen=True)
class StarWithdrawn:
    star_application_id: int


@dataclass(frozen=True)
class StarObjectedTo:
    star_objection_id: int


@dataclass(frozen=True)
class StarObjectionAnswered:
    star_objection_id: int


@dataclass(frozen=True)
class CertificateMade:
    certificate_id: int


@dataclass(frozen=True)
class CertificateSuperseded:
    """A service that stands on the certificate was corrected."""

    certificate_id: int


@dataclass(frozen=True)
class CertificateRevoked:
    certificate_id: int


@dataclass(frozen=True)
class AwardEntered:
    award_id: int


@dataclass(frozen=True)
class TrainingEntered:
    training_id: int


@dataclass(frozen=True)
class WaitingListJoined:
    waiting_id: int
    volunteer_id: int
    shift_id: int


@dataclass(frozen=True)
class PlaceOffered:
    """A place became free and is kept for the next of the waiting list, until `answer_by` of the row."""

    waiting_id: int
    volunteer_id: int
    shift_id: int


@dataclass(frozen=True)
class PlaceNotTaken:
    """An offered place was declined or not taken in time; it has moved on. `was_in_time` is true for a no."""

    waiting_id: int
    volunteer_id: int
    shift_id: int
    was_in_time: bool


@dataclass(frozen=True)
class WaitingListClosed:
    """The shift has begun, or does not take place: nobody waits for it any more."""

    shift_id: int
    waiting_ids: tuple[int, ...]


@dataclass(frozen=True)
class PlaceConfirmed:
    """Who signed up said, on the day before, that they are still coming."""

    sign_up_id: int


@dataclass(frozen=True)
class StandInAsked:
    """Somebody who cannot come asks this volunteer to come instead, or to swap shifts."""

    ask_id: int
    volunteer_id: int


@dataclass(frozen=True)
class StandInFound:
    """The first has said yes; the places have changed hands."""

    call_id: int
    ask_id: int


@dataclass(frozen=True)
class StandInDeclined:
    call_id: int
    ask_id: int


@dataclass(frozen=True)
class StandInCallsEnded:
    """The questions that were still open need no answer any more; `found` when somebody comes."""

    call_ids: tuple[int, ...]
    ask_ids: tuple[int, ...]
    found: bool


@dataclass(frozen=True)
class SignUpRefused:
    """The organiser, who confirms each sign-up of this activity, said no."""

    waiting_id: int
    volunteer_id: int
    reason: str


@dataclass(frozen=True)
class QualificationClaimed:
    grant_id: int


@dataclass(frozen=True)
class QualificationChecked:
    """The centre looked at a paper: `is_accepted` or not, then with a reason."""

    grant_id: int
    is_accepted: bool
    reason: str


@dataclass(frozen=True)
class SeriesRunsShort:
    """The shifts of a series are made for too short a time ahead: whatever makes them has stopped."""

    series_id: int


@dataclass(frozen=True)
class StandingPlaceMissed:
    """Somebody who always comes could not be given the place in a new shift; `code` and `reason` say why."""

    standing_id: int
    shift_id: int
    reason: str
    code: str
