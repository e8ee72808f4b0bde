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
    record_refusal,
    refuse_activity,
    send_for_review,
)
from activities.services.attendance import decide_open_check_in, observe_arrival, observe_leaving
from activities.services.certificates import (
    ask_for_certificate,
    freeze_certificate,
    keep_paper,
    revoke_certificate,
    rounding_for,
    supersede_certificates,
    unfinished_certificates,
)
from activities.services.codes import check_in, check_out
from activities.services.coins import account_of, rules_for_coins, use_coins
from activities.services.doubts import raise_check, settle_check
from activities.services.honours import enter_award, enter_training, strike_entry
from activities.services.hours import answer_correction, ask_correction, record_hours, reverse_record
from activities.services.rankings import (
    answer_ranking_objection,
    object_to_ranking,
    prepare_ranking,
    publish_ranking,
    withdraw_ranking,
)
from activities.services.record_checks import decide_check
from activities.services.sign_up import cancel_sign_up, sign_up
from activities.services.stars import (
    answer_objection,
    apply_for_star,
    grant_star,
    minutes_given,
    object_to_star,
    publish_star,
    refuse_star,
    revoke_star,
    withdraw_star,
)
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
    "account_of",
    "answer_correction",
    "answer_objection",
    "answer_ranking_objection",
    "apply_for_star",
    "approve_time",
    "ask_correction",
    "ask_for_certificate",
    "cancel_activity",
    "cancel_sign_up",
    "change_activity",
    "check_in",
    "check_out",
    "decide_check",
    "decide_open_check_in",
    "enter_award",
    "enter_training",
    "finish_activity",
    "finish_what_is_over",
    "freeze_certificate",
    "grant_star",
    "join_waiting_list",
    "keep_paper",
    "leave_waiting_list",
    "minutes_given",
    "move_line",
    "move_lines",
    "object_to_ranking",
    "object_to_star",
    "observe_arrival",
    "observe_leaving",
    "post_activity",
    "prepare_ranking",
    "publish_activity",
    "publish_ranking",
    "publish_star",
    "raise_check",
    "record_hours",
    "record_refusal",
    "refuse_activity",
    "refuse_star",
    "reverse_record",
    "revoke_certificate",
    "revoke_star",
    "rounding_for",
    "rules_for_coins",
    "send_for_review",
    "settle_check",
    "sign_up",
    "strike_entry",
    "supersede_certificates",
    "take_kept_place",
    "unfinished_certificates",
    "use_coins",
    "withdraw_ranking",
    "withdraw_star",
]
