"""A year's holidays entered by hand: what is refused, which due days move, which await a decision."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts import scope
from backend.audit.models import AuditEntry
from backend.reference.models import Holiday, HolidayYear
from backend.reference.services import load_reference
from programs.periods.calendar import Calendar
from programs.periods.models import Obligation, Period
from programs.periods.recounting import recount_due_days
from tests.factories import OfficerFactory, OrganisationFactory, PartnerFactory, ProgrammeFactory
from tests.support.browsing import faults, signed_in, words
from tests.support.partner import API, client_of

pytestmark = pytest.mark.django_db
YEAR = 2040
"""No table of it is shipped, and it is to come."""
ADDRESS = f"{API}holidays/{YEAR}/"


def days(*more: tuple[str, str]) -> list[dict[str, str]]:
    rows = [(f"{YEAR}-10-01", "off"), *more]
    return [{"day": day, "name_zh": "假", "kind": kind} for day, kind in rows]


@pytest.fixture
def officer() -> Any:
    return client_of(OfficerFactory())


@pytest.fixture
def quarter(officer: Any) -> str:
    """A quarter whose due day is an estimate: ten working days after 31 March 2040."""
    ProgrammeFactory(organisations=[OrganisationFactory(code="A")], ends_on=dt.date(YEAR, 12, 31))
    span = {"from": f"{YEAR}-01-01", "to": f"{YEAR}-03-31"}
    officer.post(
        f"{API}periods/generate/", {"frequency": "quarter", "working_days_after_end": 10, **span}, format="json"
    )
    period = Period.objects.get(code=f"{YEAR}-Q1")
    assert period.provisional
    return period.code


def put(officer: Any, rows: list[dict[str, str]], reason: str = "国办发明电〔2039〕8号") -> Any:
    return officer.put(ADDRESS, {"days": rows, "reason": reason}, format="json")


def test_an_estimate_is_counted_anew_and_what_is_owed_follows(officer: Any, quarter: str) -> None:
    before = Period.objects.get(code=quarter).due_on
    table = days(*((f"{YEAR}-04-{day:02d}", "off") for day in (4, 5, 6)), (f"{YEAR}-04-14", "makeup_workday"))
    answer = put(officer, table)
    assert answer.status_code == 200, answer.content
    period = Period.objects.get(code=quarter)
    # By hand: April 2040 begins on a Sunday; 2, 3 (4 to 6 off), 9 to 13, 14 made up, 16, 17 are the ten.
    assert period.due_on == dt.date(YEAR, 4, 17)
    assert not period.provisional
    assert answer.json()["moved"] == [{"period": quarter, "due_on": str(before), "counted": "2040-04-17"}]
    assert answer.json()["to_confirm"] == []
    with scope.everything():
        assert Obligation.objects.get().due_on == dt.date(YEAR, 4, 17)
        entry = AuditEntry.objects.get(action="holiday.enter")
        assert (entry.detail["year"], entry.detail["reason"]) == (YEAR, "国办发明电〔2039〕8号")
        assert AuditEntry.objects.filter(action="period.recount").count() == 1
    shown = officer.get(ADDRESS).json()
    assert (shown["published"], shown["by_hand"], shown["note"], shown["days_known"]) == (True, True, "", 5)


def test_a_correction_of_what_was_told_is_shown_and_not_done(officer: Any, quarter: str) -> None:
    put(officer, days())
    told = Period.objects.get(code=quarter)
    assert not told.provisional
    answer = put(officer, days((f"{YEAR}-04-04", "off"), (f"{YEAR}-04-05", "off")), "更正")
    assert answer.json()["moved"] == []
    [one] = answer.json()["to_confirm"]
    assert (one["period"], one["due_on"]) == (quarter, str(told.due_on))
    assert Period.objects.get(code=quarter).due_on == told.due_on
    assert "do not agree with the tables" in words(signed_in(OfficerFactory()).get("/holidays/"))
    officer.patch(f"{API}periods/{quarter}/", {"due_on": one["counted"]}, format="json")
    assert put(officer, days((f"{YEAR}-04-04", "off"), (f"{YEAR}-04-05", "off"))).json()["to_confirm"] == []


def test_a_due_day_set_by_hand_is_nobodys_estimate(officer: Any, quarter: str) -> None:
    officer.patch(f"{API}periods/{quarter}/", {"due_on": f"{YEAR}-04-30"}, format="json")
    answer = put(officer, days((f"{YEAR}-04-04", "off"))).json()
    assert answer["moved"] == answer["to_confirm"] == []
    assert Period.objects.get(code=quarter).due_on == dt.date(YEAR, 4, 30)


def test_an_estimate_from_before_counts_were_kept_moves_as_well(officer: Any, quarter: str) -> None:
    Period.objects.update(working_days=None)
    before = Period.objects.get(code=quarter).due_on
    moved = put(officer, days(*((f"{YEAR}-04-{day:02d}", "off") for day in (4, 5, 6)))).json()["moved"]
    assert [one["due_on"] for one in moved] == [str(before)]
    assert Period.objects.get(code=quarter).working_days == 10


def test_a_locked_period_stays(officer: Any, quarter: str) -> None:
    before = Period.objects.get(code=quarter).due_on
    officer.post(f"{API}periods/{quarter}/lock/", {"reason": "结账"}, format="json")
    put(officer, days((f"{YEAR}-04-04", "off"), (f"{YEAR}-04-05", "off")))
    assert Period.objects.get(code=quarter).due_on == before


def test_the_nightly_count_does_the_same_for_a_table_that_was_shipped(officer: Any, quarter: str) -> None:
    with scope.everything():
        Holiday.objects.create(day=dt.date(YEAR, 10, 1), name_zh="国庆节", kind="off")
        Holiday.objects.create(day=dt.date(YEAR, 4, 5), name_zh="清明节", kind="off")
        recount_due_days(actor=None)
        assert not Period.objects.get(code=quarter).provisional
        assert recount_due_days(actor=None).moved == []


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (days((f"{YEAR + 1}-01-01", "off")), "other_year"),
        (days((f"{YEAR}-10-01", "off")), "twice"),
        (days((f"{YEAR}-10-08", "makeup_workday")), "not_a_weekend"),  # a Monday
        ([{"day": f"{YEAR}-05-01", "name_zh": "劳动节", "kind": "off"}], "incomplete"),
    ],
)
def test_what_is_no_years_table_is_refused(officer: Any, rows: list[dict[str, str]], code: str) -> None:
    answer = put(officer, rows)
    assert answer.status_code == 400
    assert code in [error["code"] for error in answer.json()["errors"]]
    with scope.everything():
        assert not HolidayYear.objects.exists()
        assert not Holiday.objects.filter(day__year=YEAR).exists()


def test_a_reason_is_needed_and_an_officer(officer: Any) -> None:
    assert put(officer, days(), " ").status_code == 400
    assert put(client_of(PartnerFactory()), days()).status_code == 403
    assert officer.get(f"{API}holidays/1950/").status_code == 404


def test_loading_the_shipped_tables_leaves_what_was_entered(officer: Any) -> None:
    put(officer, days((f"{YEAR}-05-01", "off")))
    # A shipped year is corrected as well, and stays as it was corrected.
    shipped = list(Holiday.objects.filter(day__year=2019).order_by("day"))
    kept = [{"day": str(row.day), "name_zh": row.name_zh, "kind": row.kind} for row in shipped if row.day.month != 5]
    body = {"days": kept, "reason": "更正"}
    assert officer.put(f"{API}holidays/2019/", body, format="json").status_code == 200
    load_reference()
    with scope.everything():
        assert Holiday.objects.filter(day__year=YEAR).count() == 2
        assert not Holiday.objects.filter(day__year=2019, day__month=5).exists()
        table = Calendar(dict(Holiday.objects.values_list("day", "kind")))
        assert table.is_working_day(dt.date(2019, 5, 2)), "as it was corrected"
        assert not table.is_working_day(dt.date(2018, 5, 1))


def test_the_page_reads_lines_and_says_what_moved(quarter: str) -> None:
    clerk = signed_in(OfficerFactory())
    page = f"/holidays/{YEAR}/"
    assert "is not out yet" in words(clerk.get(page))
    assert "is not out yet" in words(clerk.get("/periods/"))
    assert "cannot be read" in str(faults(clerk.post(page, {"days": "国庆节", "reason": "x"})))
    assert "National Day" in str(faults(clerk.post(page, {"days": f"{YEAR}-05-01 off 劳动节", "reason": "x"})))
    lines = f"{YEAR}-04-04 to {YEAR}-04-06 off 清明节\n{YEAR}-04-14 班 清明节\n\n{YEAR}-10-01 休 国庆节\n"
    answer = clerk.post(page, {"days": lines, "reason": "通知"})
    assert answer.status_code == 303
    said = words(clerk.get(answer["Location"]))
    assert "The table of 2040 is entered." in said
    assert "2040-Q1" in said
    assert "entered by hand" in said
    shown = words(clerk.get(page))
    assert "2040-04-14 worked instead 清明节" in shown
    assert "is not out yet" not in words(clerk.get("/periods/"))
