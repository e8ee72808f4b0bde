"""A full shift of one place for the journey of the waiting list; its holder may sign in. Prints all that."""

import json
import sys
from datetime import timedelta

import django

django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Volunteer  # noqa: E402
from activities import services  # noqa: E402
from activities.models import Activity, Shift  # noqa: E402

volunteer = Volunteer.objects.get(user__email="volunteer@demo.ningju.example")
pattern = Activity.objects.filter(status=Activity.Status.RECRUITING).first()
starts_at = timezone.now() + timedelta(days=40)
activity = Activity.objects.create(
    title="排队等位的试验",
    about=pattern.about,
    organisation=pattern.organisation,
    division=pattern.division,
    categories=pattern.categories,
    place=pattern.place,
    lon=pattern.lon,
    lat=pattern.lat,
    risks=pattern.risks,
    status=Activity.Status.RECRUITING,
    starts_at=starts_at,
    ends_at=starts_at + timedelta(hours=2),
    posted_by=pattern.posted_by,
)
shift = Shift.objects.create(
    activity=activity, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), places=1
)
first = (
    Volunteer.objects.verified()
    .exclude(pk=volunteer.pk)
    .filter(commitments__isnull=True, user__email__gt="")
    .order_by("-pk")
    .first()
)
first.user.set_password(sys.argv[1])
first.user.save(update_fields=["password"])
EmailAddress.objects.create(user=first.user, email=first.user.email, verified=True, primary=True)
sign_up = services.sign_up(shift=shift, volunteer=first, by=first.user)
print(json.dumps({"activity": activity.pk, "first": first.user.email, "sign_up": sign_up.pk}))
