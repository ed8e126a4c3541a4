"""Sampling in front of the screen: an officer goes through a lot by keys, its partner reads the verdict."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.factories import AdminFactory, CohortFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.programs.review.sampling.world import past, reported, sampling_on, states


@pytest.fixture(autouse=True)
def callers(server: str, settings: Any) -> None:
    """The API's own callers get in beside the browsers."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]


def test_a_lot_by_keys(server: str, visit: Callable[..., Visitor]) -> None:
    organisation = OrganisationFactory(code="GZU", name_zh="贵州大学", name_en="Guizhou University")
    cohort = CohortFactory(organisation=organisation, code="GZU-BD-2019")
    past(organisation, cohort, "AAN")
    sampling_on(aql="10")
    _submission, records = reported(20, cohort=cohort)
    visitor = visit(OfficerFactory(language="zh-hans"))
    page = visitor.page
    page.get_by_role("link", name=re.compile("个抽检批可开立")).click()
    visitor.accessible()
    page.get_by_role("button", name=re.compile("开立抽检批：贵州大学")).click()
    expect(page.get_by_text("已检查 0 条，共 5 条")).to_be_visible()
    expect(page.locator("[data-chart] canvas")).to_be_visible()
    visitor.accessible()
    visitor.picture("lot-zh")
    # The first two from the list, by keys alone.
    for done in (1, 2):
        page.keyboard.press("j")
        page.keyboard.press("c")
        expect(page.get_by_text(f"已检查 {done} 条，共 5 条")).to_be_visible()
    # Then record by record: two are wrong where one may be, the last conforms.
    page.keyboard.press("j")
    page.keyboard.press("o")
    for place in (3, 4):
        expect(page.get_by_text(f"样本第 {place} 条，共 5 条")).to_be_visible()
        page.keyboard.press("d")
        column = page.get_by_label("列").first
        expect(column).to_be_focused()
        column.select_option("district")
        page.get_by_label("问题说明").first.fill("应为云岩区")
        if place == 3:
            visitor.accessible()
            visitor.picture("lot-record-zh")
        page.get_by_role("button", name="登记以上缺陷").click()
    expect(page.get_by_text("样本第 5 条，共 5 条")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_text("未接收，整批退回")).to_be_visible()
    visitor.accessible()
    assert set(states(records)) == {"returned"}

    reader = visit(PartnerFactory(organisation=organisation, language="en"), language="en")
    reader.page.get_by_role("link", name=re.compile(r"^Lot \d+$")).first.click()
    expect(reader.page.get_by_text("The lot is not accepted")).to_be_visible()
    expect(reader.page.get_by_text("应为云岩区").first).to_be_visible()
    reader.accessible()
    reader.picture("lot-partner-en")
    reader.page.get_by_role("link", name="The whole history").click()
    expect(reader.page.get_by_role("heading", name="How inspection switches")).to_be_visible()
    reader.accessible()

    setter = visit(AdminFactory(language="zh-hans"))
    setter.go("/review/sampling-settings/")
    expect(setter.page.get_by_text("抽样审核已开启。")).to_be_visible()
    setter.accessible()
