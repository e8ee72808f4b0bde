"""What can be done with activities and hours, one file a process. Every act is one transaction and refuses with a
DomainError; check-in and check-out count a wrong guess in a transaction of its own.

Lock order: activity, shifts by id, volunteers by id, sign-ups by id, device, timesheet, record, tallies.
"""

from activities.checks.posting import ShiftGiven
from activities.services.activities import (
    cancel_activity,
    change_activity,
    finish_activity,
    finish_what_is_over,
    post_activity,
    publish_activity,
    refuse_activity,
    send_for_review,
)
from activities.services.attendance import decide_open_check_in, observe_arrival, observe_leaving
from activities.services.codes import check_in, check_out
from activities.services.doubts import raise_check, settle_check
from activities.services.hours import answer_correction, ask_correction, record_hours, reverse_record
from activities.services.rankings import (
    answer_objection,
    object_to_ranking,
    prepare_ranking,
    publish_ranking,
    withdraw_ranking,
)
from activities.services.record_checks import decide_check
from activities.services.sign_up import cancel_sign_up, sign_up
from activities.services.timesheets import approve_time
from activities.services.waiting import (
    join_waiting_list,
    leave_waiting_list,
    move_line,
    move_lines,
    take_kept_place,
)

__all__ = [
    "ShiftGiven",
    "answer_correction",
    "answer_objection",
    "approve_time",
    "ask_correction",
    "cancel_activity",
    "cancel_sign_up",
    "change_activity",
    "check_in",
    "check_out",
    "decide_check",
    "decide_open_check_in",
    "finish_activity",
    "finish_what_is_over",
    "join_waiting_list",
    "leave_waiting_list",
    "move_line",
    "move_lines",
    "object_to_ranking",
    "observe_arrival",
    "observe_leaving",
    "post_activity",
    "prepare_ranking",
    "publish_activity",
    "publish_ranking",
    "raise_check",
    "record_hours",
    "refuse_activity",
    "reverse_record",
    "send_for_review",
    "settle_check",
    "sign_up",
    "take_kept_place",
    "withdraw_ranking",
]
