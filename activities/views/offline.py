"""The organiser's device with and without network: a key while there is one, ticks when it is back.

Both answer JSON to static/activities/ticks.js. Who is no longer signed in gets 401: the ticks stay on the device.
"""

import base64
import hmac
import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from activities.models import OfflineEntry, Shift
from activities.services import offline
from core.errors import DomainError

MOST = 500  # ticks in one message
LONGEST_NUMBER = 2**53


class NotATick(ValueError):
    pass


@require_POST
def offline_key(request: HttpRequest, pk: int) -> HttpResponse:
    if not isinstance(request.user, User):
        return JsonResponse({}, status=401)
    shift = get_object_or_404(Shift.objects.run_by(request.user).select_related("activity"), pk=pk)
    key = offline.hand_out_key(shift=shift, by=request.user)
    now = round(timezone.now().timestamp() * 1000)
    return JsonResponse({"name": key.name, "secret": base64.b64encode(key.secret).decode(), "now": now})


@require_POST
def offline_ticks(request: HttpRequest) -> HttpResponse:
    """`{"key": name, "ticks": [{"id", "signUp", "act", "at", "signature"}]}`; a verdict for each."""
    if not isinstance(request.user, User):
        return JsonResponse({}, status=401)
    try:
        name, ticks = _signed(json.loads(request.body))
        verdicts = offline.take_over(key_name=name, ticks=ticks, by=request.user)
    except DomainError as refusal:
        return JsonResponse({"refusal": str(refusal)}, status=403)
    except (NotATick, UnicodeDecodeError, json.JSONDecodeError):
        return JsonResponse({}, status=400)
    return JsonResponse(
        {
            "verdicts": [
                {"id": str(one.entry_id), "outcome": one.outcome, "refusal": one.refusal} for one in verdicts
            ]
        }
    )


def _signed(content: Any) -> tuple[str, list[offline.Tick]]:
    """The key's name and the ticks whose signatures hold with it. Raises NotATick when one does not."""
    if not isinstance(content, dict) or not isinstance(content.get("ticks"), list):
        raise NotATick
    name, given = str(content.get("key", "")), content["ticks"]
    if len(given) > MOST:
        raise NotATick
    secret = offline.secret_of(name)
    return name, [_tick(one, secret) for one in given]


def _tick(given: Any, secret: bytes) -> offline.Tick:
    try:
        entry_id, sign_up = uuid.UUID(given["id"]), int(given["signUp"])
        act, at, signature = str(given["act"]), int(given["at"]), str(given["signature"])
    except (KeyError, TypeError, ValueError):
        raise NotATick from None
    if act not in OfflineEntry.Act.values or not (0 < sign_up < LONGEST_NUMBER and 0 < at < LONGEST_NUMBER):
        raise NotATick
    right = offline.signature_of(secret, offline.text_of(entry_id, sign_up, act, at))
    if not hmac.compare_digest(right.encode(), signature.encode()):
        raise NotATick
    try:
        return offline.Tick(entry_id, sign_up, act, offline.moment_of(at))
    except (OverflowError, ValueError, OSError):
        raise NotATick from None
