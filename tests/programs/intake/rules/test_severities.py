"""How grave a rule is goes by the period, at the check and at the commit."""

import datetime as dt

import pytest

from backend.accounts import scope
from backend.problems import Conflict, Invalid, NotFound
from programs.intake.rules import RULES, SEVERITIES
from programs.intake.severities import severities_on
from tests.factories import PeriodFactory
from tests.programs.intake.rules.conftest import Set, early
from tests.support.partner import API, Partner

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def counts(submission: dict) -> tuple[int, int, int]:
    """Accepted, of these with warnings, rejected."""
    told = submission["counts"]
    return told["accepted"], told["accepted_with_warnings"], told["rejected"]


def warned(partner: Partner, n: int) -> dict:
    """A row that W05 warns of: its completion names a month alone."""
    return partner.row(n, completed_on="2019年2月")


def test_where_nothing_is_set_the_catalogue_stands() -> None:
    assert severities_on(dt.date(2019, 1, 1)) == dict(SEVERITIES)


def test_a_setting_holds_for_the_periods_that_begin_within_its_days(set_rule: Set) -> None:
    first, last = dt.date(2019, 4, 1), dt.date(2019, 7, 1)
    set_rule("E09", "warning", first, last)
    days = [first - DAY, first, last, last + DAY]
    assert [severities_on(day)["E09"] for day in days] == ["error", "warning", "warning", "error"]


def test_of_several_settings_the_latest_stands_and_the_earlier_stay_known(set_rule: Set, partner: Partner) -> None:
    set_rule("W03", "error", dt.date(2019, 1, 1))
    set_rule("W03", "off", dt.date(2019, 1, 1), dt.date(2019, 3, 31))
    assert severities_on(dt.date(2019, 1, 1))["W03"] == "off"
    assert severities_on(dt.date(2019, 4, 1))["W03"] == "error"
    kept = partner.api.get(f"{API}rule-settings/", {"rule": "W03"}).json()["results"]
    assert [one["severity"] for one in kept] == ["off", "error"]


def test_an_error_lowered_to_a_warning_lets_its_rows_through(partner: Partner, set_rule: Set) -> None:
    assert counts(partner.send([partner.row(0), early(partner, 1)])) == (1, 0, 1)
    set_rule("E09", "warning")
    checked = partner.send([partner.row(0), early(partner, 1)], force=True)
    assert counts(checked) == (2, 1, 0)
    assert {one["severity"] for one in partner.findings(checked["id"]) if one["rule"] == "E09"} == {"warning"}
    taken = partner.confirm(checked["id"])
    assert (taken["status"], counts(taken)) == ("accepted", (2, 1, 0))
    assert len(partner.records()) == 2


def test_a_warning_raised_to_an_error_refuses_rows_at_the_check_and_at_the_commit(
    partner: Partner, set_rule: Set
) -> None:
    rows = [partner.row(0), warned(partner, 1)]
    before = partner.send(rows)
    assert counts(before) == (2, 1, 0)
    set_rule("W05", "error")
    assert counts(partner.send(rows, force=True)) == (1, 0, 1)
    # What was checked before it was set is taken by what is in force when it is taken.
    taken = partner.confirm(before["id"])
    assert (taken["status"], counts(taken)) == ("partly_accepted", (1, 0, 1))
    assert len(partner.records()) == 1


def test_a_rule_that_is_off_finds_nothing(partner: Partner, set_rule: Set) -> None:
    set_rule("E09", "off")
    set_rule("W05", "off")
    checked = partner.send([early(partner, 0), warned(partner, 1)])
    assert (counts(checked), partner.findings(checked["id"])) == ((2, 0, 0), [])


def test_a_setting_for_other_periods_changes_nothing(partner: Partner, set_rule: Set) -> None:
    set_rule("E09", "off", partner.period.starts_on + DAY)
    assert counts(partner.send([early(partner, 0)])) == (0, 0, 1)
    later = PeriodFactory(
        code="2019-Q2", starts_on=dt.date(2019, 4, 1), ends_on=dt.date(2019, 6, 30), due_on=dt.date(2019, 7, 15)
    )
    assert counts(partner.send([early(partner, 0)], period=later.code)) == (1, 0, 0)


def test_w04_refuses_what_another_reported_and_is_silent_when_off(partner: Partner, set_rule: Set) -> None:
    other = Partner(partner.run_jobs)
    assert other.organisation != partner.organisation
    other.report([other.row(1)])
    rows = [partner.row(0), partner.row(1)]
    assert counts(partner.send(rows)) == (2, 1, 0)
    set_rule("W04", "error")
    assert counts(partner.send(rows, force=True)) == (1, 0, 1)
    set_rule("W04", "off")
    silent = partner.send(rows, force=True)
    assert (counts(silent), partner.findings(silent["id"])) == ((2, 0, 0), [])


def test_w06_as_an_error_lets_the_first_holder_stand_with_all_its_rows(partner: Partner, set_rule: Set) -> None:
    set_rule("W06", "error")
    degree = {"education": "硕士研究生毕业", "graduated_on": "2010-07-01", "education_cert_no": "106571201002000001"}
    again = partner.row(
        0, cohort=Partner(partner.run_jobs, partner.organisation, programme=partner.programme).cohort.code
    )
    rows = [partner.row(0, **degree), partner.row(1, **degree), again | degree]
    checked = partner.send(rows)
    assert {(row, rule) for row, rule, _column in partner.found(checked["id"])} == {(3, "W06")}
    assert counts(checked) == (2, 0, 1)


@pytest.mark.parametrize("rule", [code for code, rule in RULES.items() if not rule.adjustable])
def test_a_structural_rule_stays_as_it_is(set_rule: Set, rule: str) -> None:
    with pytest.raises(Conflict, match=rule):
        set_rule(rule, "off")


def test_what_cannot_be_set_is_refused_with_a_sentence(set_rule: Set) -> None:
    with pytest.raises(NotFound):
        set_rule("E99", "off")
    with pytest.raises(Invalid):
        set_rule("E09", "fatal")
    with pytest.raises(Invalid):
        set_rule("E09", "off", dt.date(2019, 2, 1), dt.date(2019, 1, 1))


def test_the_list_says_what_is_in_force_in_the_readers_language(partner: Partner, set_rule: Set) -> None:
    set_rule("W01", "error")
    answer = partner.api.get(f"{API}rules/W01/", headers={"accept-language": "zh-hans"}).json()
    assert (answer["severity"], answer["in_force"], answer["adjustable"]) == ("warning", "error", True)
    assert answer["title"] == RULES["W01"].title_zh
    listed = partner.api.get(f"{API}rules/", {"limit": 100}).json()["results"]
    assert [one["code"] for one in listed] == list(RULES)
    with scope.everything():
        assert partner.api.get(f"{API}rules/E99/").status_code == 404
