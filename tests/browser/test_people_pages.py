"""A partner hands in a list and reads who counts and why not; an administrator sees who has seen numbers in full."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from backend.accounts.scope import everything
from talent.people.models import Person
from talent.people.services import reveal_numbers
from tests.browser.conftest import Visitor
from tests.browser.test_manager_desk import MASTER, accessible
from tests.factories import AdminFactory, OfficerFactory
from tests.support.partner import Partner, number

Visit = Callable[..., Visitor]
SUBMIT = {"zh": "开始核对", "en": "Check the list"}


@pytest.fixture
def partner(server: str, run_jobs: Callable[[], int]) -> Partner:
    """A university of whose people one is high-end, one counts, one awaits review and one fails the checks."""
    partner = Partner(run_jobs)
    partner.report([partner.row(1, **MASTER), partner.row(2)])
    partner.decide("verify")
    partner.report([partner.row(3), partner.row(4, district="火星区")])
    return partner


def a_list(folder: Path, partner: Partner) -> Path:
    """Those four, one whom nobody reported, and one under another's name."""
    people = [(one["name"], one["id_number"]) for one in map(partner.row, range(1, 6))]
    path = folder / "招聘名单.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([("姓名", "证件号码"), *people, ("查无此人", number(2))])
    return path


def hand_in(page: Page, path: Path, language: str) -> None:
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name=SUBMIT[language]).click()


def lines(page: Page) -> list[str]:
    """The answer's rows, as they are read."""
    expect(page.locator("#rows tbody tr")).to_have_count(6)
    return [" ".join(one.split()) for one in page.locator("#rows tbody tr").all_inner_texts()]


def test_a_list_comes_back_with_who_counts_and_why_not(
    visit: Visit, partner: Partner, run_jobs: Callable[[], int], tmp_path: Path
) -> None:
    path = a_list(tmp_path, partner)
    clerk = visit(partner.clerk)
    page = clerk.go("/people/check-list/")
    expect(page.get_by_text("暂无。")).to_be_visible()
    accessible(clerk)
    wrong = tmp_path / "不是名单.csv"
    wrong.write_text("颜色,大小\n红,2\n", "utf-8")
    hand_in(page, wrong, "zh")
    expect(page.get_by_text("正在核对名单")).to_be_visible()
    run_jobs()
    # The page asks by itself, and says why it could not be read.
    expect(page.get_by_role("heading", name="名单无法读取")).to_be_visible()
    accessible(clerk)
    clerk.go("/people/check-list/")
    hand_in(page, path, "zh")
    expect(page.get_by_text("正在核对名单")).to_be_visible()
    run_jobs()
    page.wait_for_url("**/result/")
    told = lines(page)
    for line, said in zip(
        told,
        ("自 2019-02-01 起", "未报送符合条件的学历或职称", "等待人社局审核", "未通过报送校验", "未报送过", "另一姓名"),
        strict=True,
    ):
        assert said in line, told
    assert "high-end" not in " ".join(told)
    assert number(1) not in page.content()
    accessible(clerk)
    clerk.picture("check-list-zh")
    page.get_by_role("link", name="查看该次报送第 3 行").click()
    expect(page.get_by_text("火星区").first).to_be_visible()
    page.go_back()
    page.get_by_role("combobox", name="是否计入").select_option("true")
    expect(page.locator("#rows tbody tr")).to_have_count(2)
    page.locator("#rows tbody a").first.click()
    expect(page.get_by_text("2019-02-01").first).to_be_visible()
    clerk.go("/people/check-list/")
    expect(page.get_by_role("row", name="招聘名单.csv")).to_contain_text("6")
    expect(page.get_by_role("row", name="不是名单.csv")).to_contain_text("无法读取")
    accessible(clerk)
    clerk.picture("check-lists-zh")

    officer = visit(OfficerFactory(language="en"), language="en")
    page = officer.go("/people/check-list/")
    hand_in(page, path, "en")
    expect(page.get_by_text("is being checked")).to_be_visible()
    run_jobs()
    page.wait_for_url("**/result/")
    told = lines(page)
    assert partner.organisation.name_en in told[0]
    assert "Nobody has reported this number" in told[4]
    accessible(officer)
    officer.picture("check-list-en")


def test_who_has_seen_numbers_is_seen(visit: Visit, partner: Partner) -> None:
    often, once = OfficerFactory(username="officer-li"), OfficerFactory(username="officer-wu")
    with everything():
        people: list[Any] = list(Person.objects.order_by("pk")[:2])
        for place in range(6):
            reveal_numbers(person=people[place % 2], reason="核对证件", actor=often)
        reveal_numbers(person=people[0], reason="举报核查", actor=once)
    admin = visit(AdminFactory(language="zh-hans"))
    page = admin.page
    places = page.get_by_role("navigation", name="主导航")
    places.get_by_text("基础设置").click()
    places.get_by_role("link", name="证件号码查看情况").click()
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("officer-li")
    expect(first).to_contain_text("异常")
    expect(first).to_contain_text("核对证件 × 6")
    expect(page.locator("tbody tr")).to_have_count(2)
    accessible(admin)
    admin.picture("reveals-zh")
    page.get_by_role("link", name="officer-wu").click()
    expect(page.get_by_text("举报核查").first).to_be_visible()
    page.go_back()
    page.select_option("select[name=week]", index=1)
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("本周无人查看完整证件号码")).to_be_visible()
    accessible(admin)

    reader = visit(AdminFactory(language="en"), language="en")
    reader.go("/reveals/")
    expect(reader.page.locator("tbody tr").first).to_contain_text("Unusual")
    accessible(reader)
    reader.picture("reveals-en")
