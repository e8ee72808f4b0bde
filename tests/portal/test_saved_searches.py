"""Who saved a search hears of what is new, once, and only of what may be seen."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from core.errors import DomainError
from notifications.models import Notification
from portal.models import SavedSearch
from portal.search.filters import Filters
from portal.search.saved import MOST, save_search
from portal.tasks import look_for_new

pytestmark = pytest.mark.django_db


@pytest.fixture
def volunteer_user(volunteer):
    return volunteer.user


def told(user):
    return list(
        Notification.objects.filter(user=user, kind="search-found").values_list("params__title", flat=True)
    )


@pytest.fixture
def saved(volunteer_user):
    search = save_search(typed="书法", filters=Filters(), by=volunteer_user)
    SavedSearch.objects.update(looked_at=timezone.now() + timedelta(minutes=1))
    return search


def test_something_new_is_told_once(saved, volunteer_user, make_activity):
    make_activity(title="书法课")
    make_activity(title="太极拳", about="晨练")
    call_command("reindex", verbosity=0)
    assert look_for_new() == 1
    assert look_for_new() == 0
    assert told(volunteer_user) == ["书法课"]
    link = Notification.objects.get(kind="search-found").link
    assert link == "/search/?q=%E4%B9%A6%E6%B3%95"


def test_filters_count_and_what_one_may_not_see_is_not_told(
    volunteer_user, make_request, make_household, make_activity
):
    save_search(typed="书法", filters=Filters(kind="need"), by=volunteer_user)
    make_activity(title="书法课")
    make_request(household=make_household(alias="敏感户", is_sensitive=True), title="书法陪练")
    call_command("reindex", verbosity=0)
    assert look_for_new() == 0


def test_a_search_is_saved_once_and_there_is_a_limit(volunteer_user):
    for _ in range(2):
        save_search(typed="书法", filters=Filters(), by=volunteer_user)
    assert SavedSearch.objects.count() == 1
    for number in range(1, MOST):
        save_search(typed=f"书法{number}", filters=Filters(), by=volunteer_user)
    with pytest.raises(DomainError, match="10"):
        save_search(typed="太极", filters=Filters(), by=volunteer_user)
    with pytest.raises(DomainError):
        save_search(typed="，。", filters=Filters(), by=volunteer_user)


def test_the_page_saves_and_stops_ones_own_only(client, volunteer_user, other_volunteer, activity):
    client.force_login(volunteer_user)
    client.post("/search/save/?q=书法&category=0006")
    saved = SavedSearch.objects.get()
    assert saved.address == "?q=%E4%B9%A6%E6%B3%95&category=0006"
    assert "有新的符合结果时" in client.get("/search/" + saved.address).content.decode()
    client.force_login(other_volunteer.user)
    assert client.post(f"/search/saved/{saved.pk}/forget/").status_code == 404
    client.force_login(volunteer_user)
    assert saved.typed in client.get("/search/").content.decode()
    client.post(f"/search/saved/{saved.pk}/forget/")
    assert not SavedSearch.objects.exists()
