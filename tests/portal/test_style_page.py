"""The style page: it needs no database, and axe finds nothing in it in both languages, both themes, both widths."""

import re
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import Client

from core import catalogues

TOO_SMALL_TO_TOUCH = """
  [...document.querySelectorAll('a.button, button, summary, .tabbar a, .segments a, .chip, .slot, select, input')]
    .filter(e => e.offsetParent && !['checkbox', 'radio', 'hidden'].includes(e.type))
    .filter(e => e.getBoundingClientRect().height < 44)
    .map(e => e.outerHTML.slice(0, 120))
"""
TOO_SMALL_TO_READ = """
  [...document.querySelectorAll('body *')]
    .filter(e => e.offsetParent && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .filter(e => parseFloat(getComputedStyle(e).fontSize) < 15.99)
    .map(e => e.className + ': ' + e.textContent.trim().slice(0, 40))
"""


@pytest.fixture(scope="module", autouse=True)
def compiled_words():
    for catalogue in catalogues.catalogues():
        catalogues.compile_catalogue(catalogue)


@pytest.fixture
def bare_site():
    """The site on a port, without a database: whoever asks it gets an error."""

    class Quiet(WSGIRequestHandler):
        def log_message(self, *arguments):
            pass

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_style_page_speaks_every_language_without_a_query(language):
    client = Client()
    client.cookies["django_language"] = language
    page = client.get("/style/").content.decode()
    assert f'<html lang="{language}">' in page
    assert {"zh-hans": "本站的样子", "zh-hant": "本站的樣子", "en": "How this site looks"}[language] in page


def test_a_page_carries_no_inline_style_or_script_and_one_primary_button():
    page = Client().get("/style/").content.decode()
    assert "style=" not in page
    assert not re.findall(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)", page)
    assert not re.findall(r"\son\w+=", page)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert page.count("button-primary") == 1


def test_every_picture_that_is_named_exists():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (settings.SITE / "static" / "icons.svg").read_text()))
    used = set()
    for folder in (
        settings.SITE / "templates",
        *(settings.ROOT / app for app in ("accounts", "activities", "matching", "notifications")),
    ):
        for path in folder.rglob("*.html"):
            used |= set(re.findall(r'{% icon "([\w-]+)"', path.read_text()))
    assert used - drawn == set()


@pytest.mark.browser
def test_axe_finds_nothing_in_any_language_theme_or_width(chromium, bare_site):
    from axe_playwright_python.sync_playwright import Axe

    said = []
    for language in ("zh-hans", "en"):
        for theme in ("light", "dark"):
            for width in (390, 1280):
                context = chromium.new_context(
                    viewport={"width": width, "height": 900}, reduced_motion="reduce"
                )
                context.add_cookies([{"name": "django_language", "value": language, "url": bare_site}])
                page = context.new_page()
                page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
                page.goto(f"{bare_site}/style/?theme={theme}")
                found = Axe().run(page)
                if found.violations_count:
                    said.append(f"{language} {theme} {width}: {found.generate_report()}")
                context.close()
    assert not said


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nothing_hangs_over_the_edge_at_320_pixels(chromium, bare_site, language):
    context = chromium.new_context(viewport={"width": 320, "height": 700})
    context.add_cookies([{"name": "django_language", "value": language, "url": bare_site}])
    page = context.new_page()
    page.goto(f"{bare_site}/style/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    small = page.evaluate(TOO_SMALL_TO_TOUCH)
    assert small == []
    tiny = page.evaluate(TOO_SMALL_TO_READ)
    assert tiny == []
    context.close()
