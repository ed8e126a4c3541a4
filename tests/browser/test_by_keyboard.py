"""The main jobs of the manager and the administrator without a mouse; the clerk's and the officer's stand in
``test_partner_desk`` and ``test_review``."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from backend.accounts.models import User
from tests.browser.conftest import Visitor
from tests.browser.test_manager_desk import Seeded, seeded
from tests.browser.test_review import tab_to
from tests.factories import AdminFactory, OrganisationFactory

__all__ = ["seeded"]
Visit = Callable[..., Visitor]
STRONG = "Accept-7391-kit!"


def open_by_keyboard(page: Page, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")


def test_a_figure_down_to_its_people(seeded: Seeded, visit: Visit) -> None:
    page = visit(seeded.manager, "en").page
    # What is skipped is skipped: the first stop leads past the head.
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    open_by_keyboard(page, "main a[href^='/targets/all/']:not([href*=people])")
    expect(page).to_have_url(re.compile("/targets/all/"))
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where the targets stand")
    page.locator("main").focus()
    open_by_keyboard(page, "main a.achieved[href^='/targets/all/people/']")
    expect(page).to_have_url(re.compile("/targets/all/people/"))
    page.locator("main").focus()
    open_by_keyboard(page, "#rows tbody a")
    expect(page).to_have_url(re.compile("/people/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_new_user(server: str, visit: Visit) -> None:
    OrganisationFactory(code="GZU", name_zh="贵州大学", name_en="Guizhou University")
    visitor = visit(AdminFactory(), "en")
    page, keys = visitor.page, visitor.page.keyboard
    page.locator("main").focus()
    open_by_keyboard(page, "main a[href='/users/new/']")
    page.wait_for_url("**/users/new/")
    page.locator("main").focus()
    for name, typed in (("username", "gzu.clerk"), ("password", STRONG)):
        tab_to(page, f"main [name={name}]")
        keys.type(typed)
    tab_to(page, "main select[name=organisation]")
    keys.type("Guizhou")
    tab_to(page, "main form[method=post] button.btn-primary")
    keys.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("gzu.clerk")
    assert User.objects.get(username="gzu.clerk").organisation.code == "GZU"
