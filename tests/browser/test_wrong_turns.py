"""What goes wrong in an office: the session ends while one types, a button is pressed twice, one goes back, has two
tabs, loses the connection. Nothing is done twice, and what was typed is kept or it is said that it is not."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from backend.audit.models import AuditEntry
from programs.records.models import Record
from tests.browser.conftest import Visitor
from tests.browser.test_officer_desk import callers, row_of
from tests.factories import AdminFactory, OfficerFactory
from tests.factories.backend import PASSWORD
from tests.programs.desks.officer.world import fresh, reported
from tests.support.factors import code_of

__all__ = ["callers"]
Visit = Callable[..., Visitor]
CODE = "GZMU"


def filled(visitor: Visitor) -> Page:
    """The form of a new organisation, filled in."""
    page = visitor.go("/organisations/new/")
    for name, value in (("code", CODE), ("name_zh", "贵州民族大学"), ("school_code", "10672")):
        page.fill(f"main [name={name}]", value)
    return page


def sign_in(page: Page, user: User) -> None:
    code = code_of(user)
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.locator("button.btn-primary").click()
    page.fill("[name=otp]", code)
    page.locator("button.btn-primary").click()


def made() -> int:
    return Organisation.objects.filter(code=CODE).count()


def decided(record: Record) -> tuple[str, int]:
    """The record's state, and how many decisions about it are on the trail."""
    with scope.everything():
        entries = AuditEntry.objects.filter(action="record.verify").count()
    return fresh(record).state, entries


def test_the_session_ends_while_one_types(server: str, visit: Visit) -> None:
    admin = AdminFactory()
    visitor = visit(admin)
    page = filled(visitor)
    visitor.sign_out_behind()
    page.get_by_role("button", name="创建单位").click()
    expect(page.get_by_role("alert")).to_contain_text("会话已结束")
    visitor.accessible()
    assert made() == 0
    page.fill("[name=username]", admin.username)
    page.fill("[name=password]", "no such password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("会话已结束")
    sign_in(page, admin)
    expect(page.get_by_role("heading", level=1)).to_have_text("表单尚未发送")
    visitor.accessible()
    assert made() == 0
    page.get_by_role("button", name="现在发送").click()
    expect(page.get_by_role("status")).to_contain_text(f"已创建单位 {CODE}")
    assert made() == 1


def test_the_session_ends_while_one_decides(server: str, visit: Visit) -> None:
    """A button that changes a part of the page: what it would have done is kept as well."""
    [record] = reported(1)
    officer = OfficerFactory()
    visitor = visit(officer, "en")
    page = visitor.go("/records/")
    visitor.sign_out_behind()
    row_of(page, record).get_by_role("button", name="Verify").click()
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended")
    sign_in(page, officer)
    assert decided(record) == ("submitted", 0)
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Records")
    assert decided(record) == ("verified", 1)


def test_a_file_and_a_password_are_not_kept(server: str, visit: Visit) -> None:
    officer = OfficerFactory()
    visitor = visit(officer, "en")
    page = visitor.go("/account/")
    for name in ("current", "password", "repeated"):
        page.fill(f"[name={name}]", "Better-7391-kit")
    visitor.sign_out_behind()
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended")
    assert "Better-7391-kit" not in page.content()
    sign_in(page, officer)
    expect(page.get_by_text("could not be kept")).to_be_visible()
    page.get_by_role("link", name="Back to the page without it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def test_two_tabs(server: str, visit: Visit) -> None:
    """In the other tab one signs in anew, which spoils every form that is open; and decides what is open here too."""
    [record] = reported(1)
    officer = OfficerFactory()
    visitor = visit(officer, "en")
    page = visitor.go(f"/records/{record.pk}/")
    other = page.context.new_page()
    other.goto(server + "/account/")
    other.get_by_role("button", name="Your account").click()
    other.get_by_role("button", name="Sign out").click()
    sign_in(other, officer)
    expect(other.get_by_role("heading", level=1)).to_have_text("What there is to do today")
    page.get_by_role("button", name="Verify", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your form was not sent yet")
    expect(page.get_by_text("you signed in anew elsewhere")).to_be_visible()
    visitor.accessible()
    other.goto(f"{server}/records/{record.pk}/")
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert decided(record) == ("verified", 1)
    # The other tab still shows it as it was: the same once more is refused with a sentence, and does nothing.
    other.get_by_role("button", name="Verify", exact=True).first.click()
    expect(other.locator("#messages .alert")).to_be_visible()
    assert decided(record) == ("verified", 1)


@pytest.mark.parametrize("way", ["form", "part"])
def test_a_double_click_does_it_once(way: str, server: str, visit: Visit) -> None:
    if way == "form":
        page = filled(visit(AdminFactory()))
        page.get_by_role("button", name="创建单位").dblclick()
        expect(page.get_by_role("status")).to_contain_text(f"已创建单位 {CODE}")
        expect(page.get_by_role("alert")).to_have_count(0)
        assert made() == 1
    else:
        [record] = reported(1)
        page = visit(OfficerFactory(), "en").go("/records/")
        row_of(page, record).get_by_role("button", name="Verify").dblclick()
        expect(row_of(page, record)).to_contain_text("Verified")
        expect(page.locator("#messages .alert")).to_have_count(0)
        assert decided(record) == ("verified", 1)


def test_back_and_once_more(server: str, visit: Visit) -> None:
    page = filled(visit(AdminFactory()))
    page.get_by_role("button", name="创建单位").click()
    expect(page.get_by_role("status")).to_contain_text(f"已创建单位 {CODE}")
    page.go_back()
    page.fill("main [name=code]", CODE)
    page.fill("main [name=name_zh]", "贵州民族大学")
    page.get_by_role("button", name="创建单位").click()
    expect(page.get_by_role("alert")).to_contain_text(f"已有代码为“{CODE}”的单位")
    expect(page.locator("main [name=name_zh]")).to_have_value("贵州民族大学")
    assert made() == 1


def test_the_connection_is_lost(server: str, visit: Visit) -> None:
    visitor = visit(AdminFactory())
    page = filled(visitor)
    page.context.set_offline(True)
    page.get_by_role("button", name="创建单位").click()
    expect(page.get_by_role("alert")).to_contain_text("连接已断开")
    expect(page.locator("main [name=name_zh]")).to_have_value("贵州民族大学")
    page.context.set_offline(False)
    page.get_by_role("button", name="创建单位").click()
    expect(page.get_by_role("status")).to_contain_text(f"已创建单位 {CODE}")
    # A part that cannot be fetched leaves what is there.
    visitor.go("/organisations/")
    before = page.locator("#rows tbody tr").count()
    page.context.set_offline(True)
    page.locator("#filters select").first.select_option(index=1)
    expect(page.get_by_role("alert")).to_contain_text("连接已断开")
    expect(page.locator("#rows tbody tr")).to_have_count(before)
    page.context.set_offline(False)
    visitor.troubles = [
        one for one in visitor.troubles if "ERR_INTERNET_DISCONNECTED" not in one and "htmx:" not in one
    ]
