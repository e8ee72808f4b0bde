"""A volunteer on the page of a need near her: why she was not asked, and why she may not come."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def page_for(signed_in, person, need):
    return signed_in(person.user).get(reverse("matching:public_need", args=[need.pk]))


def test_ones_own_wishes_are_named_and_do_not_stop_anybody(signed_in, make_request, make_volunteer):
    person = make_volunteer("有愿望", slots=0, accepts_pushes=False, weekly_asks=0)
    page = page_for(signed_in, person, make_request())
    assert [check.code for check in page.context["need"].own_wishes] == ["free", "pushes", "budget"]
    body = page.content.decode()
    assert reverse("matching:offer_myself", args=[page.context["need"].pk]) in body


def test_with_nothing_against_her_she_hears_that_she_may_be_next(signed_in, make_request, volunteer):
    page = page_for(signed_in, volunteer, make_request())
    assert page.context["need"].own_wishes == ()
    assert "下一个可能就是您" in page.content.decode()


def test_every_limit_that_is_not_passed_is_told_with_what_would_help(signed_in, make_request, make_volunteer):
    person = make_volunteer("还没核实", skills=(), status="applied")
    page = page_for(signed_in, person, make_request())
    hindrances = page.context["need"].hindrances
    assert [check.code for check in hindrances] == ["skill", "licence", "verified"]
    body = page.content.decode()
    assert all(str(check.refusal) in body and str(check.help) in body for check in hindrances)
    assert reverse("matching:offer_myself", args=[page.context["need"].pk]) not in body
