"""Searches for a stand-in that end. Called with the shift of the sign-up locked."""

from activities.events import StandInCallEnded
from activities.models import SignUp, StandInAsk, StandInCall
from core.events import publish


def end_calls(sign_up: SignUp, *, after: StandInCall.Status = StandInCall.Status.CLOSED) -> None:
    """The search of this sign-up is over, and so are the questions in which it would be given for another."""
    for call in StandInCall.objects.filter(sign_up=sign_up, status=StandInCall.Status.OPEN):
        call.status = after
        call.save(update_fields=["status"])
        _end_asks(call)
    sign_up.wanted_by.filter(status=StandInAsk.Status.ASKED).update(status=StandInAsk.Status.ENDED)


def _end_asks(call: StandInCall) -> None:
    open_asks = call.asks.filter(status=StandInAsk.Status.ASKED)
    ended = tuple(open_asks.order_by("id").values_list("pk", flat=True))
    open_asks.update(status=StandInAsk.Status.ENDED)
    found = call.status == StandInCall.Status.FILLED
    publish(StandInCallEnded(call_id=call.pk, ask_ids=ended, found=found))
