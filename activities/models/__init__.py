"""What happens when, who comes, and the hours that were given."""

from activities.models.activities import Activity, Shift
from activities.models.attendance import Attendance, Timesheet, Way
from activities.models.calendars import CalendarFeed
from activities.models.certificates import Certificate, CertificatePaper
from activities.models.chain import LedgerBatch, LedgerHead, LedgerPending
from activities.models.coins import CoinAccount, CoinEntry
from activities.models.corrections import CorrectionRequest
from activities.models.honours import Award, Training
from activities.models.hours import ServiceRecord
from activities.models.observing import Kiosk, MeetingPoint, OfflineEntry, PaperSlip, ShiftDevice
from activities.models.photos import ActivityPhoto
from activities.models.qualifications import Qualification, QualificationGrant
from activities.models.rankings import RankingObjection, RankingRow, RankingSnapshot
from activities.models.record_checks import RecordCheck
from activities.models.refusals import RefusedPosting
from activities.models.roles import ShiftRole
from activities.models.series import Series, StandingSignUp
from activities.models.sign_ups import SignUp
from activities.models.stand_ins import StandInAsk, StandInCall
from activities.models.stars import StarApplication, StarObjection
from activities.models.tallies import RankBand, RankMove, Tally
from activities.models.waiting import Waiting

__all__ = [
    "Activity",
    "ActivityPhoto",
    "Attendance",
    "Award",
    "CalendarFeed",
    "Certificate",
    "CertificatePaper",
    "CoinAccount",
    "CoinEntry",
    "CorrectionRequest",
    "Kiosk",
    "LedgerBatch",
    "LedgerHead",
    "LedgerPending",
    "MeetingPoint",
    "OfflineEntry",
    "PaperSlip",
    "Qualification",
    "QualificationGrant",
    "RankBand",
    "RankMove",
    "RankingObjection",
    "RankingRow",
    "RankingSnapshot",
    "RecordCheck",
    "RefusedPosting",
    "Series",
    "ServiceRecord",
    "Shift",
    "ShiftDevice",
    "ShiftRole",
    "SignUp",
    "StandInAsk",
    "StandInCall",
    "StandingSignUp",
    "StarApplication",
    "StarObjection",
    "Tally",
    "Timesheet",
    "Training",
    "Waiting",
    "Way",
]
