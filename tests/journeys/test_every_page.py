"""Every first page of every persona: it opens, fits a small phone, reads aloud, and breaks no script."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = {
    None: [
        "/",
        "/activities/",
        "/activities/ranking/",
        "/needs/open/",
        "/people/studios/",
        "/search/?q=修电灯",
        "/ask/",
        "/accounts/login/",
        "/accounts/signup/",
        "/activities/stars/",
        "/verify/",
    ],
    "volunteer": [
        "/my/",
        "/needs/offers/",
        "/activities/mine/",
        "/activities/hours/",
        "/activities/record/",
        "/activities/certificates/ask/",
        "/inbox/",
        "/people/settings/",
        "/people/organisations/",
    ],
    "worker": [
        "/desk/",
        "/needs/post/",
        "/people/households/",
        "/people/households/register/",
        "/people/volunteers/",
    ],
    "centre": [
        "/centre/",
        "/centre/verify/",
        "/centre/overdue/",
        "/activities/stars/decide/",
        "/activities/corrections/",
        "/centre/readings/",
        "/centre/import/",
        "/activities/ranking/publish/",
        "/activities/organised/",
    ],
    "studio": ["/my/", "/needs/offers/"],
    "family": ["/my/", "/needs/my-household/"],
}
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
PARTS_TO_OPEN = re.compile(
    r"/(activities|activities/stars|activities/certificates|needs/open|people/studios)/\d+/$"
)


def addresses(page, role):
    """The role's pages, and the first thing of each kind that they lead to."""
    found = list(PAGES[role])
    for path in PAGES[role]:
        page.goto(path)
        links = page.locator("main a[href]").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        found += [link for link in links if PARTS_TO_OPEN.search(link)][:1]
    return list(dict.fromkeys(found))


@pytest.mark.browser
@pytest.mark.journey
@pytest.mark.parametrize(("language", "tag"), [("zh-hans", "zh-hans"), ("en", "en")])
@pytest.mark.parametrize("role", PAGES)
def test_pages_of_a_persona_are_sound(sign_in, role, language, tag):
    page = sign_in(role, language=language)
    page.set_viewport_size({"width": 360, "height": 780})
    for path in addresses(page, role):
        answer = page.goto(path)
        assert answer.status == 200, path
        assert page.locator("html").get_attribute("lang").lower() == tag, path
        assert page.locator("h1").count() == 1, path
        assert not page.evaluate(SIDEWAYS), f"{path} scrolls sideways at 360 px"
        assert page.locator("main .button-primary:visible").count() <= 1, (
            f"{path} has several primary buttons"
        )
        found = Axe().run(page)
        assert not found.violations_count, f"{path}\n{found.generate_report()}"
