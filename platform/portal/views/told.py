"""What the centre sees of messages: each kind as it reads, what was not delivered, how evenly people are asked."""

from datetime import timedelta

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from accounts.models import RuleSet, User
from accounts.spread import longest_silent, spread_of_asks
from core.errors import DomainError
from notifications.catalogue import ABOUT, KINDS, Group, message_of
from notifications.previews import mail_of, previews_of
from notifications.resending import dead_letters_for, resend
from portal.scopes import for_centre
from portal.views.centre import PER_PAGE, frame

WEEKS = (4, 12, 52)


@for_centre
def told(request: HttpRequest) -> HttpResponse:
    """Every kind of one group, in both languages and by each channel."""
    user: User = request.user  # type: ignore[assignment]
    wanted = request.GET.get("group", "")
    group = Group(wanted) if wanted in Group.values else Group.ASKED
    kinds = [name for name, kind in KINDS.items() if kind.group == group]
    context = frame(user, "told") | {
        "group": group,
        "about": ABOUT[group],
        "groups": [(one, sum(kind.group == one for kind in KINDS.values())) for one in Group],
        "previews": previews_of(kinds),
        "failed_count": dead_letters_for(user).count(),
    }
    return render(request, "portal/told.html", context)


@csp_update({"style-src": [SELF, UNSAFE_INLINE]})  # a mail brings its style along
@for_centre
def told_mail(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """The mail of this kind, exactly as it is sent."""
    if kind not in KINDS or language not in dict(settings.LANGUAGES):
        raise Http404
    with override(language):
        return HttpResponse(mail_of(kind, language, request.user))  # type: ignore[arg-type]


@for_centre
def undelivered(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    page = Paginator(dead_letters_for(user), PER_PAGE).get_page(request.GET.get("page"))
    letters = [(delivery, message_of(delivery.notification, lasting=True).subject) for delivery in page]
    return render(
        request, "portal/undelivered.html", frame(user, "told") | {"page": page, "letters": letters}
    )


@for_centre
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    delivery = get_object_or_404(dead_letters_for(user), pk=pk)
    try:
        resend(delivery=delivery, by=user)
        messages.success(request, _("It is being sent again."))
    except DomainError as refused:
        messages.warning(request, str(refused))
    return redirect("portal:undelivered")


@for_centre
def asks(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    code, now = user.centre_codes[0], timezone.now()
    chosen = request.GET.get("weeks", "")
    weeks = int(chosen) if chosen in {str(one) for one in WEEKS} else WEEKS[0]
    rules = RuleSet.objects.in_force(timezone.localdate(now), code)
    silence = timedelta(weeks=rules.silence_weeks)
    spread = spread_of_asks(code, now=now, days=7 * weeks, silence=silence)
    context = frame(user, "asks") | {
        "spread": spread,
        "silent_days": (now - spread.longest_silence).days if spread.longest_silence else None,
        "silent": longest_silent(code, before=now - silence),
        "rules": rules,
        "weeks": weeks,
        "spans": WEEKS,
    }
    return render(request, "portal/asks.html", context)
