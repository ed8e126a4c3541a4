"""The partner's main job in front of the screen: what is due, an awkward file, findings, mending, the receipt."""

import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from programs.periods.models import Obligation
from programs.submissions.models import Submission
from tests.browser.conftest import Visitor
from tests.factories import (
    CohortFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    PeriodFactory,
    ProgrammeFactory,
)
from tests.support.partner import Partner, as_csv

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "a_university_gb18030.csv"
PATIENCE = 60_000


@pytest.fixture
def clerk(fresh_database: str) -> User:
    """The clerk of the samples' university, whose report on the first quarter of 2019 is owed."""
    organisation = OrganisationFactory(code="T-UNI-A", name_zh="验收大学甲", name_en="University A")
    programme = ProgrammeFactory(code="T-BD-TRAIN", organisations=[organisation])
    for code, first, last in (
        ("T-A-2019Q1", dt.date(2019, 1, 1), dt.date(2019, 4, 30)),
        ("T-A-2018Q2", dt.date(2018, 4, 1), dt.date(2018, 7, 31)),
        ("T-A-2018H2", dt.date(2018, 8, 1), dt.date(2018, 12, 31)),
    ):
        CohortFactory(code=code, programme=programme, organisation=organisation, starts_on=first, ends_on=last)
    owe(organisation)
    return PartnerFactory(organisation=organisation)


def owe(organisation: Organisation) -> None:
    """The report of the first quarter of 2019, still missing."""
    period = PeriodFactory()
    with scope.everything():
        Obligation.objects.create(organisation=organisation, period=period, due_on=period.due_on)


def accessible(visitor: Visitor) -> None:
    """Whether everybody can use the page, by day and by night."""
    visitor.in_both_lights()


def choose(page: Page, name: str, data: bytes) -> None:
    """A file, by the browser's own dialogue."""
    with page.expect_file_chooser() as chooser:
        page.locator("#id_file").click()
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": data})


def saved(page: Page, link: Any) -> bytes:
    """The file that a link gives."""
    with page.expect_download() as download:
        link.click()
    return Path(download.value.path()).read_bytes()


def focused(page: Page) -> str:
    """The id of what has the keyboard, or what it says."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.innerText.trim()"))


def test_the_main_job_in_chinese(site: str, clerk: User, visit: Callable[..., Visitor]) -> None:
    counts = json.loads(SAMPLE.with_suffix(".csv.expected.json").read_text("utf-8"))["counts"]
    visitor = visit(clerk)
    page = visitor.page
    due = page.get_by_role("region", name="待报送").get_by_role("listitem")
    expect(due).to_contain_text(["2019-Q1"])
    expect(due).to_contain_text(["已逾期"])
    accessible(visitor)
    visitor.picture("partner-desk-zh")

    due.get_by_role("link", name="上传").click()
    expect(page.locator("#id_period")).to_have_value("2019-Q1")
    accessible(visitor)
    visitor.picture("partner-upload-zh")
    sent: list[int] = []
    page.expose_function("noted", lambda count: sent.append(count))
    page.evaluate("document.addEventListener('htmx:xhr:progress', (e) => noted(e.detail.loaded))")
    choose(page, "人员名单.csv", SAMPLE.read_bytes())
    expect(page.locator("#file-said")).to_contain_text("人员名单.csv")
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name="检查完毕：部分行需要修正")).to_be_visible(timeout=PATIENCE)
    assert max(sent) > SAMPLE.stat().st_size, "how much was sent was told while it was"

    good, bad = page.locator(".counts .good"), page.locator(".counts .bad")
    expect(good).to_contain_text(f"{counts['accepted']:,}")
    expect(bad).to_contain_text(f"{counts['rejected']:,}")
    expect(page.locator("#told")).to_have_text(
        f"检查完毕。{counts['accepted']:,} 行合格。{counts['rejected']} 行需要修正。"
    )
    accessible(visitor)
    visitor.picture("partner-findings-zh")

    page.get_by_role("link", name="不在代码表中").click()
    expect(page.locator(".worklist > li")).to_have_count(6)
    page.get_by_role("link", name="修正 第 284 行").click()
    district = page.get_by_label("工作区县", exact=True)
    expect(district).to_be_focused()
    accessible(visitor)
    visitor.picture("partner-mend-zh")
    district.select_option(label="云岩区")
    page.get_by_role("button", name="保存第 284 行并重新检查").click()
    expect(page.locator("#told")).to_have_text("第 284 行已无问题。46 行需要修正。")
    expect(page.locator("#row-284")).to_have_count(0)
    expect(page.locator("#mend-303")).to_be_focused()
    expect(good).to_contain_text("1,158")
    expect(bad).to_contain_text("46")

    page.get_by_role("button", name="确认接受 1,158 行，另 46 行不接受").click()
    expect(page.get_by_role("heading", name="回执")).to_be_visible(timeout=PATIENCE)
    with scope.everything():
        submission = Submission.objects.get()
    assert (submission.accepted, submission.rejected, submission.status) == (1158, 46, "partly_accepted")
    receipt = page.get_by_role("region", name="回执")
    for fact in ("1,158", submission.sha256, clerk.username, "人员名单.csv"):
        expect(receipt).to_contain_text(fact)
    accessible(visitor)
    visitor.picture("partner-receipt-zh")

    marked = openpyxl.load_workbook(io.BytesIO(saved(page, page.get_by_role("link", name="下载带标注的文件"))))
    comments = [cell.comment.text for row in marked.worksheets[0].iter_rows() for cell in row if cell.comment]
    assert len(comments) >= 46
    assert any("身份" in text or "证件" in text for text in comments)
    page.get_by_role("link", name="工作台").click()
    expect(
        page.get_by_role("heading", name="没有待报送的报告期").or_(page.get_by_text("没有待报送的报告期"))
    ).to_be_visible()
    template = openpyxl.load_workbook(io.BytesIO(saved(page, page.get_by_role("link", name="template.xlsx"))))
    assert "姓名*" in [cell.value for cell in template.worksheets[0][1]]
    assert "T-A-2019Q1" in [cell.value for row in template["lists"].iter_rows() for cell in row]

    page.get_by_role("navigation", name="主导航").or_(page.locator("#places")).get_by_role("link", name="上传").click()
    page.select_option("#id_period", "2019-Q1")
    choose(page, "人员名单.csv", SAMPLE.read_bytes())
    page.get_by_role("button", name="上传并检查").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text(f"即报送批次 {submission.pk}")
    expect(told.get_by_role("link")).to_have_attribute("href", f"/submissions/{submission.pk}/")
    accessible(visitor)
    visitor.picture("partner-duplicate-zh")
    told.get_by_role("button", name="仍要再次上传").click()
    expect(page.get_by_role("heading", name="检查完毕：部分行需要修正")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".counts")).to_contain_text("1,157")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="取消本次报送").click()
    expect(page.get_by_role("heading", name="已取消：没有接受任何数据")).to_be_visible()
    accessible(visitor)


def test_in_english_with_the_keyboard_alone(
    site: str, run_jobs: Callable[[], int], visit: Callable[..., Visitor]
) -> None:
    partner = Partner(run_jobs)
    owe(partner.organisation)
    rows = [partner.row(1), partner.row(2, name=""), partner.row(3, name="", district="火星区"), partner.row(4)]
    visitor = visit(partner.clerk, "en")
    page = visitor.page
    page.get_by_role("link", name="Upload for 2019-Q1").focus()
    page.keyboard.press("Enter")
    page.locator("#id_file").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": as_csv(rows)})
    page.get_by_role("button", name="Upload and check").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Checked: some rows need mending")).to_be_visible(timeout=PATIENCE)

    def tab_to(wanted: str) -> None:
        for _step in range(80):
            if focused(page) == wanted:
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {wanted}")

    tab_to("mend-3")
    page.keyboard.press("Enter")
    expect(page.locator("#row-3-name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#row-3 form")).to_have_count(0)
    expect(page.locator("#mend-3")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#row-3-name")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed")
    tab_to("row-3-name")
    page.keyboard.type("张三")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_have_text("Row 3 is in order now. 1 row needs mending.")
    expect(page.locator("#mend-4")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#row-4-name")).to_be_focused()
    page.keyboard.type("李四")
    tab_to("row-4-district")
    page.keyboard.type("Yunyan")
    expect(page.locator("#row-4-district")).to_have_value("520103")
    tab_to("Save row 4 and check again")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Checked: every row is good")).to_be_visible()
    expect(page.locator("#confirm")).to_be_focused()
    visitor.accessible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".counts")).to_contain_text("4")
    visitor.picture("partner-receipt-en")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    visitor.picture("partner-receipt-print")


def test_a_file_may_be_dropped_and_one_too_large_is_named(
    server: str, clerk: User, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(clerk, "en")
    page = visitor.go("/submissions/new/")
    drop = """([name, size]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(size)], name));
        const zone = document.querySelector("[data-drop]");
        zone.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
    }"""
    page.evaluate(drop, ["people.xlsx", 4096])
    expect(page.locator("#file-said")).to_have_text("people.xlsx, 4 KB")
    page.evaluate(drop, ["people.xlsx", 60 * 1024 * 1024])
    expect(page.locator("#file-said")).to_contain_text("60 MB, more than the 50 MB that are taken")
    visitor.accessible()


def test_an_officer_uploads_for_a_partner(server: str, clerk: User, visit: Callable[..., Visitor]) -> None:
    visitor = visit(OfficerFactory())
    page = visitor.go("/submissions/new/")
    expect(page.locator("#id_period optgroup")).to_have_count(0)
    page.get_by_role("combobox", name="代报单位").select_option("T-UNI-A")
    expect(page.locator("#id_period")).to_have_value("2019-Q1")
    accessible(visitor)
    page.locator("#id_file").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"x"})
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name="正在检查文件")).to_be_visible()
    expect(page.get_by_role("region", name="报送内容")).to_contain_text("代报")
    accessible(visitor)
    visitor.picture("partner-under-way-zh")
    visitor.go("/submissions/")
    expect(page.get_by_role("row", name="a.csv")).to_contain_text("验收大学甲")
    accessible(visitor)
    visitor.picture("partner-list-officer-zh")
