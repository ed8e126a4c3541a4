"""An officer lets a period be due later, and the partner's own calendar tells so; every new page is usable by all."""

import datetime as dt
import urllib.request
from collections.abc import Callable

from playwright.sync_api import expect

from backend.accounts import scope
from programs.feeds.models import CalendarFeed
from programs.periods.expected import expect_obligations
from tests.browser.conftest import Visitor
from tests.factories import (
    AdminFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    PeriodFactory,
    ProgrammeFactory,
)

PAGES = ("/rates/", "/holidays/", "/holidays/2027/", "/period-schemes/", "/period-schemes/new/", "/periods/")


def test_a_later_day_reaches_the_partners_calendar(server: str, visit: Callable[..., Visitor]) -> None:
    organisation = OrganisationFactory(code="GZU", name_zh="贵州大学")
    ProgrammeFactory(organisations=[organisation], ends_on=dt.date(2087, 12, 31))
    PeriodFactory(
        code="2087-Q1", starts_on=dt.date(2087, 1, 1), ends_on=dt.date(2087, 3, 31), due_on=dt.date(2087, 4, 15)
    )
    expect_obligations()
    officer = visit(OfficerFactory())
    page = officer.page
    page.goto(f"{server}/periods/2087-Q1/")
    extending = page.get_by_role("region", name="延期")
    expect(extending).to_contain_text("没有单位获准延期")
    extending.get_by_role("combobox", name="适用单位").select_option("GZU")
    extending.get_by_label("截止日期").fill("2087-04-15")
    extending.get_by_label("理由").fill("台风停课")
    extending.get_by_role("button", name="延长截止日期").click()
    expect(page.get_by_role("alert")).to_contain_text("截止日期已是 2087-04-15")
    extending.get_by_role("combobox", name="适用单位").select_option("GZU")
    extending.get_by_label("截止日期").fill("2087-04-30")
    extending.get_by_label("理由").fill("台风停课")
    extending.get_by_role("button", name="延长截止日期").click()
    expect(page.get_by_role("status")).to_contain_text("贵州大学的截止日期为 2087-04-30")
    officer.in_both_lights()

    clerk = visit(PartnerFactory(organisation=organisation))
    clerk.page.goto(f"{server}/calendar-feed/")
    clerk.in_both_lights()
    clerk.page.get_by_role("button", name="生成地址").click()
    address = clerk.page.get_by_label("日历订阅地址").input_value()
    clerk.in_both_lights()
    with urllib.request.urlopen(server + address[address.index("/calendar/") :]) as answer:
        assert "DTSTART;VALUE=DATE:20870430" in answer.read().decode()
    clerk.page.reload()
    clerk.page.get_by_role("button", name="作废地址").click()
    expect(clerk.page.get_by_role("status")).to_contain_text("地址已作废")
    with scope.everything():
        assert CalendarFeed.objects.filter(revoked_at=None).count() == 0


def test_the_pages_are_usable_by_all(server: str, visit: Callable[..., Visitor]) -> None:
    organisation = OrganisationFactory(code="GZU", name_zh="贵州大学")
    ProgrammeFactory(organisations=[organisation])
    PeriodFactory()
    expect_obligations()
    officer = visit(OfficerFactory())
    for path in (*PAGES, "/periods/2019-Q1/"):
        officer.page.goto(server + path)
        officer.in_both_lights()
    admin = visit(AdminFactory())
    admin.page.goto(f"{server}/calendar-feeds/")
    admin.in_both_lights()
