"""Signing in and out, the language, and one's own password, as somebody in front of the screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from backend.accounts.factors.models import SecondFactor
from backend.accounts.models import User
from backend.accounts.sessions.models import UserSession
from backend.accounts.sessions.store import SessionStore
from backend.web.base import PROVEN
from tests.browser.conftest import Visitor
from tests.factories import AdminFactory, ManagerFactory
from tests.factories.backend import PASSWORD
from tests.support.factors import code_at, code_of


def _without_proof(user: User) -> str:
    """The session as it is ten minutes after its user last proved who they are."""
    store = SessionStore()
    data = store.decode(UserSession.objects.get(user=user).session_data)
    return store.encode({name: value for name, value in data.items() if name != PROVEN})


def _next_code(user: User, secret: str) -> str:
    """A code that counts, though the present one was used."""
    SecondFactor.objects.filter(user=user).update(last_step=0)
    return code_at(secret)


def test_signing_in_and_out(server: str, visit: Callable[..., Visitor]) -> None:
    user = ManagerFactory(language="zh-hans")
    visitor = visit()
    page = visitor.go("/account/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", "no such password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("不正确")
    visitor.accessible()
    code = code_of(user)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("还差一步")
    visitor.accessible()
    page.fill("[name=otp]", code)
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


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 390)])
def test_the_first_sign_in_of_staff_and_what_they_then_have(
    server: str, visit: Callable[..., Visitor], language: str, width: int
) -> None:
    user = AdminFactory(language=language)
    visitor = visit(language=language, width=width)
    page = visitor.go("/users/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    secret = page.locator("[data-secret]").inner_text().replace(" ", "")
    assert page.locator("img.qr").evaluate("one => one.naturalWidth") > 100
    visitor.picture(f"enrol-{language}-{width}")
    visitor.in_both_lights()
    page.fill("[name=otp]", code_at(secret))
    page.keyboard.press("Enter")
    expect(page.locator("[data-codes] li")).to_have_count(10)
    visitor.picture(f"codes-{language}-{width}")
    visitor.accessible()
    page.locator("a.btn-primary").click()
    expect(page).to_have_url(f"{server}/users/")
    page = visitor.go("/account/access/")
    page.fill("main [name=name]", "ERP")
    page.fill("main [name=days]", "30")
    page.locator("main button.btn-primary").click()
    expect(page.locator("[data-token]")).to_be_visible()
    visitor.picture(f"access-{language}-{width}")
    visitor.in_both_lights()
    UserSession.objects.update(session_data=_without_proof(user))
    page.fill("main [name=name]", "ERP 2")
    page.locator("main button.btn-primary").click()
    page.fill("main [name=password]", PASSWORD)
    code = _next_code(user, secret)
    page.fill("main [name=otp]", code)
    visitor.picture(f"prove-{language}-{width}")
    visitor.accessible()
    page.locator("main button.btn-primary").click()
    page.locator("button.btn-primary").click()
    expect(page.locator("[data-token]")).to_be_visible()
    expect(page.get_by_text("ERP 2")).to_be_visible()
    visitor.go("/account/second-factor/")
    visitor.picture(f"factor-{language}-{width}")
    visitor.accessible()
