"""Redis is killed under the running site: pages, logins and writes go on; live updates resume by themselves.

The name puts it behind the other journeys, which share the site.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import until


@pytest.mark.browser
@pytest.mark.journey
def test_without_redis_people_sign_in_and_post_and_live_updates_come_back(sign_in, site):
    watcher = sign_in("worker", wide=True)
    watcher.goto("/desk/")
    expect(watcher.locator("main")).to_be_visible()
    site.redis.kill()
    try:
        assert site.get("/")[0] == 200
        assert site.get("/readyz")[0] == 503
        worker = sign_in("worker", wide=True)
        worker.goto("/needs/post/")
        labels = worker.locator("#households option")
        worker.fill("input[name=household]", labels.first.get_attribute("value"))
        worker.locator("button[name=preset]").first.click()
        worker.fill("input[name=title]", "断网时发的需求")
        worker.locator("label", has=worker.locator("input[name=day]")).last.click()
        worker.locator("label", has=worker.locator("input[name=begins]")).first.click()
        worker.locator("form button.button-primary").last.click()
        worker.wait_for_url(re.compile(r"/needs/\d+/$"))
        assert "断网时发的需求" in worker.locator("h1").inner_text()
    finally:
        site.redis.start()
    until(lambda: site.get("/readyz")[0] == 200, "the worker is back", patience=90)
    # the sweep finds what was not queued: people are asked although nobody told the worker
    expect(worker.locator("main")).to_contain_text("第 1 轮", timeout=60_000)
    # and the page that was open all the time shows the need without being loaded again
    expect(watcher.locator("main")).to_contain_text("断网时发的需求", timeout=60_000)
