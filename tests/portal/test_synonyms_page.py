"""The centre looks after the words that mean the same."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.models import SynonymGroup

pytestmark = pytest.mark.django_db
PAGE = "/centre/words/"


def test_the_centre_adds_changes_and_takes_away_a_group(client, centre_user):
    client.force_login(centre_user)
    before = SynonymGroup.objects.count()
    assert client.get(PAGE).status_code == 200
    client.post(PAGE, {"words": "挥毫， 书法、书法, calligraphy"})
    group = SynonymGroup.objects.last()
    assert group.words == ["挥毫", "书法", "calligraphy"]
    client.post(f"{PAGE}{group.pk}/", {"words": "挥毫, 写字"})
    group.refresh_from_db()
    assert group.words == ["挥毫", "写字"]
    client.post(f"{PAGE}{group.pk}/", {"words": " "})
    assert SynonymGroup.objects.count() == before


@pytest.mark.parametrize("words", ["", "一个", "一个,一个", "长" * 41 + ",短"])
def test_what_is_no_group_is_refused_and_kept_in_the_form(client, centre_user, words):
    client.force_login(centre_user)
    answer = client.post(PAGE, {"words": words})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_others_see_no_such_page(client, worker, volunteer):
    for user in (worker, volunteer.user):
        client.force_login(user)
        assert client.get(PAGE).status_code == 404
        assert client.post(PAGE, {"words": "a,b"}).status_code == 404


def test_the_number_of_queries_does_not_grow(client, centre_user):
    client.force_login(centre_user)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    SynonymGroup.objects.bulk_create(SynonymGroup(words=[f"甲{n}", f"乙{n}"]) for n in range(20))
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
    assert len(many) == len(few)
