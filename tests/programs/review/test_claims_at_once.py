"""Officers who meet: claims, decisions, undoing and second looks in real threads on real transactions."""

from typing import Any

import pytest

from backend.accounts.models import User
from backend.accounts.scope import everything
from programs.records.claims import Claim, FirstVerification
from programs.records.models import Decision, Record, Undoing
from programs.review import settings
from tests.factories import AdminFactory, OfficerFactory
from tests.programs.desks.officer.world import fresh, reported
from tests.support.http import Caller
from tests.support.together import together

pytestmark = pytest.mark.usefixtures("fresh_database")
WHY = {"reason": "证书不符。"}


def callers(count: int) -> list[Caller]:
    return [Caller(OfficerFactory()) for _ in range(count)]


def post(caller: Caller, path: str, **body: Any) -> Any:
    return caller.post(path, body, format="json")


def test_ten_who_take_the_next_get_each_record_once() -> None:
    records = reported(65)
    officers = callers(10)
    answers = together(*(lambda one=one: post(one, "claims/next/", count=8).json() for one in officers))
    given = [id for answer in answers for id in answer["ids"]]
    assert len(given) == len(set(given)) == 65
    assert set(given) == {one.pk for one in records}
    with everything():
        held = list(Claim.objects.values_list("officer", "record"))
    assert len(held) == 65
    assert max(len(answer["ids"]) for answer in answers) <= 8


def test_of_two_who_claim_the_same_one_holds_it() -> None:
    first, second = callers(2)
    for _ in range(8):
        ids = [one.pk for one in reported(6)]
        answers = together(
            lambda: post(first, "claims/", ids=ids).json(),  # noqa: B023 - called before the next turn
            lambda: post(second, "claims/", ids=ids[::-1]).json(),  # noqa: B023
        )
        assert sorted(id for answer in answers for id in answer["ids"]) == ids
        assert sorted(one["id"] for answer in answers for one in answer["held"]) == ids


def test_a_claim_that_meets_a_decision() -> None:
    first, second = callers(2)
    for _ in range(10):
        [record] = reported(1)
        claimed, decided = together(
            lambda: post(first, "claims/", ids=[record.pk]),  # noqa: B023
            lambda: post(second, f"records/{record.pk}/verify/"),  # noqa: B023
        )
        assert claimed.status_code == 200
        if decided.status_code == 200:
            assert fresh(record).state == "verified"
        else:
            assert (decided.status_code, fresh(record).state) == (409, "submitted")
            assert decided.json()["held_by"]


def test_of_two_who_undo_one_does() -> None:
    first, second = callers(2)
    for _ in range(8):
        records = reported(4)
        ids = [one.pk for one in records]
        run = post(first, "records/decide/", ids=ids, decision="verify").json()["run"]
        answers = together(
            lambda: post(first, f"decision-runs/{run}/undo/").json(),  # noqa: B023
            lambda: post(second, f"decision-runs/{run}/undo/", **WHY).json(),  # noqa: B023
        )
        assert sorted(answer["undone"] for answer in answers) == [0, 4]
        with everything():
            assert Undoing.objects.filter(record__in=ids).count() == 4
            assert set(Record.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"submitted"}


def test_undoing_that_meets_a_new_decision() -> None:
    first, second = callers(2)
    for _ in range(10):
        [record] = reported(1)
        post(first, f"records/{record.pk}/verify/")
        undone, revoked = together(
            lambda: post(first, f"records/{record.pk}/undo/"),  # noqa: B023
            lambda: post(second, f"records/{record.pk}/revoke/", **WHY),  # noqa: B023
        )
        state = fresh(record).state
        if undone.status_code == 200:
            assert (revoked.status_code, state) == (409, "submitted")
        else:
            # Too late for it: what the colleague decided meanwhile is another decision.
            assert undone.status_code in (400, 409)
            assert (revoked.status_code, state) == (200, "revoked")


def test_of_two_first_looks_one_is_the_second() -> None:
    with everything():
        settings.change(actor=AdminFactory(), second_officer=True)
    first, second = callers(2)
    for turn in range(8):
        [record] = reported(1, high_end=True)
        path, body = (f"records/{record.pk}/verify/", {})
        if turn % 2:
            path, body = "records/decide/", {"ids": [record.pk], "decision": "verify"}
        answers = together(*(lambda one=one: post(one, path, **body) for one in (first, second)))  # noqa: B023
        assert [answer.status_code for answer in answers] == [200, 200]
        assert fresh(record).state == "verified"
        with everything():
            assert Decision.objects.filter(record=record).count() == 1
            assert FirstVerification.objects.filter(record=record).count() == 1


def test_one_officer_twice_at_once_is_no_second_officer() -> None:
    with everything():
        settings.change(actor=AdminFactory(), second_officer=True)
    officer: User = OfficerFactory()
    for _ in range(6):
        [record] = reported(1, high_end=True)
        answers = together(*(lambda: post(Caller(officer), f"records/{record.pk}/verify/") for _ in range(3)))  # noqa: B023
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
        assert fresh(record).state == "submitted"
