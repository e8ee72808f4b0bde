"""The synonyms in use: those of the database, made ready once for each state of the table."""

from functools import lru_cache

from django.db import transaction
from django.db.models import Count, Max

from portal.models import SynonymGroup
from portal.search.wishes import Synonyms


def synonyms_in_use() -> Synonyms:
    """One query to see whether they changed, a second one when they did."""
    state = SynonymGroup.objects.aggregate(Max("changed_at"), Count("id"))
    return _ready(str(state["changed_at__max"]), state["id__count"])


@lru_cache(maxsize=2)
def _ready(_changed_at: str, _count: int) -> Synonyms:
    return Synonyms(SynonymGroup.objects.values_list("words", flat=True))


@transaction.atomic
def keep_synonyms(*, words: list[str], group: SynonymGroup | None = None) -> SynonymGroup:
    """A new group, or other words for one."""
    kept = group or SynonymGroup()
    kept.words = words
    kept.save()
    return kept


@transaction.atomic
def forget_synonyms(*, group: SynonymGroup) -> None:
    group.delete()
