"""Lets time pass for one volunteer at one activity: checked in so many minutes earlier. Prints how many rows moved."""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.db.models import F  # noqa: E402

from activities.models import Attendance  # noqa: E402

activity, minutes = int(sys.argv[1]), int(sys.argv[2])
moved = Attendance.objects.filter(sign_up__shift__activity=activity, checked_out_at__isnull=True).update(
    checked_in_at=F("checked_in_at") - timedelta(minutes=minutes)
)
print(json.dumps(moved))
