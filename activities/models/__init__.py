"""What happens when, who comes, and the hours that were given."""

from activities.models.activities import Activity, Shift
from activities.models.attendance import Attendance
from activities.models.corrections import CorrectionRequest
from activities.models.hours import ServiceRecord, Tally
from activities.models.rankings import RankingRow, RankingSnapshot
from activities.models.record_checks import RecordCheck
from activities.models.sign_ups import SignUp

__all__ = [
    "Activity",
    "Attendance",
    "CorrectionRequest",
    "RankingRow",
    "RankingSnapshot",
    "RecordCheck",
    "ServiceRecord",
    "Shift",
    "SignUp",
    "Tally",
]
