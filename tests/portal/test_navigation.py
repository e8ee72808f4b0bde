"""The frame: what each role finds in the top bar and under the thumb."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse

from portal.navigation import Navigation


@pytest.fixture
def seen_by():
    def look(user, path="/"):
        request = RequestFactory().get(path)
        request.user = user
        return Navigation(request)

    return look


def urls(items):
    return [item.url for item in items]


def test_a_stranger_is_offered_to_look_around_and_to_sign_in(seen_by):
    frame = seen_by(AnonymousUser())
    assert reverse("account_login") in urls(frame.tabs)
    assert reverse("portal:my") not in urls(frame.top)
    assert frame.inbox == ""


def test_every_role_finds_its_first_page(seen_by, make_user, worker, centre_user):
    assert reverse("matching:offers") in urls(seen_by(make_user()).tabs)
    assert reverse("portal:desk") in urls(seen_by(worker).tabs)
    assert reverse("portal:centre") in urls(seen_by(centre_user).tabs)
    for person in (make_user(), worker, centre_user):
        assert len(seen_by(person).tabs) == 5
        assert reverse("portal:my") in urls(seen_by(person).top)


def test_a_household_s_contact_finds_the_household_everywhere(seen_by, household, household_contact):
    frame = seen_by(household_contact, reverse("matching:my_household"))
    for part in (frame.top, frame.tabs, frame.account):
        assert reverse("matching:my_household") in urls(part)
    assert len(frame.tabs) == 5
    assert [item.url for item in frame.tabs if item.is_current] == [reverse("matching:my_household")]


def test_staff_who_speak_for_a_household_find_it_in_their_account(seen_by, make_household, worker):
    make_household(contact=worker)
    frame = seen_by(worker)
    assert reverse("matching:my_household") in urls(frame.account)
    assert reverse("portal:desk") in urls(frame.tabs)


def test_whoever_speaks_for_no_household_is_not_led_to_one(seen_by, volunteer, worker, centre_user):
    for person in (AnonymousUser(), volunteer.user, worker, centre_user):
        frame = seen_by(person)
        for part in (frame.top, frame.tabs, frame.account):
            assert reverse("matching:my_household") not in urls(part)


def test_the_most_exact_address_is_the_current_one(seen_by, make_user):
    frame = seen_by(make_user(), reverse("activities:ranking"))
    assert [item.url for item in frame.top if item.is_current] == [reverse("activities:ranking")]


def test_the_frame_asks_the_database_little(seen_by, worker, django_assert_num_queries):
    frame = seen_by(type(worker).objects.get(pk=worker.pk))
    with django_assert_num_queries(2):  # the roles, and whether a household is spoken for
        assert [frame.top, frame.tabs, frame.account, frame.footer, frame.inbox]


@pytest.mark.parametrize(
    ("cookie", "shown"), [("dark", "dark"), ("light", "light"), ('"><script>', None), ("", None)]
)
def test_the_reader_s_choice_of_light_or_dark_is_in_the_first_byte(client, db, cookie, shown):
    client.cookies["theme"] = cookie
    page = client.get("/style/").content.decode()
    assert ("data-theme=" in page) == bool(shown)
    if shown:
        assert f'data-theme="{shown}"' in page
