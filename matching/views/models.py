"""The centre looks after the model of who says yes: figures, training, going back."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from matching.model_page import model_page
from matching.models import AcceptanceVersion, Run
from matching.services.learning import roll_back, serve_version
from matching.services.runs import start_run
from matching.views.asking import check_permission, person, tried_with_message


@login_required
def model(request: HttpRequest) -> HttpResponse:
    check_permission(person(request), "matching.keep_model")
    return render(request, "matching/model.html", model_page())


@login_required
@require_POST
def model_train(request: HttpRequest) -> HttpResponse:
    user = person(request)
    check_permission(user, "matching.keep_model")
    done = _("Training has begun. You can leave this page.")
    tried_with_message(request, lambda: start_run(kind=Run.Kind.TRAINING, by=user), done)
    return redirect("matching:model")


@login_required
@require_POST
def model_serve(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    check_permission(user, "matching.keep_model")
    version = get_object_or_404(AcceptanceVersion.objects.defer("artefact"), pk=pk)
    done = _("%(version)s is in use now.") % {"version": version}
    tried_with_message(request, lambda: serve_version(version=version, by=user), done)
    return redirect("matching:model")


@login_required
@require_POST
def model_back(request: HttpRequest) -> HttpResponse:
    user = person(request)
    check_permission(user, "matching.keep_model")
    done = _("You went back. For 14 days nothing new is put into use by itself.")
    tried_with_message(request, lambda: roll_back(by=user), done)
    return redirect("matching:model")
