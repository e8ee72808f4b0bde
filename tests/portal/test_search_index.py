"""The index follows the facts, and holds of a need only what everybody may read."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.events import HouseholdChanged, StudioChanged, StudioVerified
from activities.events import ActivityCancelled, ActivityPublished
from activities.models import Activity
from core.events import publish
from matching.events import RequestCancelled, RequestOpened, RequestStaffed
from matching.models import ServiceRequest
from portal.models import SearchEntry
from portal.search.filters import Filters
from portal.search.finding import search

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


@transaction.atomic
def tell(fact):
    publish(fact)


def titles(typed, user=NOBODY, **options):
    return [hit.entry.title for hit in search(user=user, typed=typed, filters=Filters(**options)).hits]


def test_a_published_activity_is_found_and_a_cancelled_one_is_not(activity):
    tell(ActivityPublished(activity.pk))
    assert titles("清洁") == ["清洁家园"]
    Activity.objects.filter(pk=activity.pk).update(status=Activity.Status.CANCELLED)
    tell(ActivityCancelled(activity.pk, "雨"))
    assert titles("清洁") == []


def test_the_index_is_kept_or_lost_with_the_fact(activity):
    with transaction.atomic():
        publish(ActivityPublished(activity.pk))
        assert SearchEntry.objects.exists()
        transaction.set_rollback(True)
    assert not SearchEntry.objects.exists()


def test_a_need_is_public_while_people_are_looked_for_and_for_staff_after_that(
    make_request, worker, other_worker
):
    need = make_request(title="修理水管")
    tell(RequestOpened(need.pk))
    assert titles("水管") == ["修理水管"]
    ServiceRequest.objects.filter(pk=need.pk).update(status=ServiceRequest.Status.STAFFED, filled=1)
    tell(RequestStaffed(need.pk))
    assert titles("水管") == []
    assert titles("水管", other_worker) == []
    assert titles("水管", worker) == ["修理水管"]
    ServiceRequest.objects.filter(pk=need.pk).update(status=ServiceRequest.Status.CANCELLED)
    tell(RequestCancelled(need.pk, ""))
    assert titles("水管", worker) == []


def test_needs_of_a_sensitive_household_are_for_staff_only(make_household, make_request, worker):
    home = make_household(alias="敏感户", is_sensitive=True)
    need = make_request(household=home, title="修理水管")
    tell(RequestOpened(need.pk))
    assert titles("水管") == []
    assert titles("水管", worker) == ["修理水管"]
    home.is_sensitive = False
    home.save()
    tell(HouseholdChanged(home.pk))
    assert titles("水管") == ["修理水管"]


def test_a_need_that_has_begun_is_not_found(make_request):
    need = make_request(title="修理水管", starts_at=timezone.now() - timedelta(minutes=5))
    tell(RequestOpened(need.pk))
    assert titles("水管") == []


def test_nothing_of_the_household_is_in_the_index(make_household, make_request):
    need = make_request(household=make_household(alias="陈奶奶", address="秘密路 7 号"), title="送餐")
    tell(RequestOpened(need.pk))
    for secret in ("陈奶奶", "秘密路", need.division.name):
        assert titles(secret) == []
    assert titles(need.division.parent.name) == ["送餐"]


def test_a_studio_is_found_by_its_services_in_both_languages(studio):
    tell(StudioVerified(studio.pk))
    for typed in ("法律", "legal service", "咨询", studio.division.name):
        assert titles(typed) == [studio.name]
    studio.services.update(name="遗嘱见证")
    tell(StudioChanged(studio.pk))
    assert titles("遗嘱") == [studio.name]


def test_reindex_brings_what_is_missing_and_forgets_what_is_gone(activity, make_request, studio):
    gone = make_request()
    SearchEntry.objects.create(
        kind="need", object_id=gone.pk + 1000, title="旧", division_code="310105", vector="'旧'"
    )
    call_command("reindex", verbosity=0)
    kinds = set(SearchEntry.objects.values_list("kind", "object_id"))
    assert kinds >= {("activity", activity.pk), ("need", gone.pk), ("studio", studio.pk)}
    assert not SearchEntry.objects.filter(title="旧").exists()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("修水管", "上门修理水管"),  # cut as 修水/管 by the dictionary
        ("水管", "上门修理水管"),
        ("電器維修", "电器维修进社区"),
        ("电器维", "电器维修进社区"),
        ("维修 社区", "电器维修进社区"),
        ("家电", "家电义修日"),
        ("义", "家电义修日"),
        ("ＹＯＧＡ", "Yoga 课堂"),
        ("yog", "Yoga 课堂"),
        ("虹储", "虹储居民议事"),
        ("environment 课堂", "Yoga 课堂"),
    ],
)
def test_people_find_what_they_mean(make_activity, typed, expected):
    for title in ("上门修理水管", "电器维修进社区", "家电义修日", "Yoga 课堂", "虹储居民议事"):
        make_activity(title=title, about="一起来")
    call_command("reindex", verbosity=0)
    assert titles(typed)[0] == expected


def test_a_word_in_the_title_counts_more_than_one_in_the_text(make_activity):
    make_activity(title="夜间巡逻", about="也教书法")
    make_activity(title="书法课")
    call_command("reindex", verbosity=0)
    assert titles("书法") == ["书法课", "夜间巡逻"]


def test_what_is_sooner_comes_first_among_equals(make_activity):
    far = timezone.now() + timedelta(days=60)
    make_activity(title="书法课", starts_at=far, ends_at=far + timedelta(hours=1), place="远")
    make_activity(title="书法课", place="近")
    call_command("reindex", verbosity=0)
    assert [hit.row.place for hit in search(user=NOBODY, typed="书法").hits] == ["近", "远"]


def test_what_is_over_is_not_found(make_activity):
    past = timezone.now() - timedelta(days=3)
    make_activity(title="书法课", starts_at=past, ends_at=past + timedelta(hours=1))
    call_command("reindex", verbosity=0)
    assert titles("书法") == []


def test_tabs_count_each_kind_and_a_tab_shows_only_its_own(make_activity, make_request):
    make_activity(title="修理日")
    make_request(title="修理电灯")
    make_request(title="修理门锁")
    call_command("reindex", verbosity=0)
    results = search(user=NOBODY, typed="修理", filters=Filters(kind="need"))
    assert [(tab.value, tab.count) for tab in results.tabs] == [("activity", 1), ("need", 2), ("studio", 0)]
    assert {hit.entry.kind for hit in results.hits} == {"need"}


def test_what_comes_near_is_shown_where_little_has_the_very_words(make_activity):
    make_activity(title="社区书法课堂")
    call_command("reindex", verbosity=0)
    results = search(user=NOBODY, typed="书法讲堂会")
    assert results.is_wide
    assert [hit.entry.title for hit in results.hits] == ["社区书法课堂"]


@pytest.mark.parametrize(
    "typed",
    [
        "'",
        "''--",
        "\\",
        "a\\'b",
        "\0",
        "a\0b",
        "😀",
        "x" * 10_000,
        "修" * 10_000,
        "% _ %",
        "!a & b | (c",
        ":*",
        "<script>",
    ],
)
def test_hostile_input_is_only_text(activity, typed):
    call_command("reindex", verbosity=0)
    search(user=NOBODY, typed=typed)


def test_the_number_of_queries_does_not_grow(
    make_activity, make_request, make_studio, django_assert_max_num_queries
):
    for _ in range(8):
        make_activity(title="修理日")
        make_request(title="修理电灯")
        make_studio(members=0)
    call_command("reindex", verbosity=0)
    with django_assert_max_num_queries(9):
        search(user=NOBODY, typed="修理")
    assert connection.queries is not None
