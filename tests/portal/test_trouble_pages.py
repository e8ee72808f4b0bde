"""Pages for trouble: they help, they give nothing away, and the hard ones need neither database nor request."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override

from core import catalogues

BARE = ("400.html", "403.html", "403_csrf.html", "429.html", "500.html", "503.html")


@pytest.fixture(scope="module", autouse=True)
def compiled_words():
    for catalogue in catalogues.catalogues():
        catalogues.compile_catalogue(catalogue)


@pytest.mark.parametrize("name", BARE)
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_a_page_for_trouble_needs_no_database_and_no_request(name, language):
    with override(language):
        page = render_to_string(name, {"is_reading": True, "retry_after": 5})
    assert f'<html lang="{language}">' in page
    assert page.count("button-primary") == 1
    assert "style=" not in page


def test_a_503_while_sending_says_that_nothing_arrived_and_does_not_reload():
    with override("en"):
        page = render_to_string("503.html", {"is_reading": False, "retry_after": 5})
    assert "did not arrive" in page
    assert "http-equiv" not in page


def test_not_found_offers_a_way_on_to_a_stranger_without_repeating_the_address():
    answer = Client().get("/people/somebody-secret/17/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert 'role="search"' in page
    assert "/accounts/login/" in page
    main = page[page.index("<main") : page.index("</main>")]
    assert "somebody-secret" not in main


def test_an_old_form_is_told_what_to_do():
    client = Client(enforce_csrf_checks=True)
    client.cookies["django_language"] = "en"
    answer = client.post("/i18n/setlang/", {"language": "en"})
    assert answer.status_code == 403
    assert "nothing was done" in answer.content.decode()
