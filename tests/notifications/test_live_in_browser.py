"""live.js on a real page of a real web process: what a person sees without reloading."""

import contextlib
import http.client
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from config.serve import listen
from notifications import tasks
from notifications.services import mark_all_read
from tests.notifications.telling import environment_of_ours, say

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


class Web:
    """A web process on the test's database that may be killed and started again on the same port."""

    def __init__(self, listening):
        self.listening = listening
        self.port = listening.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        descriptor = self.listening.fileno()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.serve", str(descriptor)],
            env=environment_of_ours(DATABASE_POOL="4"),
            pass_fds=[descriptor],
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                line.request("GET", "/healthz")
                if line.getresponse().status == 200:
                    return
        pytest.fail("the web process does not answer")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def web():
    with listen("127.0.0.1", 0) as listening:
        web = Web(listening)
        web.start()
        yield web
        web.kill()


@pytest.fixture
def page(chromium, web, client, stranger):
    """The inbox of the stranger on a phone, signed in, with its socket open."""
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    cookies = {settings.SESSION_COOKIE_NAME: client.session.session_key, "django_language": "en"}
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=web.address)
    context.add_cookies([{"name": n, "value": v, "url": web.address} for n, v in cookies.items()])
    page = context.new_page()
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    open_inbox(page)
    yield page
    context.close()
    assert page.wrong == []


def open_inbox(page):
    welcomed = []
    hears = lambda frame: welcomed.append(frame) if "welcome" in str(frame) else None  # noqa: E731
    page.on("websocket", lambda line: line.on("framereceived", hears))
    page.goto("/inbox/")
    for _ in range(100):
        if welcomed:
            return
        page.wait_for_timeout(50)
    pytest.fail("the socket was not welcomed")


def tell(user, title):
    tasks.deliver(say(user, title).pk)


def test_a_message_shows_at_once_as_a_toast_in_the_bell_and_in_the_list(page, stranger):
    assert page.locator("#unread").inner_text() == ""
    tell(stranger, "修灯")
    page.get_by_role("link", name="Somebody has already said yes: 修灯").first.wait_for()
    assert page.locator(".toast").count() == 1
    page.locator("#messages .row.unread", has_text="修灯").wait_for()
    assert page.locator("#unread").inner_text() == "1"
    page.locator(".toast button").click()
    assert page.locator(".toast").count() == 0

    mark_all_read(by=stranger)  # on another page
    tasks.relay_pulses()
    page.locator("#messages .row:not(.unread)", has_text="修灯").wait_for()
    assert page.locator("#unread").inner_text() == ""


def test_what_came_while_another_page_loaded_is_shown_there(page, stranger):
    page.goto("about:blank")
    for title in ("甲", "乙"):
        tell(stranger, title)
    page.goto("/activities/")
    page.locator(".toast", has_text="乙").wait_for()
    assert [text.strip()[-1] for text in page.locator(".toast a").all_inner_texts()] == ["甲", "乙"]
    page.goto("about:blank")
    for title in "丙丁戊己":
        tell(stranger, title)
    page.goto("/activities/")
    page.locator(".toast", has_text="4 new messages").wait_for()
    assert page.locator(".toast").count() == 1


def test_a_break_is_said_after_a_while_and_mended_without_a_reload(page, web, stranger):
    web.kill()
    state = page.locator("#live-state")
    state.get_by_text("No connection").wait_for()
    tell(stranger, "修灯")
    web.start()
    state.wait_for(state="hidden")
    page.locator("#messages .row.unread", has_text="修灯").wait_for()
    assert page.locator(".toast").count() == 1


def test_a_page_whose_session_is_over_does_not_come_back_for_ever(page):
    Session.objects.all().delete()
    lines = []
    page.on("websocket", lambda line: lines.append(line.url))
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.wait_for_timeout(4000)  # it would have come back after one second, and after two
    assert len(lines) == 1
    assert page.locator("#live-state").is_hidden()
