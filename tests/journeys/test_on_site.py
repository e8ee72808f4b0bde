"""On site: the organiser ticks without network; a volunteer's phone scans what the organiser's phone shows."""

import base64
import re
from urllib.parse import urlsplit

import numpy as np
import pytest
import zxingcpp
from playwright.sync_api import expect

from tests.journeys.conftest import until

# the page itself and what it is drawn with are kept, and the service worker answers for it
KEPT = """async () => {
    const kept = await caches.open("rosters-1");
    const page = await kept.match(location.pathname, { ignoreVary: true });
    return Boolean(page && navigator.serviceWorker.controller) && (await kept.keys()).length;
}"""
PIXELS = """async (picture) => {
    const image = new Image();
    image.src = "data:image/png;base64," + picture;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const bytes = context.getImageData(0, 0, image.width, image.height).data;
    return [image.height, image.width, [...bytes].filter((_byte, at) => at % 4 === 0)];
}"""


@pytest.fixture
def organiser(sign_in):
    """The persona worker on a phone, with the roster of the shift that is on now."""
    page = sign_in("worker")
    page.goto("/activities/")
    with_code = page.locator("a[href*='/activities/']", has_text="清洁家园").all()
    for address in dict.fromkeys(link.get_attribute("href") for link in with_code):
        page.goto(address)
        rosters = page.locator("a[href$='/roster/']")
        if rosters.count() == 2:  # an earlier shift of today, and the one that is on
            page.goto(rosters.last.get_attribute("href"))
            return page
    return pytest.fail("no shift is on")


def photographed(page):
    """The address in the QR code on this page, read from its picture as a camera would."""
    expect(page.locator(".site-code-qr")).to_be_visible()
    picture = page.screenshot()
    height, width, grey = page.evaluate(PIXELS, base64.b64encode(picture).decode())
    found = zxingcpp.read_barcodes(np.array(grey, dtype=np.uint8).reshape(height, width))
    assert len(found) == 1
    return found[0].text


@pytest.mark.browser
@pytest.mark.journey
def test_the_roster_goes_on_without_network_and_catches_up(organiser):
    page = organiser
    expect(page.locator("[data-row]").first).to_be_visible()
    until(lambda: page.evaluate(KEPT) > 8, "the roster is kept")
    page.context.set_offline(True)
    page.reload()
    waiting = page.locator("[data-row]").filter(has=page.locator("form[data-tick=in]:visible"))
    name = waiting.last.locator(".row-title").inner_text()
    row = page.locator("[data-row]").filter(has_text=name)
    row.locator("form[data-tick=in] button").click()
    expect(row).to_contain_text("尚未上传")
    expect(page.locator("#ticks")).to_contain_text("没有网络")
    page.reload()  # nothing is lost with the page
    expect(row).to_contain_text("尚未上传")
    page.context.set_offline(False)
    expect(row).to_contain_text("点名")
    expect(row).not_to_contain_text("尚未上传")
    expect(page.locator("#ticks")).to_be_hidden()
    row.locator("form[data-tick=out] button").click()
    expect(row).to_contain_text(re.compile(r"\d\d:\d\d–\d\d:\d\d"))
    page.reload()
    expect(row).to_contain_text("已签退")


@pytest.mark.browser
@pytest.mark.journey
def test_what_one_phone_shows_another_scans(organiser, sign_in):
    organiser.locator("a[href$='/code/']").click()
    counted = organiser.locator(".site-code-count")
    before = counted.inner_text()
    volunteer = sign_in("studio")
    volunteer.goto(urlsplit(photographed(organiser)).path)
    volunteer.locator("button[name=act][value=in]").click()
    volunteer.wait_for_url(re.compile(r"/check-out/$"))
    expect(counted).not_to_have_text(before, timeout=10_000)  # the organiser's page moves by itself
    stranger = sign_in("volunteer")
    stranger.goto(volunteer.url)
    assert stranger.title() != volunteer.title()
