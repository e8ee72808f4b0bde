"""Half a year of questions and answers in the database, drawn by the engine's generator."""

from collections import Counter
from datetime import timedelta
from functools import cache

import numpy as np
from django.utils import timezone

from matching.engine import FEATURES, PriorAcceptance
from matching.engine.synthetic.answers import WEEKS, answer_log
from matching.learning.answers import Answers, as_kept
from matching.learning.artefact import packed, seal
from matching.learning.training import train
from matching.models import AcceptanceVersion, Offer, ServiceRequest


def write_history(need, volunteers, *, questions=2000, seed=3, end_weeks_ago=0, yes=None):
    """`questions` answered offers of `volunteers`; each is asked about other copies of `need`."""
    log = answer_log(seed, people=len(volunteers), questions=questions)
    turn, asked = [], Counter()
    for person in log.person:
        turn.append(asked[person])
        asked[person] += 1
    needs = [_copy_of(need) for _number in range(max(asked.values()))]
    ServiceRequest.objects.bulk_create(needs)
    now = timezone.now()
    Offer.objects.bulk_create(
        Offer(
            request=needs[turn[at]],
            volunteer=volunteers[log.person[at]],
            score=0.3,
            probability=0.3,
            model_version="prior-1",
            features=as_kept(log.features, at),
            chance_of_being_asked=1.0,
            status="accepted" if (log.yes[at] if yes is None else yes) else ("declined", "expired")[at % 2],
            sent_at=now - timedelta(weeks=end_weeks_ago + WEEKS - 1 - int(log.week[at]), minutes=30),
            answer_by=now,
        )
        for at in range(len(log.yes))
    )
    return log


@cache
def a_challenger():
    """Trained once for all tests that only need a model to serve."""
    log = answer_log(3, people=24, questions=2000)
    answers = Answers(log.features, log.yes, log.person, log.week, np.arange(len(log.yes)) % 5 == 0)
    return train(answers, version="learned-1", champion=PriorAcceptance())


def a_version(**fields):
    """A row as training writes it; in force unless a status is given."""
    trained = a_challenger()
    values = {
        "version": "learned-1",
        "status": "served",
        "trained_at": timezone.now(),
        "promoted_at": timezone.now(),
        "rows": trained.rows,
        "held_out": trained.held_out,
        "people": trained.people,
        "weeks": trained.weeks,
        "features": list(FEATURES),
        "metrics": trained.metrics,
        "profile": trained.profile,
        "artefact": packed(trained.model),
    }
    values |= fields
    values["seal"] = seal(values["version"], values["artefact"])
    return AcceptanceVersion.objects.create(**values)


def _copy_of(need):
    fields = {
        field.attname: getattr(need, field.attname)
        for field in need._meta.concrete_fields
        if field.attname not in {"id", "submission_key", "seal_id", "posted_at"}
    }
    return ServiceRequest(**fields | {"status": "closed"})
