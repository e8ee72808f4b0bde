"""Thousands of people are told that their activity is cancelled: `python -m bench.live.cancelled` (PEOPLE=10000).

The whole act is measured: each place and promised time is given back with its history and all rows of the inbox are
written in one transaction, in as many queries as for ten people; the first page shows the message while the rest are
still being delivered; mails go out beside that, from a worker of their own as in `make run`.
"""

import asyncio
import json
import os
import resource
import tempfile
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.live.clients import Client, open_clients
from bench.live.mailbox import Mailbox
from bench.live.stage import Site, site

PEOPLE = int(os.environ.get("PEOPLE", "10000"))
WATCHING = 200  # of them have a page open
PATIENCE = int(os.environ.get("PATIENCE", "600"))  # seconds


def make_activity(count: int, start: int) -> tuple[Any, list[Any]]:
    """A published activity to which so many people have signed up; the people."""
    from django.utils import timezone

    from accounts.models import Commitment, SourceKind, StaffRole, User, Volunteer
    from activities.models import Activity, Shift, SignUp
    from bench.live.people import make_users, neighbourhood

    place = neighbourhood()
    organiser = User.objects.create(email=f"organiser-{start}@example.test", name="组织者", password="!")
    StaffRole.objects.create(user=organiser, kind=StaffRole.Kind.COMMUNITY_WORKER, division=place)
    begins = timezone.now() + timedelta(days=3)
    ends = begins + timedelta(hours=2)
    activity = Activity.objects.create(
        title="大扫除",
        about="一起打扫",
        division=place,
        place="测试广场",
        lon=place.point.lon,
        lat=place.point.lat,
        starts_at=begins,
        ends_at=ends,
        categories=["0001"],
        posted_by=organiser,
        status=Activity.Status.RECRUITING,
        risks="地滑",
        submission_key=uuid.uuid4(),
    )
    shift = Shift.objects.create(activity=activity, starts_at=begins, ends_at=ends, places=count, taken=count)
    users = make_users(count, start=start)
    volunteers = Volunteer.objects.bulk_create(
        [
            Volunteer(
                user=user, home_division=place, lon=place.point.lon, lat=place.point.lat, status="verified"
            )
            for user in users
        ]
    )
    rows = SignUp.objects.bulk_create([SignUp(shift=shift, volunteer=volunteer) for volunteer in volunteers])
    Commitment.objects.bulk_create(
        Commitment(
            volunteer_id=row.volunteer_id,
            period=shift.period,
            source_kind=SourceKind.SIGN_UP,
            source_id=row.pk,
        )
        for row in rows
    )
    return activity, users


def cancel(activity: Any) -> tuple[float, float, int]:
    """Seconds to the commit, the moment of the commit, and how many queries that took."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from activities.services import cancel_activity

    moments: list[float] = []
    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        with transaction.atomic():
            # the first that happens after the commit, before anything is queued
            transaction.on_commit(lambda: moments.append(time.perf_counter()))
            cancel_activity(activity=activity, reason="下雨", by=activity.posted_by)
    return moments[0] - began, moments[0], len(queries)


def left() -> dict[str, int]:
    """Deliveries that still wait, by channel."""
    from django.db import connection
    from django.db.models import Count

    from notifications.models import Delivery

    rows = Delivery.objects.filter(state="waiting").values_list("channel").annotate(count=Count("pk"))
    found = dict(rows)
    connection.close()
    return found


async def measure(stage: Site, folder: Path) -> None:
    from bench.live.people import sign_in

    mailbox = Mailbox()
    stage.environment["EMAIL_PORT"] = str(await mailbox.open())
    _, port = await asyncio.to_thread(stage.web)
    stage.worker("messenger", "ningju-live")
    stage.worker("postman", "ningju-mail")
    stage.beat(folder)
    few, _ = await asyncio.to_thread(make_activity, 10, 1_000_000)
    many, users = await asyncio.to_thread(make_activity, PEOPLE, 0)
    watching = users[:: max(1, PEOPLE // WATCHING)]
    cookies = await asyncio.to_thread(sign_in, watching)
    shown: dict[Client, float] = {}

    def heard(client: Client, raw: bytes, now: float) -> None:
        if json.loads(raw)["type"] == "notification":
            shown.setdefault(client, now)

    clients = await open_clients(port, len(watching), heard, cookies)
    for client, user in zip(clients, watching, strict=True):
        client.say({"type": "hello", "user": user.pk, "have": 0, "topics": {}})
    *_, queries_few = await asyncio.to_thread(cancel, few)
    await asyncio.sleep(5)
    took, committed, queries = await asyncio.to_thread(cancel, many)
    live = mails = 0.0
    while time.perf_counter() - committed < PATIENCE and not mails:
        waiting = await asyncio.to_thread(left)
        now = time.perf_counter() - committed
        if not live and not waiting.get("socket"):
            live = now
        if not waiting.get("email"):
            mails = now
        await asyncio.sleep(0.25)
    times = sorted(moment - committed for moment in shown.values())
    print("| | |\n| --- | --- |")
    print(f"| the act, all rows in its transaction | {took:.2f} s for {PEOPLE} people |")
    print(f"| queries for 10 people, for {PEOPLE} | {queries_few}, {queries} |")
    print(f"| first page shows it, after the commit (goal: 100 ms) | {times[0] * 1000:.0f} ms |")
    print(f"| last of {len(clients)} open pages ({len(times)} heard) | {times[-1] * 1000:.0f} ms |")
    print(f"| every live delivery done after | {live:.1f} s |")
    out = f"after {mails:.1f} s" if mails else f"not all after {PATIENCE} s"
    print(f"| mails: sent, connections, all out | {len(mailbox.came)}, {mailbox.lines}, {out} |")


def main() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as name:
        mail = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1"}
        with site(**mail) as (_home, stage):
            asyncio.run(measure(stage, Path(name)))


if __name__ == "__main__":
    main()
