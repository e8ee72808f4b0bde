"""Help for a household ends, with a reason, and is taken up again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Household, User
from accounts.services import reopen_household
from core.errors import DomainError
from portal.caring import end_care, needs_in_the_way
from portal.forms import EndOfCareForm
from portal.scopes import for_staff


@for_staff
def household_end(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands in the way, with a link to each; without any, the reason is asked for."""
    user, household = _in_care_of(request, pk)
    form, refusal = EndOfCareForm(request.POST or None), None
    if form.is_valid():
        try:
            end_care(household=household, reason=form.cleaned_data["reason"], by=user)
        except DomainError as refused:
            refusal = refused
        else:
            messages.success(request, _("Help for this household has ended."))
            return redirect("accounts:household", pk)
    context = {
        "household": household,
        "needs": needs_in_the_way(household),
        "form": form,
        "refusal": refusal,
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "portal/household_end.html", context, status=status)


@for_staff
@require_POST
def household_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    user, household = _in_care_of(request, pk)
    try:
        reopen_household(household=household, by=user)
        messages.success(request, _("This household is helped again."))
    except DomainError as refused:
        messages.warning(request, str(refused))
    return redirect("accounts:household", pk)


def _in_care_of(request: HttpRequest, pk: int) -> tuple[User, Household]:
    user: User = request.user  # type: ignore[assignment]
    household = get_object_or_404(Household.objects.visible_to(user), pk=pk)
    if not user.has_perm("accounts.end_household", household):
        raise Http404
    return user, household
