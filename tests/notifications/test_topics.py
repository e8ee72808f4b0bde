import pytest
from django.contrib.auth.models import AnonymousUser

from activities.models import Activity
from notifications import topics
from notifications.topics import permitted

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def test_a_fact_in_a_neighbourhood_reaches_the_desks_above_it():
    assert topics.desk("310105001003") == ["desk:310105", "desk:310105001", "desk:310105001003"]
    assert topics.ranking("310105001") == ["ranking:310105", "ranking:310105001"]


def test_the_public_learns_no_more_than_the_subdistrict_of_a_need():
    assert topics.near("310105001003") == ["near:310105", "near:310105001"]
    assert permitted(NOBODY, ["near:310105001", "near:310105001003"]) == {"near:310105001"}


def test_everybody_may_watch_rankings_and_the_board():
    assert permitted(NOBODY, ["board", "ranking:310105", "ranking:310105001003"]) == {
        "board",
        "ranking:310105",
        "ranking:310105001003",
    }


def test_only_oneself_watches_the_own_topic(stranger, worker):
    wanted = [topics.me(stranger.pk), topics.me(worker.pk)]
    assert permitted(stranger, wanted) == {topics.me(stranger.pk)}
    assert permitted(NOBODY, wanted) == set()


def test_a_desk_is_watched_by_those_whose_scope_reaches_it(worker, other_worker, centre_user, volunteer):
    wanted = ["desk:310105", "desk:310105001", "desk:310105001001", "desk:310105001002"]
    assert permitted(worker, wanted) == {"desk:310105001001"}
    assert permitted(centre_user, wanted) == set(wanted)
    assert permitted(other_worker, wanted) == set()
    assert permitted(volunteer.user, wanted) == set()
    assert permitted(NOBODY, wanted) == set()


def test_a_need_is_watched_by_those_who_see_it(
    make_request, worker, other_worker, household_contact, volunteer
):
    topic = topics.request(make_request().pk)
    assert permitted(worker, [topic]) == {topic}
    assert permitted(household_contact, [topic]) == {topic}
    for other in (other_worker, volunteer.user, NOBODY):
        assert permitted(other, [topic]) == set()


def test_a_draft_is_watched_by_who_runs_it_and_a_public_activity_by_all(make_activity, worker, stranger):
    draft = topics.activity(make_activity(status=Activity.Status.DRAFT).pk)
    public = topics.activity(make_activity().pk)
    assert permitted(worker, [draft, public]) == {draft, public}
    assert permitted(stranger, [draft, public]) == {public}
    assert permitted(NOBODY, [draft, public]) == {public}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "me",
        "me:",
        "me:0",
        "me:x",
        "desk:31010",
        "desk:310105%",
        "board ",
        "ranking:３１０１０５",
        "x" * 900,
    ],
)
def test_what_is_no_topic_is_left_out(centre_user, name):
    assert permitted(centre_user, [name, None, 5, ["board"]]) == set()


def test_asking_for_many_topics_takes_few_queries(centre_user, make_activity, django_assert_max_num_queries):
    made = [topics.activity(make_activity().pk) for _ in range(10)]
    many = [*made, *[topics.request(number) for number in range(1, 21)], *topics.desk("310105001003")]
    with django_assert_max_num_queries(3):  # roles, needs, activities
        assert permitted(centre_user, many) >= set(made)
    assert (
        len(permitted(centre_user, [f"ranking:310105{number:03d}" for number in range(500)])) == topics.MOST
    )
