"""The own time coins; where they are not in use there is no such page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.asking import person
from activities import services
from activities.asking import volunteer_of
from activities.forms.coins import CoinsForm
from activities.models import CoinEntry
from core.errors import DomainError

PAGE = 20


@login_required
def coins(request: HttpRequest) -> HttpResponse:
    user, volunteer = person(request), volunteer_of(request)
    rules = services.rules_for_coins(volunteer) if volunteer else None
    if volunteer is None or rules is None or not rules.uses_coins:
        raise Http404
    form, refusal = CoinsForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            services.use_coins(volunteer=volunteer, by=user, **form.asked())
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("Done; the entry stands below."))
            return redirect("activities:coins")
    account = services.account_of(volunteer)
    entries = CoinEntry.objects.filter(Q(taken_from=account) | Q(given_to=account)).select_related("record")
    shown = {
        "account": account,
        "whole": account.balance // rules.coin_minutes,
        "rest": account.balance % rules.coin_minutes,
        "rules": rules,
        "form": form,
        "refusal": refusal,
        "page": Paginator(entries, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "activities/coins.html", shown)
