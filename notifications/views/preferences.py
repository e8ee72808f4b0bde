"""The person's own settings of messages, the preview of the collected mail, and push messages on a device."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User, Volunteer
from accounts.services import set_language, set_weekly_asks
from core.errors import DomainError
from notifications.catalogue import KINDS, message_of, true_ones
from notifications.channels.push import public_key
from notifications.choices import choose_many, forget_choice, set_preferences, take_holiday
from notifications.deciding import preferences_of
from notifications.digests import AT_A_TIME, waiting_of
from notifications.forms import MessageSettings, channels_offered, initial_of
from notifications.models import PushSubscription
from notifications.standing import exemptions_of, groups_of, name_of, switched_on, watches_of
from notifications.subscribing import subscribe_device, unsubscribe_device
from notifications.timing import next_digest
from notifications.views.inbox import reader

LONGEST_BODY = 4000  # bytes of a subscription


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    volunteer = Volunteer.objects.filter(user=user).first()
    groups = groups_of(user)
    offered = {channel for channel, _label in channels_offered()}
    initial = initial_of(user, preferences_of(user), volunteer) | {
        f"group_{group}": sorted(channels & offered) for group, channels in switched_on(user, groups).items()
    }
    form = MessageSettings(request.POST or None, initial=initial, groups=groups, volunteer=volunteer)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            save(user, volunteer, form)
        except DomainError as refused:
            refusal = refused
        else:
            user.refresh_from_db(fields=["language"])
            with override(user.language):
                messages.success(request, _("Saved."))
            return redirect("notifications:preferences")
    context = {
        "form": form,
        "refusal": refusal,
        "exemptions": exemptions_of(user),
        "devices": PushSubscription.objects.filter(user=user),
        "watches": watches_of(volunteer) if volunteer else [],
        "push_key": public_key(),
        "safety": [name_of(name) for name, kind in KINDS.items() if kind.is_safety and kind.group in groups],
    }
    return render(request, "notifications/preferences.html", context, status=409 if refusal else 200)


@transaction.atomic
def save(user: User, volunteer: Volunteer | None, form: MessageSettings) -> None:
    cleaned = form.cleaned_data
    changed = set(form.changed_data)
    if any(name.startswith("group_") for name in changed):
        switches = {key: on for key, on in form.switches().items() if f"group_{key[0]}" in changed}
        choose_many(user=user, switches=switches, by=user)
    take_holiday(user=user, since=cleaned["away_from"], until=cleaned["away_until"], by=user)
    set_preferences(user=user, by=user, **form.preferences())
    set_language(user=user, language=cleaned["language"], by=user)
    if volunteer is not None and "weekly_asks" in changed:
        set_weekly_asks(volunteer=volunteer, weekly_asks=cleaned["weekly_asks"], by=user)


@login_required
@require_POST
def drop_choice(request: HttpRequest) -> HttpResponse:
    """A kind that was switched on or off by itself follows its group again."""
    forget_choice(user=reader(request), scope=request.POST.get("scope", ""), by=reader(request))
    messages.success(request, _("This kind follows its group again."))
    return redirect("notifications:preferences")


@login_required
@require_GET
def digest_preview(request: HttpRequest) -> HttpResponse:
    """What the next collected mail will say: what waits for it, is unread and still true."""
    user = reader(request)
    chosen = preferences_of(user)
    waiting = [delivery.notification for delivery in waiting_of(user)[:AT_A_TIME]]
    held = true_ones(waiting)
    entries = [
        (row, message_of(row, lasting=True)) for row in waiting if row.pk in held and row.read_at is None
    ]
    due = waiting_of(user).order_by("due_at").values_list("due_at", flat=True).first()
    is_collecting = chosen.rhythm != chosen.Rhythm.NOW
    context = {
        "entries": entries,
        "next_at": due or (next_digest(chosen, timezone.now()) if is_collecting else None),
        "preferences": chosen,
    }
    return render(request, "notifications/digest_preview.html", context)


@login_required
@require_POST
def push_on(request: HttpRequest) -> HttpResponse:
    """A browser's subscription, as JSON of PushSubscription.toJSON()."""
    try:
        given = json.loads(request.body) if len(request.body) <= LONGEST_BODY else {}
        keys = given["keys"]
        subscribe_device(
            user=reader(request),
            endpoint=str(given["endpoint"]),
            p256dh=str(keys["p256dh"]),
            auth=str(keys["auth"]),
            device=request.headers.get("user-agent", ""),
        )
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"reason": _("That is no subscription of a browser.")}, status=400)
    except DomainError as refused:
        return JsonResponse({"reason": str(refused)}, status=409)
    return JsonResponse({"said": _("This device gets messages now.")}, status=201)


@login_required
@require_POST
def push_off(request: HttpRequest) -> HttpResponse:
    number = request.POST.get("device", "")
    unsubscribe_device(user=reader(request), pk=int(number) if number.isdecimal() else 0)
    messages.success(request, _("This device gets no more messages."))
    return redirect("notifications:preferences")
