"""Prints JSON: how many got a place in the rush, and what the row says."""

import json
import sys

import django

django.setup()

from activities.models import Shift  # noqa: E402
from matching.models import ServiceRequest  # noqa: E402

kind, number = sys.argv[1], int(sys.argv[2])
if kind == "shift":
    shift = Shift.objects.get(pk=number)
    print(json.dumps({"rows": shift.sign_ups.standing().count(), "counted": shift.taken}))
else:
    request = ServiceRequest.objects.get(pk=number)
    states = sorted(request.offers.values_list("status", flat=True))
    print(
        json.dumps(
            {"rows": request.assignments.standing().count(), "counted": request.filled, "offers": states}
        )
    )
