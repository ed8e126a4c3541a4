"""A partner whose rows fail what may be set, and an officer who sets it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.accounts.models import User
from programs.intake import services
from programs.intake.models import Override, Replay
from programs.submissions.models import Submission
from tests.factories import OfficerFactory
from tests.support.partner import Partner, Row

STARTS, ENDS = dt.date(2019, 1, 1), dt.date(2019, 12, 31)


@pytest.fixture
def partner(db: None, run_jobs: Callable[[], int]) -> Partner:
    return Partner(run_jobs)


@pytest.fixture
def officer(db: None) -> User:
    return OfficerFactory()


Set = Callable[..., Any]


@pytest.fixture
def set_rule(officer: User) -> Set:
    """``set_rule("E09", "warning")``: set for every period, unless days are given."""

    def act(rule: str, severity: str, from_on: dt.date = dt.date(2018, 1, 1), until_on: dt.date | None = None) -> Any:
        with scope.everything():
            return services.set_severity(
                actor=officer, rule=rule, severity=severity, from_on=from_on, until_on=until_on, reason="试行"
            )

    return act


@pytest.fixture
def replayed(officer: User, run_jobs: Callable[[], int]) -> Callable[..., Replay]:
    """``replayed("E09", "warning")``: a replay over 2019 that is done."""

    def act(rule: str, severity: str, from_on: dt.date = STARTS, until_on: dt.date = ENDS) -> Replay:
        with scope.everything():
            replay = services.start_replay(
                actor=officer, rule=rule, severity=severity, from_on=from_on, until_on=until_on
            )
        run_jobs()
        with scope.everything():
            return Replay.objects.select_related("job").get(pk=replay.pk)

    return act


def early(partner: Partner, n: int, **changes: Any) -> Row:
    """A row that E09 refuses: it ended before its cohort began."""
    return partner.row(n, started_on="2018-11-01", completed_on="2018-12-01", **changes)


def late(partner: Partner, n: int) -> Row:
    """A row that W03 warns of: it was completed long before the period."""
    return partner.row(n, completed_on="2019-01-31")


def ask(partner: Partner, submission: int, rule: str = "E09") -> Override:
    """The partner asks for an exception."""
    with scope.within(partner.organisation.pk):
        return services.ask_override(
            actor=partner.clerk,
            submission=Submission.objects.get(pk=submission),
            rule=rule,
            explanation="班次提前开班，有批文。",
        )
