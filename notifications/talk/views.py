"""Pages of conversations. Whoever takes no part gets a 404."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities.models import Activity
from core.errors import DomainError
from matching.models import Assignment
from notifications.models import Listening, Report, Said, Thread
from notifications.talk import services
from notifications.talk.forms import ReportForm, SayForm
from notifications.talk.people import names_in
from notifications.talk.reading import lines_of, threads_of, with_things
from notifications.views.inbox import reader

A_PAGE = 20


@login_required
@require_GET
def threads(request: HttpRequest) -> HttpResponse:
    page = Paginator(threads_of(reader(request)), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/threads.html", {"page": page})


@login_required
@require_GET
def of_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """The thread of an assignment; made when somebody first looks for it."""
    assignment = get_object_or_404(Assignment.objects.visible_to(reader(request)), pk=pk)
    return _to_thread(request, Thread.objects.get_or_create(assignment=assignment)[0])


@login_required
@require_GET
def of_activity(request: HttpRequest, pk: int) -> HttpResponse:
    activity = get_object_or_404(Activity.objects.visible_to(reader(request)), pk=pk)
    return _to_thread(request, Thread.objects.get_or_create(activity=activity)[0])


def _to_thread(request: HttpRequest, found: Thread) -> HttpResponse:
    get_object_or_404(Thread.objects.visible_to(reader(request)), pk=found.pk)
    return redirect("talk:thread", found.pk)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def thread(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    found = get_object_or_404(with_things(Thread.objects.visible_to(user)), pk=pk)
    form = SayForm(request.POST or None, request.FILES or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        picture = form.cleaned_data["picture"]
        try:
            services.say(
                thread=found,
                words=form.cleaned_data["words"],
                picture=picture.file if picture else None,
                size=picture.size if picture else 0,
                submission_key=form.cleaned_data["submission_key"],
                by=user,
            )
        except DomainError as error:
            refusal = error
        else:
            return redirect("talk:thread", found.pk)
    before = request.GET.get("before", "")
    lines, has_earlier = lines_of(found, user, before=int(before) if before.isdecimal() else None)
    if lines and not before:
        services.read(thread=found, up_to=lines[-1].said.pk, by=user)
    listening = Listening.objects.filter(thread=found, user=user).first()
    context = {
        "thread": found,
        "lines": lines,
        "has_earlier": has_earlier,
        "is_earlier": bool(before),
        "form": form,
        "refusal": refusal,
        "is_muted": bool(listening and listening.is_muted),
    }
    return render(
        request, "notifications/thread.html", context, status=422 if refusal or form.errors else 200
    )


@login_required
@require_POST
def mute(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    found = get_object_or_404(Thread.objects.visible_to(user), pk=pk)
    services.mute(thread=found, is_muted=request.POST.get("muted") == "1", by=user)
    return redirect("talk:thread", found.pk)


@login_required
@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    said = get_object_or_404(Said.objects.visible_to(reader(request)), pk=pk)
    drawn = services.picture_of(said)
    if not drawn:
        raise Http404
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(drawn, content_type="image/jpeg", headers=headers)


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    said = get_object_or_404(Said.objects.visible_to(user).select_related("thread"), pk=pk)
    form = ReportForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            services.report(said=said, reason=form.cleaned_data["reason"], by=user)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("Thank you. Staff look at it; nobody learns who reported it."))
            return redirect("talk:thread", said.thread_id)
    name = names_in(said.thread, [said.author_id]).get(said.author_id, "")
    context = {"said": said, "words": services.words_of(said), "name": name, "form": form, "refusal": refusal}
    return render(
        request, "notifications/report.html", context, status=422 if refusal or form.errors else 200
    )


@login_required
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """What was reported in the reader's division, for staff."""
    user = reader(request)
    if not user.scope_codes:
        raise Http404
    waiting = (
        Report.objects.visible_to(user)
        .waiting()
        .select_related("said__thread__assignment__request", "said__thread__activity")
    )
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/reports.html", {"page": page})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    found = get_object_or_404(
        Report.objects.visible_to(user).select_related("said__thread", "said__author"), pk=pk
    )
    if request.method == "POST":
        try:
            services.decide_report(
                report=found, is_right=request.POST.get("decision") == "take-down", by=user
            )
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("It is decided."))
        return redirect("talk:reports")
    context = {"report": found, "words": services.words_for_staff(found, by=user)}
    return render(request, "notifications/report_decide.html", context)
