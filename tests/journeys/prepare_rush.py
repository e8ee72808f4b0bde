"""Prints JSON for a rush: a shift with 5 places and 200 signed-in volunteers, or a need with 20 of them asked."""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Volunteer  # noqa: E402
from activities.models import Activity, Shift  # noqa: E402
from matching.models import Offer, ServiceRequest  # noqa: E402


def session_of(user):
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def grown_up():
    """Volunteers of the demo district who may serve at that hour."""
    born_before = timezone.localdate() - timedelta(days=19 * 366)
    return Volunteer.objects.verified().filter(born_on__lt=born_before).select_related("user").order_by("pk")


def shift_for_five():
    template = Activity.objects.filter(status=Activity.Status.RECRUITING).first()
    template.pk, template.submission_key = None, "5d2f7c5e-0000-4000-8000-000000000001"
    template.starts_at = timezone.now() + timedelta(days=40)
    template.ends_at = template.starts_at + timedelta(hours=2)
    template.save()
    shift = Shift.objects.create(
        activity=template,
        starts_at=template.starts_at,
        ends_at=template.ends_at,
        places=5,
        code_secret="rush",
    )
    people = grown_up()[:200]
    return {"paths": [f"/activities/shifts/{shift.pk}/sign-up/"] * len(people), "id": shift.pk}, people


def need_for_one():
    request = ServiceRequest.objects.filter(
        status=ServiceRequest.Status.ASKING, household__is_sensitive=False
    ).first()
    request.pk, request.submission_key = None, "5d2f7c5e-0000-4000-8000-000000000002"
    request.starts_at = timezone.now() + timedelta(days=41)
    request.ends_at = request.starts_at + timedelta(hours=1)
    request.skills, request.headcount, request.filled = [], 1, 0
    request.save()
    people = grown_up().exclude(user=request.household.contact)[200:220]
    now = timezone.now()
    paths = []
    for volunteer in people:
        offer = Offer.objects.create(
            request=request,
            volunteer=volunteer,
            score=1,
            probability=0.5,
            model_version="rush",
            sent_at=now,
            answer_by=now + timedelta(hours=1),
        )
        paths.append(f"/needs/offers/{offer.pk}/accept/")
    return {"paths": paths, "id": request.pk}, people


found, people = {"shift": shift_for_five, "need": need_for_one}[sys.argv[1]]()
print(json.dumps(found | {"sessions": [session_of(volunteer.user) for volunteer in people]}))
