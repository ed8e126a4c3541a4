"""The officer's main job in front of the screen: the queue, one by one and by filter, a match, a late partner."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from backend import clock
from backend.accounts import scope
from backend.accounts.models import User
from backend.jobs.models import Job
from backend.outbox.models import Effect
from programs.periods.models import Obligation
from programs.records.models import Record
from programs.reminders.models import Reminder
from programs.reminders.services import BY_HAND
from programs.review import services
from talent.people.models import PersonAlias
from tests.browser.conftest import Visitor
from tests.factories import (
    AmendmentFactory,
    ManagerFactory,
    MatchCaseFactory,
    OfficerFactory,
    OrganisationFactory,
    PairFactory,
    PartnerFactory,
)
from tests.programs.desks.officer.world import fresh, owed, reported
from tests.support.http import Caller
from tests.support.mailbox import Mailbox
from tests.support.partner import Partner
from tests.support.workers import wait_for

PATIENCE = 60.0
REASON = "学历证书编号与姓名不符，请核对后重新报送。"


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server that the worker sends to, running before the worker starts."""
    box = Mailbox()
    box.listen()
    monkeypatch.setenv("EMAIL_URL", box.url)
    yield box
    box.close()


@pytest.fixture(autouse=True)
def callers(server: str, settings: Any) -> None:
    """The API's own callers get in beside the browsers."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]


def settled() -> int:
    """Wait until the worker has done all that waits."""

    def idle() -> bool:
        with scope.everything():
            working = Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists()
            return not working and not Effect.objects.filter(done_at=None, set_aside_at=None).exists()

    wait_for(idle, PATIENCE, "the worker to have done everything")
    return 0


def partner_with_work() -> Partner:
    """A university that has reported six people, one of them by two names, and owes the report of an earlier period."""
    contacts = [{"name": "岑若溪", "role": "填报人", "email": "clerk@example.com", "phone": ""}]
    organisation = OrganisationFactory(code="GZU", name_zh="贵州大学", name_en="Guizhou University", contacts=contacts)
    partner = Partner(settled, organisation)
    partner.report([partner.row(n) for n in range(5)] + [partner.row(9, name="欧阳建国")])
    partner.report([partner.row(9, name="欧阳建华")])
    return partner


def accessible(visitor: Visitor) -> None:
    """Whether everybody can use the page, by day and by night."""
    visitor.in_both_lights()


def figure(page: Page, label: str) -> Locator:
    """One of the desk's figures, by what it counts."""
    return page.get_by_role("link", name=re.compile(rf"^[\d,]+ {label}$"))


def row_of(page: Page, record: Record) -> Locator:
    return page.locator(f"#record-{record.pk}")


def shut(page: Page) -> None:
    """Close what stands over the page."""
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def achieved(manager: Caller) -> int:
    """The target's figure, as a manager reads it."""
    return int(manager.get("targets/all/").json()["achieved"])


def test_a_day_in_chinese(mail: Mailbox, site: str, visit: Callable[..., Visitor]) -> None:
    partner = partner_with_work()
    with scope.everything():
        late = Obligation.objects.get(pk=owed(partner.organisation, -3).pk)
        records = list(Record.objects.order_by("pk"))
    manager = Caller(ManagerFactory())
    assert achieved(manager) == 0
    visitor = visit(OfficerFactory(language="zh-hans"))
    page = visitor.page
    expect(figure(page, "条记录待审核")).to_have_text("6")
    expect(figure(page, "对疑似同一人")).to_have_text("1")
    expect(figure(page, "项报送已逾期")).to_have_text("1")
    accessible(visitor)
    visitor.picture("officer-desk-zh")

    # The queue: one verified, one returned with a reason, without leaving the list.
    page.get_by_role("row", name="贵州大学").get_by_role("link", name="审核").click()
    expect(page.locator("[data-row]")).to_have_count(6)
    accessible(visitor)
    row_of(page, records[0]).get_by_role("button", name="审核通过").click()
    expect(row_of(page, records[0])).to_contain_text("已审核")
    expect(row_of(page, records[1])).to_be_focused()
    row_of(page, records[1]).get_by_role("button", name="退回").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="退回").click()
    expect(dialog.get_by_text("请说明理由，报送单位会看到。")).to_be_visible()
    accessible(visitor)
    dialog.get_by_label("理由").fill(REASON)
    dialog.get_by_role("button", name="退回").click()
    expect(row_of(page, records[1])).to_contain_text("已退回")
    expect(row_of(page, records[1])).to_contain_text(REASON)
    assert (fresh(records[0]).state, fresh(records[1]).reason) == ("verified", REASON)
    visitor.picture("officer-queue-zh")

    # The others by the filter.
    page.get_by_role("link", name="处理筛选出的全部记录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("审核 4 条记录")
    accessible(visitor)
    visitor.picture("officer-by-filter-zh")
    page.get_by_role("button", name="审核通过 4 条记录").click()
    expect(page.get_by_role("status").filter(has_text="4 条记录已审核通过。")).to_be_visible()
    expect(page.get_by_text("没有符合条件的记录")).to_be_visible()
    wait_for(lambda: achieved(manager) == 5, PATIENCE, "the figures to settle")

    # A pair that may be one person.
    page = visitor.go("/matches/")
    expect(page.locator("mark")).to_have_text(["国", "华"])
    accessible(visitor)
    visitor.picture("officer-match-zh")
    page.get_by_role("button", name="同一人", exact=True).click()
    expect(page.locator("[data-row]")).to_contain_text("同一人")
    expect(page.locator("#said")).to_contain_text("已认定：同一人")
    with scope.everything():
        assert PersonAlias.objects.get().name == "欧阳建华"

    # Who is late is reminded now, and the mail goes out.
    page = visitor.go("/")
    figure(page, "项报送已逾期").click()
    expect(page.locator("tbody tr").first).to_contain_text("逾期 3 天")
    accessible(visitor)
    visitor.picture("officer-chasing-zh")
    page.get_by_role("button", name="立即催报").click()
    expect(page.get_by_role("status").filter(has_text="催报邮件正在发往 clerk@example.com。")).to_be_visible()

    def sent() -> Reminder | None:
        with scope.everything():
            by_hand = Reminder.objects.filter(obligation=late, stage__startswith=BY_HAND, state=Reminder.State.SENT)
            return by_hand.select_related("delivery").first()

    # On some days of the week the ladder has a stage of its own today; its mail may come beside this one.
    delivery = wait_for(sent, PATIENCE, "the reminder to be sent").delivery
    went = [(address, message["Message-ID"]) for address, message in mail.taken]
    assert went.count(("clerk@example.com", delivery.message_id)) == 1
    assert {address for address, _identifier in went} == {"clerk@example.com"}
    page = visitor.go("/reminders/")
    expect(page.locator("tbody tr")).to_contain_text(["clerk@example.com"])
    expect(page.locator("tbody tr")).to_contain_text(["已发送"])
    expect(page.locator("tbody tr")).to_contain_text(["人工催报"])
    accessible(visitor)
    page = visitor.go("/")
    for nothing in ("条记录待审核", "对疑似同一人"):
        expect(figure(page, nothing)).to_have_text(re.compile("^0"))
    visitor.picture("officer-desk-done-zh")


def test_in_english_by_the_keys(server: str, visit: Callable[..., Visitor]) -> None:
    records = reported(4)
    visitor = visit(OfficerFactory(), "en")
    page = visitor.go(f"/records/?state=submitted&submission={records[0].submission_id}")
    keys = page.keyboard
    keys.press("?")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Keys")
    visitor.accessible()
    visitor.picture("officer-keys-en")
    shut(page)
    keys.press("j")
    expect(row_of(page, records[0])).to_be_focused()
    keys.press("ArrowDown")
    keys.press("k")
    expect(row_of(page, records[0])).to_be_focused()
    keys.press("v")
    expect(row_of(page, records[0])).to_contain_text("Verified")
    expect(page.locator("#said")).to_have_text(f"Record {records[0].pk} is verified.")
    expect(row_of(page, records[1])).to_be_focused()
    keys.press("r")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text(f"Return record {records[1].pk}")
    shut(page)
    row_of(page, records[2]).focus()
    keys.press("x")
    row_of(page, records[1]).focus()
    keys.press("x")
    expect(page.locator("[data-ticked]")).to_have_text("2")
    page.get_by_role("button", name="Reject…").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("Not of this cohort.")
    page.get_by_role("dialog").get_by_role("button", name="Reject").click()
    expect(page.get_by_role("status").filter(has_text="2 records are rejected.")).to_be_visible()
    assert [fresh(one).state for one in records] == ["verified", "rejected", "rejected", "submitted"]

    # Keys that are switched off stay off, and everything else goes on working.
    keys.press("?")
    page.get_by_text("Use these keys on this machine").click()
    shut(page)
    keys.press("j")
    expect(page.locator("[data-row]").first).not_to_be_focused()
    page.get_by_role("link", name=records[3].person.name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(records[3].person.name)
    visitor.accessible()
    page.get_by_role("button", name="Return", exact=True).click()
    expect(page.get_by_label("Reason")).to_be_focused()
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("That was the last record of this queue.")).to_be_visible()
    assert fresh(records[3]).state == "verified"


def test_two_officers_decide_differently(server: str, visit: Callable[..., Visitor]) -> None:
    one, other = reported(2)
    first, second = visit(OfficerFactory(), "en"), visit(OfficerFactory(), "en")
    for visitor in (first, second):
        visitor.go(f"/records/?state=submitted&submission={one.submission_id}")
    row_of(first.page, one).get_by_role("button", name="Verify").click()
    expect(row_of(first.page, one)).to_contain_text("Verified")
    row_of(second.page, one).get_by_role("button", name="Return").click()
    second.page.get_by_role("dialog").get_by_label("Reason").fill("Not of this cohort.")
    second.page.get_by_role("dialog").get_by_role("button", name="Return").click()
    told = row_of(second.page, one).get_by_role("alert")
    expect(told).to_contain_text(f"Record {one.pk} is verified and no amendment of it awaits review")
    expect(row_of(second.page, one)).to_be_focused()
    second.accessible()
    second.picture("officer-conflict-en")
    first.go(f"/records/{other.pk}/")
    row_of(second.page, other).get_by_role("button", name="Verify").click()
    expect(row_of(second.page, other)).to_contain_text("Verified")
    first.page.get_by_label("Reason").fill("Not of this cohort.")
    first.page.get_by_role("button", name="Reject").click()
    expect(first.page.get_by_role("alert")).to_contain_text(f"Record {other.pk} is verified")
    assert [fresh(record).state for record in (one, other)] == ["verified", "verified"]


def test_a_filter_puts_rows_in_place_and_a_pair_is_settled_by_a_key(server: str, visit: Callable[..., Visitor]) -> None:
    one, other = reported(1)[0], reported(1)[0]
    case = MatchCaseFactory()
    visitor = visit(OfficerFactory(), "en")
    page = visitor.go("/records/")
    expect(page.locator("[data-row]")).to_have_count(2)
    page.get_by_role("combobox", name="Organisation").select_option(one.organisation.code)
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page).to_have_url(re.compile(rf"organisation={one.organisation.code}"))
    page.get_by_role("combobox", name="State").select_option("returned")
    expect(page.get_by_text("No record is found by this filter")).to_be_visible()
    page.get_by_role("link", name="Clear", exact=True).click()
    page.get_by_role("combobox", name="State").select_option("submitted")
    expect(page.get_by_role("link", name="Awaiting review")).to_have_attribute("aria-current", "page")
    page.get_by_label("Tick all rows of this page").check()
    expect(page.locator("[data-ticked]")).to_have_text("2")
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="2 records are verified.")).to_be_visible()
    assert [fresh(record).state for record in (one, other)] == ["verified", "verified"]

    page = visitor.go("/matches/")
    page.keyboard.press("j")
    expect(page.locator(f"#pair-{case.pk}")).to_be_focused()
    page.keyboard.press("d")
    expect(page.locator(f"#pair-{case.pk}")).to_contain_text("Different people")
    expect(page.locator("#said")).to_have_text(f"Pair {case.pk} is settled: Different people.")
    visitor.accessible()


def test_two_persons_are_merged_by_a_key_and_split_with_a_reason(server: str, visit: Callable[..., Visitor]) -> None:
    one, other = reported(1, person__name="李娜")[0], reported(1, person__name="Li Na")[0]
    case = PairFactory(person=one.person, other=other.person)
    visitor = visit(OfficerFactory(), "zh-hans")
    page = visitor.go("/matches/?kind=pair")
    expect(page.locator("mark").first).to_have_text("李娜")
    visitor.accessible()
    visitor.picture("officer-pair-zh")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator("#said")).to_have_text(f"比对 {case.pk} 已认定：同一人。")
    page = visitor.go(f"/people/{other.person_id}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("李娜")
    expect(page.get_by_text("Li Na")).to_be_visible()
    page.get_by_text(f"重新拆出人员 {other.person_id}").click()
    page.get_by_label("为什么是两个人？").fill("护照与身份证照片不是同一人。")
    visitor.accessible()
    visitor.picture("officer-split-zh")
    page.get_by_role("button", name="拆分为两个人").click()
    expect(page.get_by_role("status")).to_contain_text("已拆分为两个人")
    expect(page.get_by_text("护照与身份证照片不是同一人。")).to_be_visible()
    expect(page.get_by_role("button", name="同一人", exact=True)).to_be_visible()
    visitor.accessible()


def test_many_are_decided_while_one_watches(
    site: str, visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 10)
    records = reported(30)
    visitor = visit(OfficerFactory(language="zh-hans"))
    page = visitor.go(f"/records/decide/?state=submitted&submission={records[0].submission_id}")
    expect(page.get_by_text("超过 10 条的记录由后台任务处理")).to_be_visible()
    page.get_by_role("button", name="审核通过 30 条记录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("批量审核记录")
    expect(page.get_by_role("status").filter(has_text="30 条记录已审核通过。")).to_be_visible(timeout=60_000)
    expect(page.locator("#job progress")).to_have_count(0)
    accessible(visitor)
    visitor.picture("officer-job-zh")
    assert {fresh(record).state for record in records} == {"verified"}


def pages(user: User) -> list[str]:
    """What each role may open here."""
    amendment = AmendmentFactory(record__organisation=OrganisationFactory(name_zh="贵州财经大学"))
    late = owed(amendment.record.organisation, -4)
    with scope.everything():
        job = Job.objects.create(kind="submission.check", state="done", finished_at=clock.now(), done=4, total=4)
    found = [
        *("/records/", f"/records/{amendment.record_id}/", "/obligations/", f"/obligations/{late.pk}/"),
        *("/reminders/", "/reminders/preview/", "/jobs/", f"/jobs/{job.pk}/"),
    ]
    if user.role == User.Role.OFFICER:
        found += ["/matches/", f"/records/decide/?submission={amendment.submission_id}", "/threads/"]
    return found


@pytest.mark.parametrize("factory", [OfficerFactory, ManagerFactory])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_accessible(
    server: str, visit: Callable[..., Visitor], factory: type[OfficerFactory], width: int
) -> None:
    user = factory(language="zh-hans")
    visitor = visit(user, width=width)
    for path in pages(user):
        page = visitor.go(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        accessible(visitor)
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{path} is wider than the screen"


def test_a_partner_reads_why_and_what_to_do(server: str, visit: Callable[..., Visitor]) -> None:
    [record] = reported(1)
    clerk = PartnerFactory(organisation=record.organisation, language="zh-hans")
    officer = Caller(OfficerFactory())
    assert officer.post(f"records/{record.pk}/return/", {"reason": REASON}, format="json").status_code == 200
    visitor = visit(clerk)
    page = visitor.go("/records/")
    expect(row_of(page, record)).to_contain_text(REASON)
    accessible(visitor)
    row_of(page, record).get_by_role("link").click()
    expect(page.get_by_text("可在此修正，也可在下次上传时重新报送")).to_be_visible()
    accessible(visitor)
    visitor.picture("officer-record-partner-zh")
