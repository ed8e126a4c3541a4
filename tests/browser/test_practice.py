"""A clerk who is new practises: from the first steps to a receipt of what would have come, and to the real thing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from backend.accounts import scope
from programs.records.models import Record
from programs.submissions.models import Submission
from tests.browser.conftest import Visitor
from tests.browser.test_partner_desk import PATIENCE
from tests.factories import PartnerFactory
from tests.support.partner import Partner

NOTHING_COUNTS = "练习：这里的一切都不计入。"


@pytest.fixture
def partner(fresh_database: str) -> Partner:
    """A university with a clerk who has never been here."""
    found = Partner(lambda: 0)
    found.clerk = PartnerFactory(organisation=found.organisation, first_steps=True)
    return found


def test_a_clerk_practises_until_the_receipt(
    site: str, visit: Callable[..., Visitor], partner: Partner, tmp_path: Path
) -> None:
    clerk = visit(partner.clerk)
    page = clerk.page
    page.locator("#first-steps").get_by_role("link", name="先练习一次").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("练习")
    expect(page.get_by_role("note")).to_contain_text(NOTHING_COUNTS)
    page.get_by_text("将会查出 8 处问题").click()
    expect(page.get_by_role("cell", name="证件号码", exact=True)).to_have_count(3)
    clerk.accessible()
    clerk.picture("practice-zh")

    with page.expect_download() as sample:
        page.locator("a[href$='/practice/mistakes.xlsx']").click()
    file = tmp_path / sample.value.suggested_filename
    sample.value.save_as(file)
    page.get_by_role("link", name="上传练习文件").click()
    expect(page.get_by_role("note")).to_contain_text(NOTHING_COUNTS)
    clerk.accessible()
    clerk.picture("practice-upload-zh")
    page.locator("#id_period").select_option(partner.period.code)
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="上传并检查（练习）").click()
    page.wait_for_url(re.compile(r"/submissions/\d+/$"))
    expect(page.locator("#submission")).to_have_attribute("data-status", "checked", timeout=PATIENCE)
    expect(page.get_by_role("note").first).to_contain_text(NOTHING_COUNTS)
    expect(page.locator("#submission")).to_contain_text("试一试")
    clerk.accessible()
    clerk.picture("practice-checked-zh")

    row = page.locator("#rows").get_by_text("练习区")
    expect(row).to_be_visible()
    page.locator("#rows").get_by_role("link", name="修正").last.click()
    page.get_by_label("工作区县", exact=True).select_option("520103")
    page.locator("form.mend .btn-primary").click()
    expect(row).to_have_count(0, timeout=PATIENCE)
    page.locator("#confirm").click()
    expect(page.locator("#submission")).to_have_attribute("data-status", "partly_accepted", timeout=PATIENCE)
    expect(page.get_by_role("heading", name="练习回执：如果是正式报送，结果会是这样")).to_be_visible()
    expect(page.get_by_text("将会入库")).to_be_visible()
    expect(page.get_by_role("link", name="确认单")).to_have_count(0)
    clerk.accessible()
    clerk.picture("practice-receipt-zh")

    page.get_by_role("link", name="再练习一次").click()
    expect(page.get_by_role("link", name="practice-mistakes.xlsx")).to_be_visible()
    clerk.go("/submissions/")
    expect(page.get_by_text("practice-mistakes.xlsx")).to_have_count(0)
    clerk.go("/submissions/?practice=true")
    expect(page.get_by_role("note")).to_contain_text(NOTHING_COUNTS)
    expect(page.get_by_role("link", name="practice-mistakes.xlsx")).to_be_visible()
    clerk.accessible()
    clerk.go("/")
    expect(page.locator("#first-steps")).to_contain_text("已完成 1 / 5")
    with scope.everything():
        assert not Record.objects.exists()
        assert not Submission.objects.exists()


def test_a_record_by_form_is_tried_out(site: str, visit: Callable[..., Visitor], partner: Partner) -> None:
    clerk = visit(partner.clerk, "en")
    page = clerk.go("/submissions/new/record/?practice=true")
    row = partner.row(1)
    page.locator("#id_period").select_option(partner.period.code)
    for code in ("name", "id_number", "started_on", "completed_on"):
        page.locator(f"#id_{code}").fill(row[code])
    for code, value in {"id_type": "111", "programme": row["programme"], "cohort": row["cohort"]}.items():
        page.locator(f"#id_{code}").select_option(value)
    page.locator("#id_path").select_option("trained")
    page.get_by_role("button", name="Check the record, for practice").click()
    expect(page.get_by_role("heading", name="Nothing was taken: some fields need mending")).to_be_visible(
        timeout=PATIENCE
    )
    expect(page.get_by_role("note").first).to_contain_text("Practice: nothing of this counts.")
    page.locator("#id_outcome").select_option("completed")
    page.get_by_role("button", name="Send the record again").click()
    expect(page.get_by_role("heading", name="The record is good: in earnest it would be reported now")).to_be_visible(
        timeout=PATIENCE
    )
    clerk.accessible()
    clerk.picture("practice-record-en")
    with scope.everything():
        assert not Record.objects.exists()
        assert not Submission.objects.exists()
        assert Submission.with_practice.count() == 2
