"""Numbers what changed, after the commit, and tells the web processes.

Transactions become visible in another order than they began, so nothing that is given while they write can number what
concerns a whole district. One relay does it, for all processes one run at a time: it takes the pulses that are
committed, raises the number of each of their topics, and commits before the next run looks. What it publishes can be
lost; the numbers stand in the database, and the hubs look there (notifications/hub.py).
"""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import redis
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import RuleSet
from activities.models import Tally
from activities.rankings import tally_minutes
from core.templatetags.words import hours_figure
from notifications import topics, wire
from notifications.models import Pulse

logger = logging.getLogger(__name__)

ONE_RUN = 0x4E4A_4C56  # the advisory lock of the relay
AT_ONCE = 500  # pulses
RAISE = """
INSERT INTO notifications_topicsequence AS numbers (topic, last, changed_at)
SELECT topic, count, clock_timestamp() FROM unnest(%s::text[], %s::bigint[]) AS more (topic, count)
ON CONFLICT (topic) DO UPDATE SET last = numbers.last + EXCLUDED.last, changed_at = EXCLUDED.changed_at
RETURNING topic, last
"""


def relay() -> int:
    """Number and publish every pulse that is committed; how many those were. A second run finds nothing."""
    count = 0
    while Pulse.objects.filter(sent_at__isnull=True).exists():
        numbered, taken = number_waiting()
        count += taken
        if numbered:
            publish({"topics": numbered, "tallies": tallies_of(numbered)})
    return count


@transaction.atomic
def number_waiting() -> tuple[dict[str, int], int]:
    """The topics of the next pulses with the number that each has now, and how many pulses those were.

    Waits for a run in another process: what it has not seen may be what we were called for.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_RUN])
        rows = dict(
            Pulse.objects.filter(sent_at__isnull=True).order_by("pk").values_list("pk", "topics")[:AT_ONCE]
        )
        counts = Counter(topic for names in rows.values() for topic in names)
        Pulse.objects.filter(pk__in=rows).update(sent_at=timezone.now())
        cursor.execute(RAISE, [list(counts), list(counts.values())])
        return dict(cursor.fetchall()), len(rows)


def tallies_of(changed: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Hours of this month of each district whose ranking changed, so that thousands of open pages need not ask."""
    today = timezone.localdate()
    codes = [code for topic in changed if (code := topics.district_of_ranking(topic))]
    return {f"ranking:{code}": {"month": _hours(code, today)} for code in codes}


def _hours(code: str, today: date) -> str:
    minutes = tally_minutes(
        subject_kind=Tally.Subject.DIVISION, subject_id=int(code), period=Tally.Period.MONTH, day=today
    )
    return hours_figure(minutes, RuleSet.objects.in_force(today, code).rounding_minutes)


def publish(message: dict[str, Any]) -> bool:
    """Whether Redis took it. If not, the hubs notice by themselves and look into the database."""
    try:
        wire.publish(message)
    except (redis.RedisError, OSError) as error:
        logger.warning("nobody hears at once: %s", error)
        return False
    return True
