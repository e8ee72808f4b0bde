"""Push, the preview of the collected mail and quiet hours, as a person meets them on a phone."""

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from notifications import tasks
from notifications.models import Delivery, Preferences
from tests.notifications.telling import say
from tests.notifications.test_live_in_browser import web  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_quiet_hours_the_collected_mail_and_a_push_message(chromium, web, client, stranger):  # noqa: F811
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    cookies = {settings.SESSION_COOKIE_NAME: client.session.session_key, "django_language": "en"}
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, base_url=web.address, permissions=["notifications"]
    )
    context.add_cookies([{"name": n, "value": v, "url": web.address} for n, v in cookies.items()])
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/inbox/settings/")

    # one mail a day at eight, and quiet from nine in the evening
    page.get_by_label("Once a day, together").check(force=True)
    page.get_by_label("Collected mail at").select_option("8")
    page.get_by_label("Quiet from").select_option("21:00")
    page.get_by_role("button", name="Save").click()
    page.locator(".alert, .flash", has_text=re.compile("Saved|已保存")).first.wait_for()
    kept = Preferences.objects.get(user=stranger)
    assert (kept.rhythm, kept.digest_hour, kept.quiet_from.hour) == ("daily", 8, 21)

    say(stranger, kind="studio-verified", params={"studio": "修灯工作室"})
    Delivery.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    tasks.sweep()
    page.goto("/inbox/settings/digest/")
    page.get_by_text("修灯工作室").first.wait_for()

    # a push message, put in by the browser's debugging protocol: subscribing needs a vendor's service
    page.goto("/inbox/settings/")
    line = context.new_cdp_session(page)
    registered = []
    line.on("ServiceWorker.workerRegistrationUpdated", lambda told: registered.extend(told["registrations"]))
    line.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
    for _ in range(100):
        if registered:
            break
        page.wait_for_timeout(50)
    message = {"title": "Can you help? 修灯", "body": "Please answer.", "url": "/inbox/", "tag": "message-1"}
    for _ in range(2):  # arriving twice it is shown once
        line.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": web.address,
                "registrationId": registered[-1]["registrationId"],
                "data": json.dumps(message),
            },
        )
    shown = "navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.map((n) => n.title))"
    for _ in range(100):
        if page.evaluate(shown):
            break
        page.wait_for_timeout(50)
    assert page.evaluate(shown) == ["Can you help? 修灯"]
    context.close()
