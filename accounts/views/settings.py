"""The person's own account: name and language, and where the rest is changed."""

from django.conf import settings as site
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from accounts.asking import person
from accounts.forms.account import Account
from accounts.forms.places import neighbourhoods_by_subdistrict
from accounts.middleware import LANGUAGES
from accounts.models import User
from accounts.services import change_account
from core.errors import DomainError

YEAR = 365 * 24 * 3600


@login_required
def settings(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = Account(request.POST or None, instance=user)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            change_account(user=user, by=user, **form.cleaned_data)
        except DomainError as refused:
            user.refresh_from_db(fields=["name", "language"])  # the form has put what was typed into it
            refusal = refused
        else:
            with override(user.language):
                messages.success(request, _("Saved."))
            return _with_language(redirect("accounts:settings"), user.language)
    return render(request, "accounts/settings.html", {"form": form, "refusal": refusal})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Any reader chooses; for a signed-in person it is also written to the account."""
    chosen, after = request.POST.get("language", ""), request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(after, {request.get_host()}, require_https=request.is_secure()):
        after = "/"
    answer = HttpResponseRedirect(after)
    if chosen not in LANGUAGES:
        return answer
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    return _with_language(answer, chosen)


def _with_language(answer: HttpResponseRedirect, chosen: str) -> HttpResponseRedirect:
    answer.set_cookie(
        site.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, samesite="Lax", secure=site.SESSION_COOKIE_SECURE
    )
    return answer


@require_GET
def neighbourhoods(request: HttpRequest) -> HttpResponse:
    """The options of the second select, for htmx."""
    code = request.GET.get("subdistrict", "")
    groups = neighbourhoods_by_subdistrict(code if code.isdigit() else "")
    return render(request, "accounts/neighbourhoods.html", {"groups": groups})
