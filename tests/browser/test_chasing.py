"""Chasing a late partner from the board, and a partner's scorecard, in front of the screen."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from backend import clock
from backend.accounts import scope
from backend.accounts.models import Organisation
from programs.contacting.models import CallNote
from programs.periods.models import Extension, Obligation
from programs.reminders.models import Reminder
from tests.browser.conftest import Visitor
from tests.factories import OfficerFactory, OrganisationFactory, PartnerFactory, PeriodFactory, ProgrammeFactory
from tests.programs.desks.officer.world import owed

WORDS = {
    "zh-hans": {
        "unfold": "通话、延期与往来",
        "nobody": "未联系上",
        "promise": "承诺上报",
        "note": "说明",
        "promised": "承诺 {day} 前上报",
        "extend": "延期",
        "later": "截止日期",
        "reason": "理由",
        "remind": "立即催报",
        "sent": "催报邮件正在发往 clerk@example.com。",
        "course": "一次通过率",
        "figures": "数据表",
    },
    "en": {
        "unfold": "Call, extend, history",
        "nobody": "Not reached",
        "promise": "Promised",
        "note": "Note",
        "promised": "promised by {day}",
        "extend": "Extend",
        "later": "Due on",
        "reason": "Reason",
        "remind": "Remind Guizhou University",
        "sent": "A reminder is on its way to clerk@example.com.",
        "course": "Taken at once",
        "figures": "The figures",
    },
}


def university(code: str = "GZU", **values: object) -> Organisation:
    contacts = [
        {"name": "岑若溪", "role": "填报人", "email": "clerk@example.com", "phone": "0851-8888 0000"},
        {"name": "段明远", "role": "leader", "email": "leader@example.com", "phone": ""},
    ]
    named = {"name_zh": "贵州大学", "name_en": "Guizhou University", "contacts": contacts}
    return OrganisationFactory(**{"code": code, "kind": "university", **named, **values})


def past(body: Organisation, many: int) -> None:
    """So many earlier reports, each second one late."""
    for place in range(many):
        on_time = place % 2 == 0
        owed(body, -60 - 30 * place, state="reported", on_time=on_time, settled_at=clock.now())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_officer_calls_extends_and_reminds_from_the_board(
    server: str, visit: Callable[..., Visitor], language: str
) -> None:
    words = WORDS[language]
    body = university()
    past(body, 7)
    late = owed(body, -3, code="2019-Q1")
    today = clock.today()
    ProgrammeFactory(
        organisations=[body], starts_on=today - dt.timedelta(days=400), ends_on=today + dt.timedelta(days=400)
    )
    visitor = visit(OfficerFactory(language=language), language)
    page = visitor.go("/obligations/?overdue=true")
    row = page.locator(f"#owed-{late.pk}")
    row.get_by_text(words["unfold"]).click()
    expect(row.get_by_text("岑若溪")).to_be_visible()
    visitor.accessible()

    # Nobody answers: one click, and the page stays where it is.
    row.get_by_label(words["note"], exact=True).fill("彩铃响了两次")
    row.get_by_role("button", name=words["nobody"]).click()
    expect(row.locator("[role=status]")).to_be_visible()
    expect(row.locator("[role=status]")).to_be_focused()
    expect(row.get_by_text("彩铃响了两次")).to_be_visible()
    assert page.url.endswith("/obligations/?overdue=true")

    # Then somebody promises, by the day that is filled in beforehand.
    by = row.locator("[name=promised_on]").input_value()
    row.get_by_role("button", name=words["promise"]).click()
    expect(row.locator("td").get_by_text(words["promised"].format(day=by)).first).to_be_visible()
    with scope.everything():
        assert list(CallNote.objects.order_by("pk").values_list("outcome", flat=True)) == ["not_reached", "promised"]
    visitor.accessible()
    visitor.picture(f"chase-called-{language}")

    # More time for this one alone.
    later = today + dt.timedelta(days=6)
    row.get_by_label(words["later"]).fill(later.isoformat())
    row.get_by_label(words["reason"]).fill("校历调整")
    row.get_by_role("button", name=words["extend"], exact=True).click()
    expect(row.locator("[role=status]")).to_contain_text(later.isoformat())
    with scope.everything():
        assert Extension.objects.get().organisation_id == body.pk
        assert Obligation.objects.get(pk=late.pk).due_on == later
    visitor.accessible()

    row.get_by_role("button", name=words["remind"]).click()
    expect(page.get_by_role("status").filter(has_text=words["sent"])).to_be_visible()
    with scope.everything():
        assert Reminder.objects.filter(obligation=late, stage__startswith="by_hand").count() == 1
    page = visitor.go(f"/obligations/{late.pk}/")
    expect(page.get_by_text("彩铃响了两次")).to_be_visible()
    visitor.accessible()
    visitor.picture(f"chase-one-{language}")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_partner_looks_at_its_scorecard(server: str, visit: Callable[..., Visitor], language: str) -> None:
    body = university()
    others = [university(f"U{n}", name_zh=f"第{n}大学", name_en=f"University {n}") for n in range(6)]
    today = clock.today()
    for place in range(6):
        ends = today - dt.timedelta(days=60 + 90 * place)
        span = {"starts_on": ends - dt.timedelta(days=89), "ends_on": ends, "due_on": ends + dt.timedelta(days=20)}
        period = PeriodFactory(code=f"Q{6 - place}", frequency="quarter", **span)
        with scope.everything():
            for number, one in enumerate([body, *others]):
                on_time = (place + number) % 3 != 0
                values = {"state": "reported", "on_time": on_time, "settled_at": clock.now()}
                Obligation.objects.create(organisation=one, period=period, due_on=period.due_on, **values)
    visitor = visit(PartnerFactory(organisation=body, language=language), language)
    page = visitor.page
    page.goto(f"{server}/scorecards/")
    expect(page.locator(".measure")).to_have_count(5)
    expect(page.locator("#on_time-chart canvas")).to_be_visible()
    words = WORDS[language]
    expect(page.get_by_role("heading", name=words["course"])).to_be_visible()
    assert "第1大学" not in page.content()
    assert "University 1" not in page.content()
    page.locator(".measure summary").first.click()
    expect(page.locator(".measure table").first.locator("tbody tr")).to_have_count(6)
    visitor.accessible()
    visitor.picture(f"scorecard-own-{language}")
    officer = visit(OfficerFactory(language=language), language)
    page = officer.go("/scorecards/?kind=university")
    expect(page.locator("tbody tr")).to_have_count(7)
    officer.accessible()
    officer.picture(f"scorecards-{language}")
    page.get_by_role("link", name="U2 ", exact=False).or_(page.locator("a[href^='/scorecards/U2/']")).first.click()
    expect(page.locator(".measure")).to_have_count(5)
    officer.accessible()
