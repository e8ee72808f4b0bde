"""From the waiting list to a place: two phones, and nobody loads a page again to see what happened."""

import pytest
from playwright.sync_api import expect

PASSWORD = "ningju-demo"  # that of the demo district


@pytest.mark.browser
@pytest.mark.journey
def test_who_waits_gets_the_place_that_another_gives_back(sign_in, site):
    made = site.script("prepare_line.py", PASSWORD)
    waiting, first = sign_in("volunteer"), sign_in(made["first"])
    waiting.goto(f"/activities/{made['activity']}/")
    waiting.get_by_role("button", name="排队候补").click()
    expect(waiting.locator("#line")).to_contain_text("您是候补第 1 位")
    waiting.evaluate("window.__same_page = true")
    first.goto(f"/activities/sign-ups/{made['sign_up']}/cannot-come/")
    expect(first.get_by_text("有 1 人候补")).to_be_visible()
    first.get_by_role("button", name="我来不了，退出名额").click()
    take = waiting.get_by_role("button", name="接受名额")
    expect(take).to_be_visible()
    assert waiting.evaluate("window.__same_page === true")
    take.click()
    expect(waiting.locator("main")).to_contain_text("排队等位的试验")
    first.goto(f"/activities/{made['activity']}/")
    expect(first.get_by_role("button", name="排队候补")).to_be_visible()
