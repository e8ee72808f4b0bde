"""A worker looks at the plan, overrides it, plans again, sends it; nobody is asked before."""

import pytest
from playwright.sync_api import expect


@pytest.mark.browser
@pytest.mark.journey
def test_the_plan_is_looked_at_overridden_planned_again_and_sent(sign_in):
    worker = sign_in("worker", wide=True)
    worker.goto("/desk/")
    worker.locator("nav.side a[href='/needs/plan/']").click()
    worker.wait_for_url("**/needs/plan/")
    rows = worker.locator(".table-plan tbody tr")
    expect(rows.first).to_be_visible()
    expect(worker.locator(".plan-map svg")).to_be_visible()
    row = rows.filter(has=worker.locator("input[name=need]")).first
    number = row.get_attribute("id").removeprefix("need-")
    planned = row.locator(".plan-people .strong").first.inner_text()

    # not this one: the plan is made again at once, without loading the page
    worker.evaluate("window.__same_page = true")
    row.locator("button[value^='leave:']").first.click()
    expect(worker.locator("#price")).to_be_visible()
    changed = worker.locator(f"#need-{number}")
    expect(changed).not_to_contain_text(planned)
    assert worker.evaluate("window.__same_page === true")

    # somebody else is chosen on the need's own page, and kept
    worker.goto(f"/needs/plan/{number}/")
    choice = worker.locator("button[value^='keep:']").last
    person = choice.get_attribute("value").split(":")[2]
    choice.click()
    expect(worker.locator(f"button[value='release:{number}:{person}']")).to_be_visible()
    worker.goto("/needs/plan/")
    kept = worker.locator(f"#pin-{number}-{person}")
    expect(kept).to_have_attribute("value", f"release:{number}:{person}")
    expect(worker.locator("#price li, #price p").first).to_be_visible()

    # back to the best plan, which names the first person again
    worker.locator("button[value='start-over']").click()
    expect(worker.locator("#price")).to_have_count(0)
    expect(worker.locator(f"#need-{number}")).to_contain_text(planned)

    # only now is anybody asked, and only for the ticked need
    ticked = worker.locator(f"#need-{number} input[name=need]")
    ticked.check()
    worker.locator("button[name=send][value=ticked]").click()
    expect(worker.locator(".flash").first).to_be_visible()
    expect(worker.locator(f"#need-{number} input[name=need]")).to_have_count(0)
