"""The board in front of the screen: a card is moved by its menu with the keyboard alone, and by drawing it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from backend.accounts import scope
from programs.recruitment.models import Candidate
from tests.browser.conftest import Visitor
from tests.programs.recruitment.world import World


@pytest.fixture
def world(fresh_database: str) -> World:
    """Four candidates, one of them with an offer."""
    with scope.everything():
        made = World(lambda: 0)
        made.position()
        for n in range(4):
            made.candidate(n)
        made.move(Candidate.objects.order_by("pk")[0].pk, "offer")
        return made


def stage(number: int) -> str:
    with scope.everything():
        return Candidate.objects.get(pk=number).stage


def test_a_card_is_moved_by_keyboard_and_by_drawing(world: World, visit: Callable[..., Visitor], server: str) -> None:
    with scope.everything():
        offered, first, second, _third = Candidate.objects.order_by("pk").values_list("pk", flat=True)
    visitor = visit(world.user, language="en", width=1600)
    page = visitor.go("/candidates/board/")
    visitor.accessible()

    page.locator(f"#card-{first} .board-move").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#moving")).to_be_visible()
    visitor.accessible()
    page.locator("#board_to").select_option("interview")
    page.locator("#board_note").press("Tab")
    page.locator("#moving button.btn-primary").press("Enter")
    expect(page.locator(f".board-column[data-stage=interview] #card-{first}")).to_be_visible()
    expect(page.locator("#messages")).to_contain_text("Interview")
    expect(page.locator(f"#card-{first} .board-move")).to_be_focused()
    assert stage(first) == "interview"

    page.locator(f"#card-{second}").drag_to(page.locator(".board-column[data-stage=applied]"))
    expect(page.locator(f".board-column[data-stage=applied] #card-{second}")).to_be_visible()
    assert stage(second) == "applied"

    # Going back asks for a reason first; without one it is refused and said.
    page.locator(f"#card-{offered}").drag_to(page.locator(".board-column[data-stage=screened]"))
    expect(page.locator("#moving")).to_be_visible()
    page.locator("#moving button.btn-primary").click()
    expect(page.locator("#messages")).to_contain_text("needs a reason")
    assert stage(offered) == "offer"
    page.locator(f"#card-{offered}").drag_to(page.locator(".board-out[data-stage=withdrawn]"))
    page.locator("#board_reason").select_option("pay")
    page.locator("#moving button.btn-primary").click()
    expect(page.locator(f"#card-{offered}")).to_have_count(0)
    assert stage(offered) == "withdrawn"
    assert visitor.troubles == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_are_for_everybody(world: World, visit: Callable[..., Visitor], server: str, width: int) -> None:
    with scope.everything():
        candidate = Candidate.objects.order_by("pk")[0].pk
    visitor = visit(world.user, width=width)
    for path in (
        *("/recruitment/", "/recruitment/funnel/?by=source", "/positions/", "/positions/new/", "/candidates/"),
        *("/candidates/new/", f"/candidates/{candidate}/", f"/candidates/{candidate}/edit/", "/candidates/board/"),
    ):
        page = visitor.go(path)
        visitor.accessible()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    assert visitor.troubles == []
