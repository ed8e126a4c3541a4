"""Who reads submissions and means talent records: rows of another template are no report of a period."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from backend import clock
from backend.accounts import scope
from backend.jobs.models import Job
from programs.intake.handlers import IDENTIFY
from programs.intake.layout import Column
from programs.intake.templates.template import Template, forget, register
from programs.periods.models import Obligation
from programs.records.lateness import By, late_people
from programs.reminders.kinds.subject import Window
from programs.reminders.kinds.submissions import Unconfirmed
from programs.scorecards.figures import cards
from programs.submissions.models import Submission
from programs.targets import explaining
from programs.targets.gap_models import EVERY_TARGET, LASTING, Gap
from tests.factories import OfficerFactory, PeriodFactory
from tests.programs.checklists.test_lists import asked
from tests.programs.intake.templates.cohorts import COHORTS
from tests.programs.intake.templates.planner import Planner
from tests.support.http import Caller, code_of
from tests.support.partner import API

PLANS = replace(COHORTS, code="cohort-plans/1", periodic=True)
"""The same rows, for a period."""
GUESTS = Template(
    code="guests/1",
    zh="来宾",
    en="Guests",
    columns=(
        Column("name", "姓名", "Name", "yes", "name"),
        Column("id_type", "证件类型", "ID type", "yes", "code"),
        Column("id_number", "证件号码", "ID number", "yes", "number_text", masked=True),
    ),
    document=("id_type", "id_number"),
)


@pytest.fixture
def plans(db: Any) -> Iterator[Template]:
    register(PLANS)
    yield PLANS
    forget(PLANS)


@pytest.fixture
def guests(db: Any) -> Iterator[Template]:
    register(GUESTS)
    yield GUESTS
    forget(GUESTS)


def owed(planner: Planner) -> tuple[str, int | None]:
    with scope.everything():
        found = Obligation.objects.get(organisation=planner.organisation)
        return found.state, found.submission_id


def gap(planner: Planner) -> dict[str, int]:
    with scope.everything():
        explaining.explain()
        found = Gap.objects.filter(organisation=planner.organisation, target_id=EVERY_TARGET, ended_at=LASTING)
        return dict(found.values_list("reason", "amount"))


def test_only_talent_records_report_a_period(plans: Template, run_jobs: Callable[[], int]) -> None:
    planner = Planner(run_jobs)
    with scope.everything():
        Obligation.objects.create(
            organisation=planner.organisation, period=planner.period, due_on=planner.period.due_on
        )
    bad = planner.plan(2, capacity="viele")
    options: dict[str, Any] = {"template": PLANS.code, "period": planner.period.code, "confirm": "auto"}
    sent = planner.hand_in([planner.plan(1), bad], **options)
    assert (sent["period"], sent["status"]) == (planner.period.code, "partly_accepted")
    assert owed(planner) == ("missing", None)
    assert gap(planner) == {"not_submitted": 1}
    with scope.everything():
        [card] = cards([planner.period.pk])
    assert (card.first_pass, card.counts["rows"]) == (None, 0)
    assert not Job.objects.filter(kind=IDENTIFY).exists()

    reported = planner.report([planner.row(1), planner.row(2, district="火星区"), planner.row(3, district="火星区")])
    planner.hand_in([planner.plan(3), bad], **options)
    assert owed(planner) == ("reported", reported["id"])
    assert gap(planner)["failing_checks"] == 2, "the later plan has one bad row, and is not what was asked for"
    with scope.everything():
        [card] = cards([planner.period.pk])
    assert (card.counts["rows"], card.counts["first_passed"]) == (3, 1)


def test_who_was_late_is_judged_by_reports_alone(plans: Template, run_jobs: Callable[[], int]) -> None:
    planner = Planner(run_jobs)
    first, second = (
        planner.period,
        PeriodFactory(
            code="2019-Q2", starts_on=dt.date(2019, 4, 1), ends_on=dt.date(2019, 6, 30), due_on=dt.date(2019, 7, 12)
        ),
    )
    planner.hand_in([planner.plan(1)], template=PLANS.code, period=first.code, confirm="auto")
    planner.period = second
    planner.report([planner.row(1, completed_on="2019-03-29")])
    with scope.everything():
        # As if the plan had been committed between the report and what it brought.
        at = Submission.objects.get(template=PLANS.code).committed_at
        reported = Submission.objects.get(period=second)
        assert at is not None
        Submission.objects.filter(template=PLANS.code).update(committed_at=reported.committed_at)
        Submission.objects.filter(period=second).update(committed_at=clock.now())
        [row] = late_people(OfficerFactory(), By.PERIOD)
    assert (row["key"], row["late"]) == (second.code, 1)


def test_what_waits_without_a_period_is_called_by_its_template(planner: Planner) -> None:
    sent = planner.hand_in([planner.plan(1)])
    now = clock.now()
    with scope.everything():
        [subject] = Unconfirmed().open(Window(now, now, lambda rows: rows, bureau=False))
    assert Unconfirmed().subject_line(subject, "en") == (
        f"Submission {sent['id']} for Planned cohorts waits to be confirmed: {planner.organisation.name_en}"
    )
    with translation.override("zh-hans"):
        assert Unconfirmed().names(subject, "zh-hans", "submitter", clock.today())["period"] == "班次计划"


def test_what_is_no_record_is_not_withdrawn(planner: Planner) -> None:
    sent = planner.hand_in([planner.plan(1)], confirm="auto")
    answer = planner.api.post(f"{API}submissions/{sent['id']}/withdraw/", {"reason": "误报"}, format="json")
    assert (answer.status_code, code_of(answer)) == (409, "conflict")
    assert "Planned cohorts" in answer.json()["detail"]
    assert planner.submission(sent["id"])["withdrawn_at"] is None


def test_people_of_other_rows_were_not_reported(guests: Template, run_jobs: Callable[[], int]) -> None:
    planner = Planner(run_jobs)
    row = planner.row(1)
    guest = {code: row[code] for code in ("name", "id_type", "id_number")}
    planner.post([guest], template=GUESTS.code)
    [line] = asked(Caller(planner.clerk), run_jobs, [guest])
    assert line["why"] == ["not_reported"]


def test_a_rule_is_tried_on_what_has_no_period_and_an_exception_granted(planner: Planner) -> None:
    planner.hand_in([planner.plan(1), planner.plan(2)], confirm="auto")
    days = {"from_on": "2000-01-01", "until_on": clock.today().isoformat()}
    body = {"severity": "error", "reason": "不得减少", "from_on": "2000-01-01"}
    assert planner.officer.post(f"{API}rules/T04/severity/", body, format="json").status_code == 201
    sent = planner.hand_in([planner.plan(1, capacity="20")])
    assert sent["counts"]["rejected"] == 1

    replay = planner.officer.post(f"{API}replays/", {"rule": "T04", "severity": "off", **days}, format="json").json()
    planner.run_jobs()
    [hit] = planner.officer.get(f"{API}replays/{replay['id']}/hits/").json()["results"]
    assert (hit["submission"], hit["period"], hit["found"], hit["newly_accepted"]) == (sent["id"], None, 1, 1)

    body = {"rule": "T04", "explanation": "教室改建"}
    asked_for = planner.api.post(f"{API}submissions/{sent['id']}/overrides/", body, format="json")
    assert (asked_for.status_code, asked_for.json()["period"]) == (201, None), asked_for.content
    granted = planner.officer.post(f"{API}overrides/{asked_for.json()['id']}/grant/", {"reason": "同意"}, format="json")
    assert granted.status_code == 200, granted.content
    assert planner.submission(sent["id"])["counts"] | {"accepted_with_warnings": 1} == {
        "rows": 1,
        "accepted": 1,
        "accepted_with_warnings": 1,
        "unchanged": 0,
        "rejected": 0,
    }
