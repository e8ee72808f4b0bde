"""Lets time pass for one assignment: it was checked in so many minutes earlier. Prints the ids that it moved."""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.db.models import F  # noqa: E402

from matching.models import Assignment  # noqa: E402

number, minutes = int(sys.argv[1]), int(sys.argv[2])
moved = Assignment.objects.filter(pk=number, status="checked-in").update(
    checked_in_at=F("checked_in_at") - timedelta(minutes=minutes)
)
print(json.dumps(moved))
