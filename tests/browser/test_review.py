"""Review in front of the screen: by keys alone, looking first, taking back, asking, and mending what was returned."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from backend.accounts import scope
from backend.accounts.models import User
from backend.jobs.models import Job
from programs.records.claims import Claim
from programs.records.models import Record
from programs.review import settings
from tests.browser.conftest import Visitor
from tests.browser.test_officer_desk import accessible, callers, row_of, settled
from tests.factories import AdminFactory, OfficerFactory, OrganisationFactory
from tests.programs.desks.officer.world import fresh, reported, states
from tests.support.http import Caller
from tests.support.partner import Partner
from tests.support.workers import wait_for

__all__ = ["callers"]
REASON = "Not of this cohort."


def holders() -> dict[int, str]:
    with scope.everything():
        return dict(Claim.objects.values_list("record_id", "officer__username"))


def tab_to(page: Page, selector: str) -> None:
    """Go on by the tabulator until what is wanted has the keyboard."""
    for _step in range(60):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by the keyboard")


def test_the_queue_without_a_mouse(server: str, visit: Callable[..., Visitor]) -> None:
    records = reported(4)
    colleague = OfficerFactory(username="wang")
    assert Caller(colleague).post("claims/", {"ids": [records[3].pk]}, format="json").status_code == 200
    officer = OfficerFactory(username="li")
    visitor = visit(officer, "en")
    page = visitor.go("/records/?waiting=true&sort=waiting")
    keys = page.keyboard
    keys.press("j")
    expect(row_of(page, records[0])).to_be_focused()
    keys.press("c")
    expect(row_of(page, records[0])).to_contain_text("claimed by you")
    # The keyboard goes on to the next row once this one has settled.
    expect(row_of(page, records[1])).to_be_focused()
    assert holders()[records[0].pk] == "li"
    row_of(page, records[0]).focus()
    keys.press("c")
    expect(row_of(page, records[0])).not_to_contain_text("claimed by you")
    expect(row_of(page, records[1])).to_be_focused()

    # Keys are typed into fields and not taken from them.
    page.evaluate("document.querySelector('#views details').open = true")
    page.locator("#view-name").focus()
    keys.type("vrcg")
    expect(page.locator("#view-name")).to_have_value("vrcg")
    assert states(records) == ["submitted"] * 4
    keys.press("Enter")
    expect(page.get_by_role("navigation", name="Saved views").get_by_role("link")).to_have_text("vrcg")

    # The next ones: what a colleague holds stays with the colleague.
    keys.press("g")
    expect(page).to_have_url(re.compile("claim=mine"))
    expect(page.locator("[data-row]")).to_have_count(3)
    assert holders() == {**{one.pk: "li" for one in records[:3]}, records[3].pk: "wang"}
    accessible(visitor)
    visitor.picture("review-claimed-en")
    keys.press("j")
    expect(row_of(page, records[0])).to_be_focused()
    keys.press("v")
    expect(row_of(page, records[0])).to_contain_text("Verified")
    expect(row_of(page, records[1])).to_be_focused()
    keys.press("r")
    expect(page.get_by_role("dialog").get_by_label("Reason")).to_be_focused()
    keys.type(REASON)
    tab_to(page, "dialog [data-do]")
    keys.press("Enter")
    expect(row_of(page, records[1])).to_contain_text(REASON)
    expect(row_of(page, records[2])).to_be_focused()
    keys.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("claim the next ones of the list")
    visitor.accessible()
    keys.press("Escape")
    row_of(page, records[2]).focus()
    keys.press("o")
    expect(page.get_by_role("heading", level=1)).to_have_text(records[2].person.name)
    page.wait_for_load_state()
    keys.press("c")
    expect(page.get_by_text("Nobody has claimed it")).to_be_visible()
    keys.press("v")
    wait_for(lambda: fresh(records[2]).state == "verified", 20, "the record to be verified")
    assert states(records) == ["verified", "returned", "verified", "submitted"]

    # What a colleague holds is refused where it stands, and taken over with a reason.
    expect(page).to_have_url(re.compile("claim=mine"))
    page.wait_for_load_state()
    visitor.go("/records/?waiting=true")
    keys.press("j")
    keys.press("v")
    expect(row_of(page, records[3]).get_by_role("alert")).to_contain_text("wang has been at work on record")
    visitor.accessible()


def test_looking_first_and_taking_back(server: str, visit: Callable[..., Visitor]) -> None:
    with scope.everything():
        settings.change(actor=AdminFactory(), second_officer=True)
    records = [*reported(3), *reported(2, high_end=True)]
    held = records[0]
    assert Caller(OfficerFactory(username="wang")).post("claims/", {"ids": [held.pk]}, format="json").status_code == 200
    visitor = visit(OfficerFactory(language="zh-hans"))
    page = visitor.go("/records/decide/?waiting=true")
    page.get_by_role("group", name="先看影响").get_by_role("button", name="审核通过").click()
    effect = page.locator("#effect")
    expect(effect).to_contain_text("将有 2 条按此决定")
    expect(effect).to_contain_text("2 条将完成第一次审核，待第二人复核")
    expect(effect).to_contain_text("wang: 1")
    expect(effect.get_by_role("row").filter(has_text="+2")).to_have_count(1)
    assert set(states(records)) == {"submitted"}
    accessible(visitor)
    visitor.picture("review-preview-zh")
    page.get_by_role("button", name="审核通过 5 条记录").click()
    expect(page.get_by_text("wang 正在处理")).to_be_visible()
    accessible(visitor)
    visitor.picture("review-skipped-zh")
    page.get_by_role("status").get_by_role("link", name="还原").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("审核通过：2 条记录")
    accessible(visitor)
    page.get_by_role("button", name="还原 2 项决定").click()
    expect(page.get_by_role("status").filter(has_text="2 条记录已恢复原状")).to_be_visible()
    assert set(states(records)) == {"submitted"}
    visitor.go("/decision-runs/")
    accessible(visitor)
    visitor.go("/review/settings/")
    accessible(visitor)
    visitor.go(f"/claims/take-over/?ids={held.pk}")
    accessible(visitor)


def test_a_question_and_a_return_reach_the_partner(site: str, visit: Callable[..., Visitor]) -> None:
    partner = Partner(settled, OrganisationFactory(code="GZU", name_zh="贵州大学"))
    partner.report([partner.row(1, district="南明区")])
    [record] = partner.records()
    User.objects.filter(pk=partner.clerk.pk).update(language="zh-hans")
    officer = visit(OfficerFactory(language="zh-hans"))
    page = officer.go(f"/records/{record['id']}/")
    page.get_by_text("向报送单位问询").click()
    page.locator("#ask").fill("区县是否有误？证件号 520102198501010018")
    page.get_by_role("button", name="提交问询").click()
    expect(page.locator("#threads")).to_contain_text("待报送单位答复")
    page.get_by_text("逐栏退回").click()
    page.locator("#field-district").fill("应为云岩区")
    accessible(officer)
    page.get_by_role("button", name="退回", exact=True).click()
    expect(page.get_by_text("应为云岩区").first).to_be_visible()

    clerk = visit(partner.clerk)
    desk = clerk.page
    expect(desk.get_by_role("heading", name="1 条问询待您答复")).to_be_visible()
    accessible(clerk)
    clerk.picture("review-partner-desk-zh")
    desk.get_by_role("link", name="答复").click()
    expect(desk.get_by_label("往来内容")).to_contain_text("520****")
    desk.get_by_label("答复").fill("已更正。")
    accessible(clerk)
    desk.get_by_role("button", name="发送").click()
    expect(desk.get_by_text("待人社局答复")).to_be_visible()
    clerk.go(f"/records/{record['id']}/")
    accessible(clerk)
    desk.get_by_role("link", name="在此修正").click()
    expect(desk.locator("#asked-district")).to_contain_text("应为云岩区")
    accessible(clerk)
    clerk.picture("review-mend-zh")
    desk.locator("#id_district").select_option("520103")
    desk.get_by_role("button", name="重新提交该记录").click()
    expect(desk.get_by_text("该记录已报送")).to_be_visible(timeout=60_000)

    def submitted() -> bool:
        with scope.everything():
            return Record.objects.get(pk=record["id"]).state == "submitted"

    wait_for(submitted, 60, "the mended record to be taken")
    page = officer.go(f"/records/{record['id']}/")
    expect(page.get_by_role("table", name="修正的内容").locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("table", name="需要修正的内容")).to_contain_text("已修正")
    accessible(officer)
    officer.picture("review-mended-zh")
    officer.go("/")
    expect(page.get_by_role("link", name=re.compile("条问询待人社局答复$"))).to_have_text("1")
    with scope.everything():
        assert not Job.objects.filter(state=Job.State.FAILED).exists()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_new_pages_fit(server: str, visit: Callable[..., Visitor], width: int) -> None:
    [record] = reported(1, high_end=True)
    officer = OfficerFactory(language="zh-hans")
    Caller(officer).post(f"records/{record.pk}/verify/")
    Caller(officer).post("threads/", {"record": record.pk, "text": "请核对"}, format="json")
    visitor = visit(officer, width=width)
    for path in ("/decision-runs/", "/threads/", "/review/settings/", f"/claims/hand-over/?ids={record.pk}", "/"):
        page = visitor.go(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        accessible(visitor)
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{path} is wider than the screen"
