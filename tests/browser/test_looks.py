"""Light or dark as the reader or their system says, and great numbers as the reader wants them."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from backend.accounts.models import User
from tests.browser.conftest import Visitor
from tests.factories import AdminFactory

Visit = Callable[..., Visitor]
INK = "echarts.getInstanceByDom(document.querySelector('#chart-course > div')).getOption().textStyle.color"


def light_of(page: Page) -> str | None:
    return page.locator("html").get_attribute("data-bs-theme")


def choose(page: Page, name: str) -> None:
    page.get_by_role("button", name="我的账户").click()
    page.get_by_role("button", name=name, exact=True).click()


def test_light_and_dark(server: str, visit: Visit) -> None:
    admin = AdminFactory()
    visitor = visit(admin)
    page = visitor.go("/components/")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert light_of(page) == "dark", "as the system says, at once"
    on_dark = page.evaluate(INK)
    visitor.accessible()
    page.locator("#id_name").fill("写到一半")
    choose(page, "浅色")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    expect(page.locator("#id_name")).to_have_value("写到一半")
    assert page.evaluate(INK) != on_dark, "the charts are drawn anew"
    visitor.accessible()
    admin.refresh_from_db()
    assert admin.theme == User.Theme.LIGHT
    # Elsewhere as well, and here on the sign-in once one is out again.
    other = visit(admin)
    other.page.emulate_media(color_scheme="dark")
    assert light_of(other.go("/")) == "light"
    choose(page, "深色")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("button", name="我的账户").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in/")
    page.emulate_media(color_scheme="light")
    assert light_of(page) == "dark"
    visitor.accessible()
    page.get_by_role("button", name="跟随系统").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_great_numbers(server: str, visit: Visit) -> None:
    admin = AdminFactory()
    visitor = visit(admin)
    page = visitor.go("/components/")
    expect(page.locator(".tile").nth(2)).to_contain_text("12,345")
    choose(page, "数字写作 1.23万")
    tile = page.locator(".tile").nth(2)
    expect(tile).to_contain_text("1.23万")
    expect(tile.locator("data")).to_have_attribute("title", "12,345")
    expect(page.locator(".tile").nth(4)).to_contain_text("1.23亿")
    expect(page.get_by_role("link", name="12,345 人")).to_be_visible()
    shown = page.evaluate("[0, 9999, 12345, 99999, 100000, 99995000, 123456789, -12345].map(numbers.shown)")
    assert shown == ["0", "9,999", "1.23万", "10.00万", "10万", "9,999.5万", "1.23亿", "-1.23万"]
    visitor.accessible()
    page.get_by_role("button", name="English").click()
    expect(page.locator(".tile").nth(2)).to_contain_text("12,345")
    assert page.evaluate("numbers.shown(12345)") == "12,345"
    page.get_by_role("button", name="Your account").click()
    expect(page.get_by_role("button", name="1.23万")).to_have_count(0)
