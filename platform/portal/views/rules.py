"""The centre's rules: what holds where and since when, what a change would do, and the working calendar."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import services
from accounts.asking import tried
from accounts.forms.rules import PlaceAndDayForm, RulesForm
from accounts.forms.volunteers import day_input
from accounts.models import CalendarDay, Division, RuleSet, User, in_subtrees
from accounts.working_days import years_to_enter
from activities.forms.inputs import day_of
from core.errors import DomainError
from portal import ruling
from portal.scopes import for_centre
from portal.views.centre import frame


class CalendarDayForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("day"), widget=day_input())
    name = forms.CharField(label=gettext_lazy("name"), max_length=40)
    is_working = forms.BooleanField(label=gettext_lazy("a working day"), required=False)


@for_centre
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule set of the area with what it changed, those to come first."""
    user: User = request.user  # type: ignore[assignment]
    today = timezone.localdate()
    context = frame(user, "rules") | {
        "decided": ruling.history(user.centre_codes, today),
        "choose": PlaceAndDayForm(codes=user.centre_codes),
        "years": years_to_enter(today),
    }
    return render(request, "portal/rules.html", context)


@for_centre
def rules_decide(request: HttpRequest) -> HttpResponse:
    """The form, filled with what is in force. Sent with `look`, it shows what the change would have done last year."""
    user: User = request.user  # type: ignore[assignment]
    asked = request.POST or request.GET
    divisions = Division.objects.exclude(level=Division.Level.NEIGHBOURHOOD)
    division = get_object_or_404(
        divisions.filter(in_subtrees(user.centre_codes, "code")),
        pk=asked.get("division", user.centre_codes[0]),
    )
    base = RuleSet.objects.in_force(date.max, division.code)  # a change is made on top of the last decision
    form, refusal, effects, changes = RulesForm(request.POST or None, base=base), None, None, []
    if request.method == "POST" and form.is_valid():
        wanted = RuleSet(division=division, effective_on=form.cleaned_data["effective_on"], **form.values())
        changes = ruling.differences(base, wanted)
        if "decide" in request.POST:
            try:
                services.change_rules(
                    division=division,
                    changes=form.changes(),
                    effective_on=wanted.effective_on,
                    note=form.cleaned_data["note"],
                    by=user,
                )
            except DomainError as error:
                refusal = error
            else:
                messages.success(
                    request, _("Decided. The rules hold from %(day)s on.") % {"day": wanted.effective_on}
                )
                return redirect("portal:rules")
        effects = ruling.effects(base, wanted, division.code)
    context = frame(user, "rules") | {
        "form": form,
        "division": division,
        "refusal": refusal,
        "effects": effects,
        "changes": changes,
    }
    return render(request, "portal/rules_decide.html", context)


@for_centre
@require_POST
def rules_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    row = get_object_or_404(RuleSet.objects.filter(in_subtrees(user.centre_codes)), pk=pk)
    tried(
        request,
        lambda: services.withdraw_rules(rules=row, by=user),
        _("Withdrawn; they will not come into force."),
    )
    return redirect("portal:rules")


@for_centre
def working_days(request: HttpRequest) -> HttpResponse:
    """Days that the library of public holidays does not know; entering one that is there changes it."""
    user: User = request.user  # type: ignore[assignment]
    form = CalendarDayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.enter_calendar_day(by=user, **form.cleaned_data)
        messages.success(request, _("Entered."))
        return redirect("portal:working_days")
    context = frame(user, "rules") | {
        "form": form,
        "days": CalendarDay.objects.select_related("entered_by").order_by("-day")[:200],
        "years": years_to_enter(timezone.localdate()),
    }
    return render(request, "portal/working_days.html", context)


@for_centre
@require_POST
def working_day_remove(request: HttpRequest, day: str) -> HttpResponse:
    row = get_object_or_404(CalendarDay, pk=day_of(day, date.min))
    services.remove_calendar_day(day=row.day)
    messages.success(request, _("Removed."))
    return redirect("portal:working_days")
