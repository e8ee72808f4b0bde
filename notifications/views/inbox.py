"""The inbox."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from notifications.catalogue import message_of, true_ones
from notifications.models import Notification
from notifications.services import mark_all_read, mark_read

A_PAGE = 30


class Line:
    """A message as the inbox shows it."""

    def __init__(self, notification: Notification, *, is_true: bool) -> None:
        self.notification = notification
        self.message = message_of(notification)
        self.is_true = is_true
        self.day = timezone.localdate(notification.created_at)


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    mine = Notification.objects.visible_to(user)
    page = Paginator(mine, A_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    held = true_ones(shown)
    lines = [Line(row, is_true=row.pk in held) for row in shown]
    days = [(day, list(of_day)) for day, of_day in groupby(lines, key=lambda line: line.day)]
    newest = shown[0].pk if shown else None
    return render(request, "notifications/inbox.html", {"page": page, "days": days, "newest": newest})


@login_required
@require_GET
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the message leads; on the way it is marked as read. A GET, so that links in mails work."""
    user = reader(request)
    notification = get_object_or_404(Notification.objects.visible_to(user), pk=pk)
    mark_read(notification=notification, by=user)
    is_ours = url_has_allowed_host_and_scheme(notification.link, allowed_hosts=None)
    return redirect(notification.link if is_ours else "notifications:inbox")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """All that the page showed: `up_to` is the newest of them."""
    up_to = request.POST.get("up_to", "")
    count = mark_all_read(by=reader(request), up_to=int(up_to) if up_to.isdecimal() else None)
    if count:
        said = ngettext(
            "%(count)d message is marked as read.", "%(count)d messages are marked as read.", count
        )
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("Everything was read already."))
    return redirect("notifications:inbox")


@login_required
@require_GET
def unread(request: HttpRequest) -> HttpResponse:
    """The number in the bell, nothing for none."""
    return render(request, "notifications/unread.html")


def reader(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User), "login_required stands before every view here"  # noqa: S101
    return user
