"""Signing in and out, the language, and one's own password, as somebody in front of the screen."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.factories import ManagerFactory
from tests.factories.backend import PASSWORD


def test_signing_in_and_out(server: str, visit: Callable[..., Visitor]) -> None:
    user = ManagerFactory(language="zh-hans")
    visitor = visit()
    page = visitor.go("/account/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", "no such password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("不正确")
    visitor.accessible()
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server}/account/")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账户")
    visitor.accessible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    user.refresh_from_db()
    assert user.language == "en"
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{server}/sign-in/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    visitor.go("/account/")
    expect(page).to_have_url(f"{server}/sign-in/?next=/account/")


def test_a_new_password(server: str, visit: Callable[..., Visitor]) -> None:
    user = ManagerFactory()
    here, elsewhere = visit(user, "en"), visit(user, "en")
    page = here.go("/account/")
    for name, value in (("current", PASSWORD), ("password", "short"), ("repeated", "short")):
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("too short")).to_be_visible()
    for name, value in (("current", PASSWORD), ("password", "Better-7391-kit"), ("repeated", "Better-7391-kit")):
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("status")).to_contain_text("Your password is changed")
    elsewhere.go("/account/")
    expect(elsewhere.page).to_have_url(f"{server}/sign-in/?next=/account/")
