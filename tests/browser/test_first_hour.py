"""A first hour in front of the screen: steps, help in place, what is new, and a list made one's own."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_partner_desk import PATIENCE, accessible, choose
from tests.factories import OfficerFactory, PartnerFactory
from tests.support.partner import Partner, as_csv

Visit = Callable[..., Visitor]


@pytest.fixture
def partner(fresh_database: str) -> Partner:
    """A university with a clerk who has never been here."""
    found = Partner(lambda: 0)
    found.clerk = PartnerFactory(organisation=found.organisation, first_steps=True, read_changes=0)
    return found


def test_a_clerk_who_is_new_finds_the_way(site: str, visit: Visit, partner: Partner) -> None:
    clerk = visit(partner.clerk)
    page = clerk.page
    steps = page.locator("#first-steps")
    expect(steps).to_contain_text("已完成 0 / 5")
    accessible(clerk)
    clerk.picture("first-steps-zh")
    page.get_by_role("link", name="更新内容 未读").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("更新内容")
    accessible(clerk)
    clerk.picture("changes-zh")

    clerk.go("/")
    steps.get_by_role("link", name="报送第一份文件").click()
    choose(page, "名单.csv", as_csv([partner.row(0), partner.row(1, gender="女的")]))
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator("#submission")).to_have_attribute("data-status", "checked", timeout=PATIENCE)
    # What the check is about unfolds where it was found.
    help_here = page.locator("#rows .rule-help").first
    help_here.locator("summary").click()
    expect(help_here.locator(".rule-help-one")).to_be_visible()
    accessible(clerk)
    clerk.picture("rule-help-zh")
    page.keyboard.press("Escape")
    expect(help_here).not_to_have_attribute("open", "")
    expect(help_here.locator("summary")).to_be_focused()
    page.locator("#rows").get_by_role("link", name="修正").first.click()
    field = page.locator("form.mend .with-help").first
    field.locator("summary").click()
    expect(field.locator(".rule-help-one").first).to_be_visible()
    page.get_by_role("heading", level=1).click()
    expect(field.locator(".rule-help-one").first).to_be_hidden()

    clerk.go("/")
    expect(steps).to_contain_text("已完成 2 / 5")
    steps.get_by_role("button", name="收起").click()
    expect(steps).to_have_count(0)


def test_a_list_is_made_ones_own(site: str, visit: Visit, partner: Partner) -> None:
    officer = visit(OfficerFactory(), language="en")
    page = officer.go("/periods/")
    columns = page.locator("#columns")
    columns.locator("summary").click()
    for name in ("Code", "Due on"):
        columns.get_by_label(name, exact=True).check()
    heads = page.locator("#rows thead th")
    expect(heads).to_have_text(["Code", "Due on"])
    expect(columns).to_have_attribute("open", "")
    columns.locator("summary").click()
    accessible(officer)
    views = page.locator("#views details")
    views.locator("summary").click()
    officer.picture("views-en")
    page.locator("#view-name").fill("Due days")
    page.get_by_label("open with it").check()
    page.get_by_role("button", name="Save the view").click()
    expect(page.get_by_role("navigation", name="Saved views").get_by_role("link")).to_have_text("Due days")
    officer.go("/periods/")
    expect(heads).to_have_text(["Code", "Due on"])
    with page.expect_download() as begun:
        page.get_by_role("link", name="CSV").click()
    assert begun.value.path().read_text("utf-8-sig").splitlines()[0] == "Code,Due on"
    page.get_by_role("link", name="Clear", exact=True).click()
    expect(heads).not_to_have_count(2)
