"""An exception in front of the screen: a partner asks, an officer tries the rule and grants, the partner confirms."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_partner_desk import PATIENCE, accessible, choose
from tests.factories import OfficerFactory
from tests.programs.intake.rules.conftest import early
from tests.support.partner import Partner, as_csv

Visit = Callable[..., Visitor]


@pytest.fixture
def partner(fresh_database: str) -> Partner:
    """A university whose cohort began before its days."""
    return Partner(lambda: 0)


def test_an_exception_is_asked_for_granted_and_confirmed(site: str, visit: Visit, partner: Partner) -> None:
    clerk = visit(partner.clerk)
    page = clerk.go(f"/submissions/new/?period={partner.period.code}")
    choose(page, "名单.csv", as_csv([partner.row(0), early(partner, 1), early(partner, 2)]))
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator("#submission")).to_have_attribute("data-status", "checked", timeout=PATIENCE)
    address = page.url

    page.get_by_text("申请例外").click()
    page.get_by_label("这些行为何仍然无误").fill("班次经批准提前开班，批文已报人社局。")
    accessible(clerk)
    page.get_by_role("button", name="提交例外申请").click()
    expect(page.get_by_text("待答复")).to_be_visible()
    clerk.picture("rules-asked-zh")
    page.get_by_role("link", name="关于此规则").first.click()
    expect(page.get_by_role("heading", name="人社局的设定")).to_be_visible()
    clerk.picture("rules-rule-zh")

    officer = visit(OfficerFactory(), language="en")
    seen = officer.go("/rules/")
    accessible(officer)
    officer.picture("rules-list-en")
    seen.get_by_role("link", name="E09", exact=True).click()
    seen.locator("#try_severity").select_option("warning")
    seen.locator("#try_from_on").fill("2019-01-01")
    seen.locator("#try_until_on").fill("2019-12-31")
    accessible(officer)
    officer.picture("rules-rule-en")
    seen.get_by_role("button", name="Try it on past submissions").click()
    expect(seen.get_by_role("link", name="Set it so")).to_be_visible(timeout=PATIENCE)
    expect(seen.get_by_role("row", name=partner.organisation.code).get_by_role("cell").nth(4)).to_have_text("2")
    accessible(officer)
    officer.picture("rules-replay-en")

    seen = officer.go("/")
    seen.get_by_role("link", name="Exceptions await an answer").click()
    expect(seen.get_by_text("批文已报人社局")).to_be_visible()
    accessible(officer)
    officer.picture("rules-queue-en")
    seen.get_by_role("button", name="Grant the exception").click()
    expect(seen.get_by_text("No exception awaits an answer")).to_be_visible()

    page.goto(address)
    expect(page.get_by_text("已准予")).to_be_visible()
    clerk.picture("rules-granted-zh")
    page.locator("#confirm").click()
    expect(page.locator("#submission")).to_have_attribute("data-status", "accepted", timeout=PATIENCE)
