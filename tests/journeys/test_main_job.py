"""The main job with three people at once, each with a page open, and nobody loads a page again to see what happened."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLE = "客厅灯不亮了"


def never_reloaded(page):
    """Marks the page; the mark is gone after any load. Returns the check."""
    page.evaluate("window.__same_page = true")
    return lambda: expect_true(page, "window.__same_page === true")


def expect_true(page, expression):
    assert page.evaluate(expression), f"{page.url}: {expression}"


def household_of(worker):
    """The persona household as the posting form suggests it."""
    worker.goto("/needs/post/")
    labels = worker.locator("#households option").evaluate_all(
        "options => options.map(option => option.value)"
    )
    return max(labels, key=lambda label: int(re.search(r"(\d+)\s*$", label)[1]))


def post_need(worker):
    """Through the form, for a time that begins in ten minutes; the address of the need's page."""
    label = household_of(worker)
    soon = datetime.now(SHANGHAI) + timedelta(minutes=10)
    worker.fill("input[name=household]", label)
    worker.fill("input[name=title]", TITLE)
    worker.locator("details", has=worker.locator("input[name=other_day]")).locator("summary").click()
    worker.fill("input[name=other_day]", soon.strftime("%Y-%m-%d"))
    worker.fill("input[name=other_time]", soon.strftime("%H:%M"))
    worker.locator("label", has=worker.locator("input[name=urgency][value=urgent]")).click()
    worker.locator("details", has=worker.locator("input[name=skills]")).locator("summary").click()
    worker.locator("label", has=worker.locator("input[name=skills][value='09']")).click()
    worker.fill("textarea[name=note]", "梯子在门后")
    worker.locator("form button.button-primary").click()
    worker.wait_for_url(re.compile(r"/needs/\d+/$"))
    return worker.url


@pytest.mark.browser
@pytest.mark.journey
def test_a_need_is_posted_accepted_served_reviewed_and_the_ranking_moves(sign_in, site):
    volunteer, worker, centre, family = (
        sign_in("volunteer"),
        sign_in("worker", wide=True),
        sign_in("centre", wide=True),
        sign_in("family"),
    )
    # everybody has a page open
    volunteer.goto("/needs/offers/")
    volunteer_stays = never_reloaded(volunteer)
    code = worker.context.request.get("/desk/").status
    assert code == 200
    subdistrict = "310105001"
    centre.goto(f"/activities/ranking/?period=week&kind=volunteer&division={subdistrict}")
    ranking = centre.locator("#ranking")
    before = ranking.inner_text()
    centre_stays = never_reloaded(centre)

    # the worker posts a need; the offer appears on the volunteer's open page
    need = post_need(worker)
    worker_stays = never_reloaded(worker)
    offer = volunteer.locator("article", has_text=TITLE)
    expect(offer).to_be_visible(timeout=20_000)
    assert "301" not in offer.inner_text()
    volunteer_stays()

    # it is accepted; only now the address opens; the worker sees who comes
    offer.locator("button").first.click()
    volunteer.wait_for_url(re.compile(r"/needs/services/\d+/"))
    assignment = volunteer.url
    number = re.search(r"/services/(\d+)/", assignment)[1]
    expect(worker.locator("main")).to_contain_text("已找到人", timeout=15_000)
    worker_stays()

    # the volunteer serves: on the way, in, out, done
    press_next(volunteer, "set-off")
    press_next(volunteer, "check-in")
    assert site.script("pass_time.py", number, "90") == 1
    press_next(volunteer, "check-out")
    expect(ranking).not_to_have_text(before, timeout=15_000)
    centre_stays()
    assert ranking.inner_text() != before
    volunteer.fill("[name=report]", "换了灯管")
    press_next(volunteer, "finish")

    # the household says how it was, and the worker closes the case
    family.goto(f"/needs/services/{number}/review/")
    family.locator("label", has=family.locator("input[name=stars][value='5']")).click()
    family.locator("form button.button-primary").click()
    expect(worker.locator("main")).to_contain_text("换了灯管", timeout=15_000)
    worker_stays()
    worker.locator(f"form[action$='{need.split('/needs/')[1]}close/'] button").first.click()
    expect(worker.locator("main")).to_contain_text("已结案")


def press_next(page, act):
    page.locator(f"main button[name=act][value={act}]").click()
    page.wait_for_load_state()
