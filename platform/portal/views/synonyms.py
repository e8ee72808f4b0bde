"""The centre's words that mean the same, for the search."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from portal.forms import SynonymsForm
from portal.models import SynonymGroup
from portal.scopes import for_centre
from portal.search.synonyms import forget_synonyms, keep_synonyms
from portal.views.centre import frame


@for_centre
def synonyms(request: HttpRequest) -> HttpResponse:
    """The groups, and a new one."""
    user: User = request.user  # type: ignore[assignment]
    form = SynonymsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keep_synonyms(words=form.cleaned_data["words"])
        messages.success(request, _("Kept. The search knows it from now on."))
        return redirect("portal:synonyms")
    context = frame(user, "synonyms") | {"groups": SynonymGroup.objects.all(), "form": form}
    return render(request, "portal/synonyms.html", context, status=422 if form.errors else 200)


@for_centre
@require_POST
def synonyms_change(request: HttpRequest, pk: int) -> HttpResponse:
    """New words for a group; no words take it away."""
    group = get_object_or_404(SynonymGroup, pk=pk)
    if not request.POST.get("words", "").strip():
        forget_synonyms(group=group)
        messages.success(request, _("Taken away."))
        return redirect("portal:synonyms")
    form = SynonymsForm(request.POST)
    if form.is_valid():
        keep_synonyms(words=form.cleaned_data["words"], group=group)
        messages.success(request, _("Kept. The search knows it from now on."))
    else:
        messages.warning(request, " ".join(str(error) for error in form.errors["words"]))
    return redirect("portal:synonyms")
