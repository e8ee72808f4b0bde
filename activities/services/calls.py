"""Searches for a stand-in that end. Called with the shift of the sign-up locked."""

from activities.events import StandInCallsEnded
from activities.models import SignUp, StandInAsk, StandInCall
from core.events import publish


def end_calls(*sign_ups: SignUp, after: StandInCall.Status = StandInCall.Status.CLOSED) -> None:
    """The searches of these sign-ups are over, and so are the questions in which they would be given for others. The
    number of queries does not depend on how many they are."""
    asked, ended = StandInAsk.Status.ASKED, StandInAsk.Status.ENDED
    open_calls = StandInCall.objects.filter(sign_up__in=sign_ups, status=StandInCall.Status.OPEN)
    if calls := tuple(open_calls.order_by("id").values_list("pk", flat=True)):
        open_calls.update(status=after)
        open_asks = StandInAsk.objects.filter(call__in=calls, status=asked)
        asks = tuple(open_asks.order_by("id").values_list("pk", flat=True))
        open_asks.update(status=ended)
        found = after == StandInCall.Status.FILLED
        publish(StandInCallsEnded(call_ids=calls, ask_ids=asks, found=found))
    StandInAsk.objects.filter(gives__in=sign_ups, status=asked).update(status=ended)
