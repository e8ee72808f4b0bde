"""Searches that people saved: they hear of what is new, once."""

from datetime import timedelta
from urllib.parse import parse_qsl

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from notifications.services import tell
from portal.models import SavedSearch
from portal.search.filters import Filters
from portal.search.finding import Lexemes, entries_for
from portal.search.here import home_of
from portal.search.synonyms import synonyms_in_use
from portal.search.wishes import wanted

MOST = 10  # saved searches a person
MOST_NEW = 50  # new things that one message counts
OVERLAP = timedelta(minutes=10)  # longer than any transaction: what it wrote is seen by the next look
REMEMBERED = 200


@transaction.atomic
def save_search(*, typed: str, filters: Filters, by: User) -> SavedSearch:
    """Saved twice, it is one. Raises DomainError `no_word` or `too_many_searches`."""
    if wanted(typed, synonyms_in_use()) is None:
        raise DomainError("no_word", _("Please type a word"))
    User.objects.select_for_update().get(pk=by.pk)
    address = filters.address(typed)
    known = SavedSearch.objects.filter(user=by, address=address).first()
    if known:
        return known
    if SavedSearch.objects.filter(user=by).count() >= MOST:
        raise DomainError(
            "too_many_searches",
            _("You can save %(most)s searches."),
            help=_("Stop one that you do not need any more."),
            params={"most": MOST},
        )
    return SavedSearch.objects.create(user=by, typed=typed, address=address)


@transaction.atomic
def forget_search(*, saved: SavedSearch) -> None:
    saved.delete()


@transaction.atomic
def look_again(saved_id: int) -> int:
    """Tells of what is new since the last look; how many. Safe to run twice and by two workers."""
    saved = (
        SavedSearch.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .filter(pk=saved_id)
        .first()
    )
    wish = wanted(saved.typed, synonyms_in_use()) if saved else None
    if saved is None or wish is None:
        return 0
    now = timezone.now()
    filters = Filters.of(dict(parse_qsl(saved.address.removeprefix("?"))), home_of(saved.user))
    found = filters.narrowed(entries_for(saved.user)).filter(
        vector=Lexemes(wish.meant), added_at__gt=saved.looked_at - OVERLAP
    )
    if filters.kind:
        found = found.filter(kind=filters.kind)
    fresh = list(found.exclude(pk__in=saved.told).order_by("pk").values_list("pk", "title")[:MOST_NEW])
    saved.looked_at = now
    if fresh:
        saved.told = [*saved.told, *(pk for pk, _title in fresh)][-REMEMBERED:]
        tell(
            user=saved.user,
            kind="search-found",
            params={"title": fresh[0][1], "typed": saved.typed, "count": len(fresh)},
            link=reverse("portal:search") + saved.address,
            dedupe_key=f"search-found:{saved.pk}:{fresh[-1][0]}",
        )
    saved.save(update_fields=["looked_at", "told"])
    return len(fresh)
