"""A conversation and the wall board on real pages: what is said and done elsewhere shows without a reload."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from activities.models import ServiceRecord
from activities.services import record_hours
from matching.models import Assignment, Offer
from notifications import tasks
from notifications.models import Said, Thread
from notifications.talk import services
from tests.notifications.test_live_in_browser import Web, listen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def web():
    with listen("127.0.0.1", 0) as listening:
        web = Web(listening)
        web.start()
        yield web
        web.kill()


@pytest.fixture
def thread(make_request, volunteer):
    request, now = make_request(), timezone.now()
    offer = Offer.objects.create(
        request=request,
        volunteer=volunteer,
        score=1,
        probability=1,
        model_version="",
        sent_at=now,
        answer_by=now,
    )
    assignment = Assignment.objects.create(request=request, offer=offer, volunteer=volunteer)
    return Thread.objects.create(assignment=assignment)


def test_two_talk_and_the_wall_counts_their_hour(chromium, web, client, thread, volunteer, worker, division):
    client.force_login(volunteer.user, backend="django.contrib.auth.backends.ModelBackend")
    cookies = {settings.SESSION_COOKIE_NAME: client.session.session_key, "django_language": "en"}
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=web.address)
    context.add_cookies([{"name": n, "value": v, "url": web.address} for n, v in cookies.items()])
    page, wall = context.new_page(), context.new_page()
    wrong = []
    for one in (page, wall):
        one.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"/talk/{thread.pk}/")
    wall.goto("/wall/")
    for one in (page, wall):  # the socket is open, or what follows would be seen by the look after it
        one.wait_for_load_state("networkidle")

    page.fill("textarea[name=words]", "我在路上")
    page.get_by_role("button", name="Send the message").click()
    page.locator(".talk-own", has_text="我在路上").wait_for()
    page.fill("textarea[name=words]", "写到一半")
    services.say(thread=thread, words="门铃坏了", by=worker, submission_key=uuid.uuid4())
    tasks.relay_pulses()
    page.locator(".talk-line:not(.talk-own)", has_text="门铃坏了").wait_for()
    assert page.input_value("textarea[name=words]") == "写到一半"  # what is being typed stays
    assert Said.objects.count() == 2

    begins = timezone.now()
    record_hours(
        volunteer=volunteer,
        division=division,
        category="0001",
        name="陪诊",
        place="测试医院",
        content="陪同就诊",
        in_charge="社工乙",
        starts_at=begins,
        ends_at=begins + timedelta(minutes=90),
        minutes=90,
        source_kind=ServiceRecord.Source.ASSIGNMENT,
        source_id=1,
        by=worker,
    )
    tasks.relay_pulses()
    wall.locator(".wall-first dd", has_text="1.5").wait_for()
    assert wrong == []
    context.close()
