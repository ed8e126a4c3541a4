"""Administrators hear once a week who has seen numbers in full."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.clock import BUREAU
from backend.messages.models import Delivery
from talent.people.services import reveal_numbers
from talent.reveals import selectors
from talent.reveals.services import tell
from tests.conftest import Clock
from tests.factories import AdminFactory, OfficerFactory, PersonFactory
from tests.support.http import Caller, code_of

NOW = dt.datetime.now(BUREAU)
MONDAY = selectors.monday_of(NOW.date())


def reveal(officer: User, times: int, reason: str = "核对证件") -> None:
    with everything():
        for _ in range(times):
            reveal_numbers(person=PersonFactory(), reason=reason, actor=officer)


def hours_to_next_monday(hour: int) -> float:
    then = dt.datetime.combine(MONDAY + dt.timedelta(days=7), dt.time(hour), BUREAU)
    return (then - NOW).total_seconds() / 3600


def letters() -> list[Delivery]:
    with everything():
        return list(Delivery.objects.filter(key__startswith="reveals:").order_by("pk"))


@pytest.fixture
def admins(db: None) -> list[User]:
    return [
        AdminFactory(email="a@example.com", language="en"),
        AdminFactory(email="b@example.com", language="zh-hans"),
        AdminFactory(email=""),
    ]


def test_once_a_week_and_each_in_their_language(admins: list[User], clock: Clock) -> None:
    reveal(OfficerFactory(username="officer-li"), 6)
    reveal(OfficerFactory(username="officer-wu"), 1, "复核")
    assert tell() == 0  # the week is not over
    clock.shift(hours=hours_to_next_monday(7))
    assert tell() == 0  # nor is it morning
    clock.shift(hours=hours_to_next_monday(9))
    assert (tell(), tell()) == (2, 0)
    english, chinese = letters()
    assert (english.recipient, chinese.recipient) == ("a@example.com", "b@example.com")
    assert "UNUSUAL: officer-li, 6 times" in english.text
    assert english.text.index("officer-li") < english.text.index("officer-wu")
    assert "复核 × 1" in english.text
    assert chinese.subject != english.subject
    clock.shift(hours=hours_to_next_monday(9) + 24)
    assert tell() == 0


@pytest.mark.parametrize("wanted", [False, True])
def test_where_there_was_none(admins: list[User], clock: Clock, settings: Any, wanted: bool) -> None:
    settings.REVEALS_NONE_TOO = wanted
    clock.shift(hours=hours_to_next_monday(9))
    assert tell() == (2 if wanted else 0)


def test_the_page_and_the_api_show_the_same(admins: list[User]) -> None:
    officer = OfficerFactory(username="officer-li")
    reveal(officer, 2)
    [row] = Caller(admins[0]).get("reveals/").json()["results"]
    assert (row["user"], row["reveals"], row["people"], row["unusual"]) == ("officer-li", 2, 2, False)
    assert row["reasons"] == [{"reason": "核对证件", "times": 2}]
    assert Caller(admins[0]).get("reveals/", {"week": "1999-W01"}).json()["results"] == []
    assert Caller(admins[0]).get("reveals/", {"week": "soon"}).status_code == 400
    assert selectors.week(officer, MONDAY) == []


def test_revealing_is_limited(db: None, settings: Any) -> None:
    settings.REVEALS_AN_HOUR = 1
    officer = Caller(OfficerFactory())
    answers = [
        officer.post(f"people/{PersonFactory().pk}/reveal/", {"reason": "核对"}, format="json") for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert code_of(answers[1]) == "throttled"
