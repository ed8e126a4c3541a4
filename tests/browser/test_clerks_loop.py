"""A clerk's whole loop: mend together, ask for what is missing, hand over, sign, print, withdraw, report one person."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.factories import OfficerFactory, PartnerFactory
from tests.support.partner import Partner, as_csv, number

PATIENCE = 60_000
pytestmark = pytest.mark.usefixtures("fresh_database")


def upload(page: Page, data: bytes) -> None:
    page.locator("#id_file").set_input_files({"name": "名单.csv", "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="Upload and check").click()
    page.wait_for_url(re.compile(r"/submissions/\d+/$"))


def test_from_a_file_with_the_same_fault_everywhere_to_the_signed_statement(
    fresh_database: str, site: str, visit: Callable[..., Visitor]
) -> None:
    partner = Partner(lambda: 0)
    partner.organisation.sign_off = True
    partner.organisation.save()
    signatory = PartnerFactory(organisation=partner.organisation, signatory=True)
    officer = OfficerFactory()
    rows = [partner.row(n, district="贵安新区") for n in range(3)] + [partner.row(4, cohort="SPRING-2")]

    clerk = visit(partner.clerk, "en")
    page = clerk.go("/submissions/new/")
    clerk.accessible()
    page.locator("#id_period").select_option(partner.period.code)
    upload(page, as_csv(rows))
    expect(page.get_by_role("heading", name="Checked: some rows need mending")).to_be_visible(timeout=PATIENCE)
    clerk.accessible()
    clerk.picture("clerk-checked-en")
    address = page.url.removeprefix(site)

    page.get_by_role("link", name="Mend all 3 rows with “贵安新区”").first.click()
    clerk.accessible()
    clerk.picture("clerk-mend-all-en")
    page.get_by_role("combobox", name="New value").select_option("520111")
    page.get_by_role("button", name="Mend 3 rows and check again").click()
    expect(page.get_by_text("3 rows were mended.")).to_be_visible()

    page.get_by_role("link", name="Ask for this cohort").click()
    expect(page.get_by_label("Code", exact=True)).to_have_value("SPRING-2")
    clerk.accessible()
    clerk.picture("clerk-ask-cohort-en")
    page.get_by_label("To").fill("2019-03-31")
    page.get_by_role("button", name="Ask for this cohort").click()
    expect(page.get_by_text("Asked for; the bureau has not answered yet")).to_be_visible()

    bureau = visit(officer, "zh-hans")
    bureau.accessible()
    desk = bureau.page
    desk.get_by_role("link", name="1 班次申请待答复").click()
    bureau.accessible()
    bureau.picture("officer-cohort-requests-zh")
    desk.get_by_role("link", name="SPRING-2").click()
    bureau.accessible()
    bureau.picture("officer-cohort-request-zh")
    desk.get_by_role("button", name="开设班次 SPRING-2").click()
    expect(desk.get_by_text("班次 SPRING-2 已开设")).to_be_visible()

    hand_over = page.get_by_role("button", name="Hand over for signature")
    for _turn in range(60):
        clerk.go(address)
        if page.get_by_role("heading", name="Checked: every row is good").is_visible():
            break
        page.wait_for_timeout(500)
    expect(page.get_by_role("heading", name="Checked: every row is good")).to_be_visible()
    hand_over.click()
    expect(page.get_by_text("It waits for a signatory")).to_be_visible()

    leader = visit(signatory, "zh-hans")
    leader.accessible()
    leader.picture("signatory-desk-zh")
    signing = leader.page
    signing.get_by_role("link", name="核对并签批").click()
    leader.accessible()
    leader.picture("signatory-checked-zh")
    signing.get_by_role("button", name="签批").click()
    expect(signing.get_by_role("link", name="确认单")).to_be_visible(timeout=PATIENCE)
    leader.accessible()
    leader.picture("signatory-receipt-zh")
    signing.get_by_role("link", name="确认单").click()
    leader.accessible()
    leader.picture("statement-zh")
    expect(signing.locator(".statement-line", has_text=signatory.username)).to_be_visible()

    clerk.go(f"{address}statement/")
    clerk.accessible()
    clerk.picture("statement-en")
    clerk.go(address)
    page.get_by_text("Withdraw this submission").click()
    page.get_by_label("Why").fill("the wrong period")
    clerk.accessible()
    page.get_by_role("button", name=re.compile("Withdraw submission")).click()
    expect(page.get_by_text("4 rows were withdrawn.")).to_be_visible()
    clerk.accessible()
    clerk.picture("clerk-withdrawn-en")


def test_one_record_by_form_is_corrected_beside_its_fields(
    fresh_database: str, site: str, visit: Callable[..., Visitor]
) -> None:
    partner = Partner(lambda: 0)
    clerk = visit(partner.clerk, "en")
    page = clerk.go("/submissions/new/record/")
    clerk.accessible()
    clerk.picture("one-record-en")
    page.get_by_role("combobox", name="Period").select_option(partner.period.code)
    page.get_by_role("textbox", name="Name", exact=True).fill("张一甲")
    page.get_by_role("combobox", name="ID type").select_option("111")
    page.get_by_role("textbox", name="ID number").fill(number(5))
    page.get_by_role("combobox", name="Path", exact=True).select_option("trained")
    page.get_by_role("combobox", name="Programme code").select_option(partner.programme.code)
    page.get_by_role("combobox", name="Cohort code").select_option(partner.cohort.code)
    page.get_by_label("Started on", exact=True).fill("2019-01-07")
    page.get_by_label("Completed on", exact=True).fill("2018-12-01")
    page.get_by_role("combobox", name="Outcome").select_option("completed")
    page.get_by_role("button", name="Check and report the record").click()
    expect(page.get_by_role("heading", name="Nothing was taken: some fields need mending")).to_be_visible(
        timeout=PATIENCE
    )
    clerk.accessible()
    clerk.picture("one-record-found-en")
    assert number(5) not in page.content()
    page.get_by_label("Completed on", exact=True).fill("2019-02-01")
    page.get_by_role("button", name="Send the record again").click()
    expect(page.get_by_role("heading", name="The record is reported")).to_be_visible(timeout=PATIENCE)
    clerk.accessible()

    narrow = visit(partner.clerk, "zh-hans", width=390)
    narrow.go("/submissions/new/record/")
    narrow.accessible()
    narrow.picture("one-record-zh-390")
