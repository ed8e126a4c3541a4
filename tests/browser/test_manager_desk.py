"""The manager's main job: see where the targets stand, take a figure apart, follow it to the people and the reasons."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from backend.accounts.models import Organisation, User
from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from programs.targets import recounting
from programs.targets.models import Standing
from tests.browser.conftest import Visitor
from tests.factories import IntroductionFactory, ManagerFactory, OfficerFactory, OrganisationFactory
from tests.support.http import Caller
from tests.support.partner import Partner, Row, number

Visit = Callable[..., Visitor]
MASTER = {
    "education": "硕士研究生毕业",
    "school": "四川大学",
    "graduated_on": "2010-07-01",
    "education_cert_no": "106101201002000001",
}
WHOLE_NUMBER = re.compile(r"\d{17}[\dXx]")


@dataclass
class Seeded:
    """What was reported: by a university, then by an employer, then one of the university's taken back."""

    university: Partner
    manager: User
    before: str
    """The moment on the books before the employer's people counted."""


@pytest.fixture
def seeded(server: str, run_jobs: Callable[[], int], settings: Any) -> Seeded:
    """Seven people of a university, of whom three are high-end, and two of an employer, of whom one is known already;
    one of the three is revoked in the end."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    university = Partner(run_jobs, OrganisationFactory(code="UNI-A", name_zh="贵州大学"))
    rows = [university.row(n, **MASTER) for n in range(3)]
    rows += [university.row(3, district="云岩区"), university.row(4, district="云岩区"), university.row(5, district="")]
    university.report([*rows, university.row(6, completed_on="2019-03-29")])
    university.decide("verify")
    manager = ManagerFactory(language="zh-hans")
    before = Caller(manager).get("targets/all/").json()["known_at"]

    employer = OrganisationFactory(code="HITECH", name_zh="云鉴数据科技", kind=Organisation.Kind.EMPLOYER)
    company = Partner(run_jobs, employer, programme=IntroductionFactory(organisations=[employer]))

    def introduced(n: int) -> Row:
        place = {"employer": "云鉴数据科技", "employer_uscc": "91520115MA6DQ7K24T", "district": "观山湖区"}
        return company.row(n, path="引进", cohort="", started_on="2018-05-01", completed_on="2018-06-15", **place)

    company.report([introduced(0), introduced(20)])
    company.decide("verify")
    [wrong] = university.records(partner_ref="P000002")
    answer = university.officer.post(f"/api/v1/records/{wrong['id']}/revoke/", {"reason": "重复"}, format="json")
    assert answer.status_code == 200, answer.content
    run_jobs()
    return Seeded(university, manager, before)


def accessible(visitor: Visitor) -> None:
    """Whether everybody can use the page, by day and by night."""
    visitor.in_both_lights()


def drawn(page: Page, chart: str) -> dict[str, Any]:
    """What a chart shows, once it is drawn: its series by name, and whether anything of it is on the canvas."""
    expect(page.locator(f"#{chart} canvas")).to_be_visible()
    return page.evaluate(
        """id => {
            const element = document.getElementById(id), canvas = element.querySelector("canvas");
            const options = echarts.getInstanceByDom(element.firstElementChild).getOption();
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            const value = (one) => typeof one === "object" ? one.value : one;
            return {
                series: options.series.map((one) => one.data.map(value)),
                painted: pixels.some((byte) => byte !== 0),
            };
        }""",
        chart,
    )


def column(page: Page, table: str, place: int) -> list[int]:
    """The whole numbers in a column of a table's body."""
    cells = page.locator(f"{table} tbody tr td:nth-child({place})").all_text_contents()
    return [int(cell.replace(",", "").replace("−", "-").replace("+", "")) for cell in cells]


def heads_of(page: Page) -> list[int]:
    """The figures on the tiles of the districts."""
    told = page.locator(".tile-figure > .figure:first-child").all_inner_texts()
    return [int(one.split()[0].replace(",", "")) for one in told]


def test_from_the_figures_to_the_people(seeded: Seeded, visit: Visit) -> None:
    visitor = visit(seeded.manager)
    page = visitor.page

    # Both targets at a glance.
    expect(page.get_by_role("heading", level=1)).to_have_text("指标进展")
    expect(page.locator(".achieved")).to_have_text(["2", "7"])
    for code, achieved in (("high-end", 2), ("all", 7)):
        shown = drawn(page, f"course-{code}")
        page.locator(f"#target-{code}").locator("xpath=ancestor::section").locator("summary").click()
        table = f"section[aria-labelledby=target-{code}]"
        assert shown["painted"]
        assert shown["series"][0] == column(page, table, 3)
        assert shown["series"][1] == column(page, table, 5)
        assert shown["series"][0][-1] == achieved
    expect(page.locator("[aria-labelledby=behind]").get_by_role("row", name="贵州大学")).to_be_visible()

    # Where they work, the one target and the other; the league comes by itself.
    assert sum(heads_of(page)) == 7
    page.locator("#tiles-high-end").click()
    expect(page.locator("#tiles-high-end")).to_have_attribute("aria-current", "true")
    assert sum(heads_of(page)) == 2
    expect(page.locator("#league").get_by_role("row", name="贵州大学")).to_be_visible()
    accessible(visitor)
    visitor.picture("manager-desk")
    page.go_back()

    # One of them, taken apart by district.
    page.get_by_role("link", name="引进和培养各类大数据人才").first.click()
    expect(page.locator(".achieved")).to_have_text("7")
    assert drawn(page, "course-chart")["series"][0] == column(page, "#course", 3)
    page.get_by_role("link", name="按区县").click()
    chosen = page.locator("#by-district")
    expect(chosen).to_have_attribute("aria-current", "true")
    expect(chosen).to_be_focused()
    assert drawn(page, "parts-chart")["series"][0] == column(page, "#breakdown", 2)
    assert sum(column(page, "#breakdown", 2)) == 7
    page.get_by_role("link", name="按月").click()
    expect(page.locator("#per-month")).to_have_attribute("aria-current", "true")
    assert drawn(page, "course-chart")["series"][0] == column(page, "#course", 3)
    expect(page).to_have_url(re.compile(r"per=month.*by=district"))
    accessible(visitor)
    visitor.picture("manager-target")

    # Exactly the people behind one part.
    row = page.locator("#breakdown tbody tr", has_text="云岩区")
    heads = int(row.locator("td").first.inner_text())
    row.get_by_role("link").click()
    expect(page.locator("#heads")).to_have_text(str(heads))
    expect(page.locator("#rows tbody tr")).to_have_count(heads)
    page.get_by_role("combobox", name="区县").select_option(label="未填写")
    expect(page.locator("#heads")).to_have_text("1")
    expect(page).to_have_url(re.compile("district=unspecified"))
    accessible(visitor)
    visitor.picture("manager-heads")

    # One of them, masked.
    page.locator("#rows tbody th a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("张*")
    expect(page.locator("#numbers dd")).to_contain_text("***")
    assert not WHOLE_NUMBER.search(page.content())
    expect(page.locator(".timeline-list li")).to_have_count(4)
    accessible(visitor)
    visitor.picture("manager-person")

    visitor.go("/people/")
    expect(page.locator("#rows tbody tr")).to_have_count(8)
    assert not WHOLE_NUMBER.search(page.content())
    accessible(visitor)


def test_then_and_now(seeded: Seeded, visit: Visit) -> None:
    visitor = visit(seeded.manager)
    page = visitor.page

    # As of an earlier day fewer counted, and the address keeps it.
    visitor.go("/targets/all/")
    page.get_by_label("截至日期").fill("2019-03-01")
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".achieved")).to_have_text("6")
    expect(page.get_by_text("截至 2019-03-01，按 ")).to_be_visible()
    page.get_by_role("link", name="查看人员").click()
    expect(page.locator("#heads")).to_have_text("6")
    visitor.go("/targets/?as_of=2018-12-31")
    expect(page.get_by_role("row", name="引进和培养各类大数据人才")).to_contain_text("2")
    accessible(visitor)

    # The difference between two moments of the books, by reason.
    visitor.go(f"/targets/all/changes/?from={seeded.before.replace('+', '%2B')}")
    opening, closing = (int(page.locator(f"#{name}").inner_text()) for name in ("opening", "closing"))
    deltas = [int(one.replace("−", "-")) for one in page.locator(".delta").all_text_contents()]
    assert (opening, closing) == (7, 7)
    assert sorted(deltas) == [-1, 1]
    assert opening + sum(deltas) == closing
    assert drawn(page, "waterfall")["painted"]
    expect(page.locator("#sentence")).to_contain_text("仍为 7")
    accessible(visitor)
    visitor.picture("manager-changes")


def test_what_is_published_stays_and_what_goes_wrong_is_told(
    seeded: Seeded, visit: Visit, run_jobs: Callable[[], int]
) -> None:
    visitor = visit(seeded.manager, "en")
    page = visitor.page

    # The moment that was shown is frozen; when the books move on, the page shows both, and says so in words.
    visitor.go("/snapshots/new/")
    frozen = page.get_by_role("region", name="What would be frozen")
    expect(frozen.locator("tbody tr")).to_have_count(2)
    accessible(visitor)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Snapshot 1 is published.")).to_be_visible()
    digest = page.locator("dd code").first.inner_text()
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    expect(page.get_by_text("Nothing has changed", exact=True)).to_be_visible()
    [wrong] = seeded.university.records(partner_ref="P000003")
    address = f"/api/v1/records/{wrong['id']}/revoke/"
    assert seeded.university.officer.post(address, {"reason": "重复"}, format="json").status_code == 200
    run_jobs()
    page.reload()
    beside = page.get_by_role("region", name="As published, and as now known").get_by_role(
        "row", name="Big data talent of every kind introduced and trained"
    )
    told = [cell.replace(",", "") for cell in beside.locator("td.fw-bold").all_text_contents()]
    assert told == ["7", "6", "−1"]
    assert page.locator("dd code").first.inner_text() == digest
    words = page.get_by_role("region", name="The restatement in words")
    expect(words.locator("[lang=en]")).to_contain_text("7")
    expect(words.locator("[lang=zh-Hans], [lang=zh-hans]")).to_contain_text("7")
    accessible(visitor)
    visitor.picture("manager-snapshot-en")

    # The landing is worked out by the button, and the page follows by itself.
    visitor.go("/targets/all/")
    landing = page.locator("#landing")
    expect(landing).to_contain_text("The backlog has not been counted by then")
    landing.get_by_role("button", name="Compute anew").click()
    expect(page.locator("#landing [role=status]")).to_be_visible()
    run_jobs()
    expect(page.locator("#landing")).to_contain_text("The backlog was last counted at", timeout=15_000)

    # Books that do not come to what the records say are told once, and whoever sees to it says what is done.
    with everything():
        Standing.objects.filter(target__code="all").order_by("pk")[:1].get().delete()
        recounting.order(actor=seeded.manager)
    run_jobs()
    visitor.go("/alerts/")
    page.get_by_role("button", name="Look for them now").click()
    run_jobs()
    visitor.go("/alerts/")
    alert = page.get_by_role("row", name="Recount differs")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text("persons that differ: 1")
    accessible(visitor)
    visitor.picture("manager-alerts-en")
    alert.get_by_role("link").first.click()
    page.get_by_role("textbox", name="What is done about it").fill("The administrator looks into the books.")
    page.get_by_role("button", name="I have seen to it").click()
    expect(page.get_by_role("row", name="Recount differs")).to_contain_text("Seen to")
    visitor.go("/")
    expect(page.get_by_role("region", name="Worth a look")).to_contain_text("The administrator looks into the books.")


def test_an_officer_reveals_a_number(seeded: Seeded, visit: Visit) -> None:
    officer = OfficerFactory()
    visitor = visit(officer, "en")
    page = visitor.page
    # From the head, by initials; then as one types, without losing the place, and a whole number in no address.
    page.get_by_label("Look for a person").fill("zdy")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/?q=zdy")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.locator("#q").fill("")
    page.locator("#q").press_sequentially("zhangji")
    expect(page.get_by_role("link", name="张甲一")).to_be_visible()
    expect(page.locator("#q")).to_be_focused()
    page.get_by_role("combobox", name="State of a record").select_option("revoked")
    expect(page.get_by_text("Nobody fits these filters")).to_be_visible()
    accessible(visitor)
    page.get_by_label("Without “State of a record”").click()
    page.locator("#q").fill(number(3))
    expect(page.get_by_role("link", name="张丁一")).to_be_visible()
    assert number(3) not in page.url
    page.get_by_role("link", name="张丁一").click()
    address = page.url
    page.get_by_text("See the numbers in full").click()
    page.get_by_label("Why must you see the numbers?").fill("The row gives another name")
    accessible(visitor)
    page.get_by_role("button", name="Reveal the numbers").click()
    expect(page.locator("#numbers dd")).to_have_text(number(3))
    assert page.url == address
    accessible(visitor)
    with everything():
        [entry] = AuditEntry.objects.filter(action="person.reveal")
    assert (entry.actor, entry.detail["reason"]) == (officer.username, "The row gives another name")
    # Nothing of it is kept: not on the way on and back, nor when the page is opened again.
    page.get_by_role("link", name="Persons").first.click()
    page.go_back()
    expect(page.locator("#numbers dd")).to_contain_text("***")
    assert number(3) not in page.content()
    with everything():
        assert AuditEntry.objects.filter(action="person.reveal").count() == 1


def test_on_a_small_screen(seeded: Seeded, visit: Visit) -> None:
    visitor = visit(seeded.manager)
    for path in (
        *("/", "/targets/", "/targets/all/", "/targets/all/people/", "/targets/all/changes/", "/people/"),
        *("/indicators/", "/indicators/storage/", "/snapshots/", "/alerts/"),
    ):
        for width in (390, 768):
            visitor.page.set_viewport_size({"width": width, "height": 900})
            page = visitor.go(path)
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(wide) <= 0, f"{path} is wider than the screen of {width}"
            visitor.accessible()
