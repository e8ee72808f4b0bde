"""Found by what was meant: synonyms, sounds, filters, and who may see what."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.utils import timezone

from core.geo import Point
from portal.models import SearchEntry, SynonymGroup
from portal.search.filters import Filters
from portal.search.finding import search
from portal.search.suggesting import suggestions
from portal.search.weighing import weigh
from portal.search.wishes import Synonyms, wanted

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()
FIELD = Synonyms([["看病", "就医", "陪诊"], ["first aid", "急救"]])


def titles(typed, user=NOBODY, **options):
    return [hit.entry.title for hit in search(user=user, typed=typed, filters=Filters(**options)).hits]


@pytest.mark.parametrize("typed", ["就医", "看病", "kanbing", "KANBING", "陪珍", "陪診", "看病 ", "jiuyi"])
def test_synonyms_and_sounds_ask_for_the_whole_group(typed):
    query = wanted(typed, FIELD).meant
    assert "'陪诊'" in query
    assert "'就医'" in query


def test_a_term_of_several_english_words_is_one_unit():
    assert "'急救'" in wanted("First Aid", FIELD).meant


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("管道疏通", "上门修理水管"),
        ("shuiguan", "上门修理水管"),
        ("xlsg", "上门修理水管"),
        ("书发", "书法课"),
        ("shufa", "书法课"),
    ],
)
def test_people_find_what_they_typed_otherwise(make_activity, typed, expected):
    for title in ("上门修理水管", "书法课", "路口引导"):
        make_activity(title=title, about="一起来")
    call_command("reindex", verbosity=0)
    assert titles(typed)[0] == expected


def test_the_centre_adds_a_synonym_and_it_counts_at_once(make_activity):
    make_activity(title="书法课", about="一起来")
    call_command("reindex", verbosity=0)
    assert titles("挥毫") == []
    SynonymGroup.objects.create(words=["挥毫", "书法"])
    assert titles("挥毫") == ["书法课"]


def test_filters_leave_what_fits_all_of_them(make_activity, make_request):
    soon = timezone.now() + timedelta(hours=1)
    far = timezone.now() + timedelta(days=40)
    make_activity(title="修理甲", categories=["0001"], starts_at=soon, ends_at=far)
    make_activity(title="修理乙", categories=["0001"], starts_at=far, ends_at=far + timedelta(hours=1))
    make_activity(title="修理丙", categories=["0006"], starts_at=far, ends_at=far + timedelta(hours=1))
    call_command("reindex", verbosity=0)
    assert set(titles("修理", category="0001")) == {"修理甲", "修理乙"}
    assert titles("修理", category="0001", when="later") == ["修理乙"]
    assert titles("修理", when="week") == ["修理甲"]
    assert titles("修理", division="310199") == []
    assert [choice.value for choice in search(user=NOBODY, typed="修理").facets["category"]] == [
        "0001",
        "0006",
    ]


def test_near_things_come_first_when_asked_and_far_ones_are_left_out(make_activity):
    here = Point(121.42, 31.22)
    for title, lon in (("修理远", 121.50), ("修理近", 121.421)):
        activity = make_activity(title=title)
        type(activity).objects.filter(pk=activity.pk).update(lon=lon, lat=31.22)
    call_command("reindex", verbosity=0)
    assert titles("修理", sort="near", here=here) == ["修理近", "修理远"]
    assert titles("修理", within=2, here=here) == ["修理近"]


def test_what_is_not_a_filter_is_left_out_of_the_address():
    asked = {
        "kind": "x",
        "category": "0001",
        "when": "never",
        "within": "2",
        "sort": "near",
        "division": "31' or",
    }
    filters = Filters.of(asked, None)
    assert filters.address("a&b") == "?q=a%26b&category=0001"


def test_volunteers_are_found_by_staff_of_their_division_only(volunteer, worker, other_worker, centre_user):
    volunteer.user.name = "诸葛测试"
    volunteer.user.save()
    call_command("reindex", verbosity=0)
    assert SearchEntry.objects.get(kind="volunteer").is_public is False
    assert titles("诸葛测试", centre_user) == ["诸葛测试"]
    assert titles("诸葛测试", worker) == ["诸葛测试"]
    assert titles("诸葛测试", other_worker) == []
    assert titles("诸葛测试", volunteer.user) == []
    assert titles("诸葛测试") == []


def test_what_is_short_of_people_comes_up(make_activity):
    make_activity(title="书法课", place="满")
    make_activity(title="书法课", place="缺")
    call_command("reindex", verbosity=0)
    last = SearchEntry.objects.filter(kind="activity").order_by("-object_id")[:1]
    SearchEntry.objects.filter(pk__in=last.values("pk")).update(boost=1.4)
    assert [hit.row.place for hit in search(user=NOBODY, typed="书法").hits] == ["缺", "满"]


def test_words_are_suggested_as_written_and_as_they_sound(make_activity, make_household, make_request):
    make_activity(title="书法课", about="一起来")
    make_activity(title="书法展", about="一起来")
    make_request(household=make_household(alias="敏感户", is_sensitive=True), title="书架搬动")
    call_command("reindex", verbosity=0)
    for typed in ("书", "shu", "sf"):
        assert ("书法", 2) in [(one.word, one.count) for one in suggestions(typed)]
    assert suggestions("社区 书")[0].typed == "社区 书法"
    assert "书架" not in [one.word for one in suggestions("书")]  # of a need that is not public
    assert suggestions("") == suggestions("书 ") == []


def test_places_that_are_free_weigh_more_than_those_that_fill(make_activity, make_shift, make_volunteer):
    empty, full = make_activity(title="书法课"), make_activity(title="书法课")
    make_shift(activity=empty, places=10)
    taken = make_shift(activity=full, places=10)
    type(taken).objects.filter(pk=taken.pk).update(taken=10)
    call_command("reindex", verbosity=0)
    boosts = dict(SearchEntry.objects.filter(kind="activity").values_list("object_id", "boost"))
    assert boosts[empty.pk] == pytest.approx(4 / 3)
    assert boosts[full.pk] == pytest.approx(1)
    assert weigh() == 0
