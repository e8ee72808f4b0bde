"""From the recruitment notice to a certificate that a stranger checks: organiser, centre, volunteer, employer."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import expect

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLE = "为老人读报"


def tick(page, name, value=""):
    """A box or a chip by what it stands for."""
    box = page.locator(f"input[name={name}]" + (f"[value='{value}']" if value else ""))
    page.locator("label", has=box).first.click()


def post_activity(worker):
    """A draft with one shift that begins in ten minutes; the number of the activity."""
    begins = datetime.now(SHANGHAI) + timedelta(minutes=10)
    worker.goto("/activities/post/")
    worker.fill("input[name=title]", TITLE)
    worker.fill("textarea[name=about]", "给阅览室的老人读当天的报纸。")
    tick(worker, "categories", "0001")
    worker.select_option("select[name=division]", "310105001001")
    worker.fill("input[name=place]", "社区阅览室")
    worker.fill("textarea[name=risks]", "暂无")
    tick(worker, "safeguards", "05")
    worker.fill("input[name=shift-0-day]", begins.strftime("%Y-%m-%d"))
    worker.fill("input[name=shift-0-starts]", begins.strftime("%H:%M"))
    worker.fill("input[name=shift-0-ends]", (begins + timedelta(hours=1)).strftime("%H:%M"))
    worker.fill("input[name=shift-0-places]", "3")
    worker.check("input[name=is_declared]")
    worker.locator("button[name=act][value=save]").click()
    worker.wait_for_url(re.compile(r"/activities/\d+/$"))
    return re.search(r"/activities/(\d+)/", worker.url)[1]


def press(page, act):
    page.locator(f"button[name=act][value={act}]").click()
    page.wait_for_load_state()


def code_on(organiser):
    return re.sub(r"\D", "", organiser.locator(".code-big, .site-code-digits, .code").first.inner_text())[:6]


@pytest.mark.browser
@pytest.mark.journey
def test_from_the_notice_to_a_certificate_that_a_stranger_checks(sign_in, site):
    worker, centre, volunteer = (
        sign_in("worker", wide=True),
        sign_in("centre", wide=True),
        sign_in("volunteer"),
    )

    # posted, looked at by the centre, open to all
    number = post_activity(worker)
    press(worker, "send")
    centre.goto(f"/activities/{number}/")
    press(centre, "publish")

    # signed up, in and out with the code that the organiser shows
    volunteer.goto(f"/activities/{number}/")
    volunteer.locator("form[action$='/sign-up/'] button").first.click()
    volunteer.locator("a[href$='/check-in/']").first.click()
    worker.goto(f"/activities/{number}/")
    worker.locator("a[href$='/code/']").first.click()
    volunteer.fill("input[name=code]", code_on(worker))
    volunteer.locator("main form button.button-primary").click()
    volunteer.wait_for_url(re.compile(r"/check-out/$"))
    assert site.script("pass_time_on_site.py", number, "60") == 1
    volunteer.fill("input[name=code]", code_on(worker))
    volunteer.locator("main form button.button-primary").click()
    volunteer.wait_for_load_state()

    # the hour is in the book, and on paper
    volunteer.goto("/activities/hours/")
    expect(volunteer.locator("main")).to_contain_text(TITLE)
    volunteer.goto("/activities/certificates/ask/")
    tick(volunteer, "span", "year")
    volunteer.locator("main form button.button-primary").click()
    fetch = volunteer.locator("a[href$='paper.pdf']")
    expect(fetch).to_be_visible(timeout=20_000)  # made by the worker; the page notices by itself
    paper = volunteer.context.request.get(fetch.get_attribute("href")).body()
    pages = pypdfium2.PdfDocument(paper)
    assert TITLE in "".join(page.get_textpage().get_text_range() for page in pages)

    # an employer photographs the code on it
    (code,) = zxingcpp.read_barcodes(pages[0].render(scale=3).to_pil())
    stranger = sign_in()
    stranger.goto("/verify/" + code.text.partition("/verify/")[2])
    expect(stranger.locator("main")).to_contain_text("这份证明是真的")
    header, payload, seal = code.text.partition("/verify/")[2].strip("/").split(".")
    stranger.goto(f"/verify/{header}.{payload[:-4]}AAAA.{seal}/")
    expect(stranger.locator("main")).to_contain_text("内容被改动过")
