"""Officers, partners and the settler at the same persons at the same moment: real threads, real transactions."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from backend.accounts import scope
from backend.accounts.models import User
from backend.problems import Conflict
from programs.intake import assessing
from programs.intake.templates import talent_engine
from programs.records.models import Record
from programs.targets.recount import recount
from programs.targets.services import settle
from talent.people import answering, merging
from talent.people.models import MatchCase, Merge, Person
from tests.factories import OfficerFactory, PairFactory, PersonFactory
from tests.support.partner import API, Partner
from tests.support.together import together

PATIENCE = 60


def met(*acts: Callable[[], Any]) -> list[Any]:
    """What came of acts that meet, each in everybody's scope, or what it raised."""
    return together(*(partial(_outcome, act) for act in acts))


def _outcome(act: Callable[[], Any]) -> Any:
    try:
        with scope.everything():
            return act()
    except Exception as error:  # noqa: BLE001 - looked at by the test
        return error


def pair(one: Person, other: Person) -> MatchCase:
    first, second = sorted((one, other), key=lambda person: person.pk)
    return PairFactory(person=first, other=second)


def answer(case: MatchCase, state: str, officer: User) -> Callable[[], Any]:
    return lambda: answering.settle_match(case_id=case.pk, state=state, actor=officer)


def canonical() -> dict[int, int | None]:
    with scope.everything():
        return dict(Person.objects.values_list("pk", "canonical_id"))


def test_officers_at_one_moment(fresh_database: str) -> None:
    one, two = OfficerFactory(), OfficerFactory()
    people = [PersonFactory() for _place in range(8)]

    # Two officers settle one case in two ways: one of them is told that it was settled.
    case = pair(people[0], people[1])
    results = met(answer(case, "same", one), answer(case, "different", two))
    refused = [found for found in results if isinstance(found, Conflict)]
    with scope.everything():
        case.refresh_from_db()
        assert (len(refused), case.state) == (1, next(one.state for one in results if isinstance(one, MatchCase)))
        assert Merge.objects.count() == (case.state == "same")

    # Three merges that would close a cycle: the last one finds that they are one already.
    triangle = [pair(people[a], people[b]) for a, b in ((2, 3), (3, 4), (2, 4))]
    results = met(*(answer(case, "same", one) for case in triangle))
    assert all(isinstance(found, MatchCase) for found in results), results
    with scope.everything():
        assert Merge.objects.filter(case__in=triangle).count() == 2
    now = canonical()
    assert [now[people[n].pk] for n in (2, 3, 4)] == [None, people[2].pk, people[2].pk]

    # One splits what another merges further: whichever comes first, nobody leads to somebody who leads on.
    chain = [pair(people[5], people[6]), pair(people[6], people[7])]
    met(answer(chain[0], "same", one))
    results = met(
        answer(chain[1], "same", one),
        lambda: merging.split_person(person_id=people[5].pk, reason="两个人", actor=two),
    )
    assert not [found for found in results if isinstance(found, Exception)], results
    now = canonical()
    assert all(lead is None or now[lead] is None for lead in now.values())


@pytest.fixture
def reported(fresh_database: str, run_jobs: Callable[[], int]) -> tuple[Partner, MatchCase]:
    """Two persons with a verified record each, and the question whether they are one."""
    partner = Partner(run_jobs)
    partner.report([partner.row(1), partner.row(2)])
    partner.decide("verify")
    with scope.everything():
        first, second = Person.objects.order_by("pk")
    return partner, pair(first, second)


def test_a_merge_meets_a_settler(reported: tuple[Partner, MatchCase], run_jobs: Callable[[], int]) -> None:
    partner, case = reported
    officer = OfficerFactory()
    for record in partner.records():
        partner.officer.post(f"{API}records/{record['id']}/revoke/", {"reason": "核查"}, format="json")
    results = met(answer(case, "same", officer), lambda: settle(wait=True))
    assert not [found for found in results if isinstance(found, Exception)], results
    run_jobs()
    assert recount().agrees
    met(lambda: merging.split_person(person_id=case.person_id, reason="两个人", actor=officer), settle)
    run_jobs()
    assert recount().agrees


def test_a_merge_meets_a_commit_of_the_same_person(
    reported: tuple[Partner, MatchCase], run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    partner, case = reported
    officer = OfficerFactory()
    sent = partner.send([partner.row(2, district="云岩区"), partner.row(3)])
    assessed, merged = threading.Event(), threading.Event()
    original = assessing.assess

    def pausing(*args: Any, **options: Any) -> Any:
        assessment = original(*args, **options)
        assessed.set()
        merged.wait(5)
        return assessment

    def merge() -> None:
        assessed.wait(PATIENCE)
        met(answer(case, "same", officer))
        merged.set()
        connection.close()

    monkeypatch.setattr(talent_engine, "assess", pausing)
    thread = threading.Thread(target=merge)
    thread.start()
    assert partner.confirm(sent["id"])["counts"]["accepted"] == 2
    thread.join(PATIENCE)
    partner.decide("verify")
    run_jobs()
    with scope.everything():
        rows = sorted(Record.objects.values_list("person_id", flat=True))
    # The records keep the rows that they were reported under, and the two count once.
    assert rows[:2] == [case.person_id, case.other_id]
    assert canonical()[case.other_id or 0] == case.person_id
    assert recount().agrees
