"""Open needs for everybody who wants to help: the public part, and one button."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Division, User, Volunteer
from core.codes import ServiceCategory
from matching import services
from matching.browse import (
    PublicNeed,
    kinds_of_needs,
    look_at,
    needs_for,
    needs_for_everybody,
    open_to_all,
    public_part,
)
from matching.models import Assignment, Offer, ServiceRequest
from matching.views.asking import own_volunteer, person, tried

PER_PAGE = 20


def near(request: HttpRequest) -> HttpResponse:
    """Everybody sees what is needed; a volunteer sees first what suits and still lacks people. `?category=` keeps one
    kind; a code that is none is ignored."""
    volunteer = own_volunteer(request.user) if isinstance(request.user, User) else None
    chosen = request.GET.get("category", "")
    category = chosen if chosen in ServiceCategory.values else ""
    needs = needs_for(volunteer, category) if volunteer else needs_for_everybody(category)
    page = Paginator(needs, PER_PAGE).get_page(request.GET.get("page"))
    districts = Division.objects.filter(level=Division.Level.DISTRICT).values_list("code", flat=True)
    topics = " ".join(f"near:{code}" for code in districts)
    shown = {
        "page": page,
        "volunteer": volunteer,
        "topics": topics,
        "kinds": kinds_of_needs(volunteer),
        "category": category,
        "category_label": ServiceCategory(category).label if category else "",
    }
    return render(request, "matching/near.html", shown)


def public_need(request: HttpRequest, pk: int) -> HttpResponse:
    volunteer = own_volunteer(request.user) if isinstance(request.user, User) else None
    if volunteer and (asked := Offer.objects.put_to(volunteer.user).filter(request=pk).first()):
        return redirect("matching:offer", asked.pk)
    row = open_to_all(timezone.now()).without_blocked(volunteer).filter(pk=pk).first()
    if row is None:
        return _no_longer_open(request, pk)
    return render(request, "matching/public_need.html", _page(row, volunteer))


def _no_longer_open(request: HttpRequest, pk: int) -> HttpResponse:
    """A need that was public and is not any more gets a friendly page that tells nothing of it."""
    was_public = ServiceRequest.objects.filter(pk=pk, household__is_sensitive=False).exists()
    if not was_public:
        raise Http404
    return render(request, "matching/no_longer_open.html", status=410)


def _page(row: ServiceRequest, volunteer: Volunteer | None) -> dict[str, object]:
    need: PublicNeed = look_at(volunteer, [row], now=timezone.now())[0][0] if volunteer else public_part(row)
    return {"need": need, "volunteer": volunteer}


@login_required
@require_POST
def offer_me(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    volunteer = own_volunteer(user)
    row = ServiceRequest.objects.filter(pk=pk, household__is_sensitive=False).first()
    if volunteer is None or row is None:
        raise Http404
    offer, refusal = tried(lambda: services.offer_myself(request=row, volunteer=volunteer, by=user))
    if refusal:
        context = {"refusal": refusal, "volunteer": volunteer}
        still = open_to_all(timezone.now()).without_blocked(volunteer).filter(pk=pk).first()
        if still:
            return render(request, "matching/public_need.html", context | _page(still, volunteer), status=409)
        return render(request, "matching/no_longer_open.html", context, status=409)
    messages.success(request, _("Thank you. It is yours; the household counts on you."))
    own = Assignment.objects.standing().filter(offer=offer, volunteer=volunteer).first()
    return redirect("matching:assignment", own.pk) if own else redirect("matching:offers")
