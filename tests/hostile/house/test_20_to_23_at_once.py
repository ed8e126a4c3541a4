"""Hostile tests 20 to 23: the same thing from many sides at one moment, over HTTP."""

import uuid
from collections.abc import Callable

from django.db.models import Count

from backend.accounts import scope
from backend.accounts.models import User
from programs.records.models import Decision, Record
from programs.submissions.models import Submission
from programs.targets.models import LedgerEntry
from talent.people.models import IdentityDocument
from tests.factories import ManagerFactory, OfficerFactory
from tests.hostile.house.clerk import Clerk, Visitor, at_once
from tests.hostile.table import Tell
from tests.support.partner import as_csv
from tests.support.workers import wait_for

Hire = Callable[[], Clerk]
Visit = Callable[[User], Visitor]


def test_20_the_same_file_from_twelve_sides_is_one_batch(clerk: Clerk, tell: Tell) -> None:
    data = as_csv([clerk.row(n) for n in range(5)])
    answers = at_once(12, lambda _place: clerk.upload(data, confirm="auto"))
    [taken] = [answer for answer in answers if answer.status_code == 202]
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert len(refused) == 11
    assert {problem["existing"] for problem in refused} == {taken.json()["id"]}
    assert clerk.taken_in(taken)["counts"]["accepted"] == 5
    with scope.everything():
        assert Submission.objects.filter(organisation=clerk.partner.organisation).count() == 1
        assert Record.objects.filter(organisation=clerk.partner.organisation).count() == 5
    tell(20, struck="one file from twelve threads at once", acknowledged="1 of 12 (11 × 409)", survived="one batch")


def test_21_one_key_from_fifty_threads_is_one_record(clerk: Clerk, tell: Tell) -> None:
    data, key = as_csv([clerk.row(1)]), {"Idempotency-Key": uuid.uuid4().hex}
    answers = at_once(50, lambda _place: clerk.upload(data, confirm="auto", headers=key))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers].count(None) == 1
    assert clerk.taken_in(answers[0])["counts"]["accepted"] == 1
    assert len(clerk.records()) == 1
    with scope.everything():
        assert Submission.objects.filter(organisation=clerk.partner.organisation).count() == 1
    tell(21, struck="one POST with one key from fifty threads", acknowledged="50 equal replies", survived="one record")


def test_22_a_person_of_two_universities_is_counted_once(hire: Hire, visit: Visit, tell: Tell) -> None:
    one, other = hire(), hire()
    manager, officer = visit(ManagerFactory()), visit(OfficerFactory())
    own = {"programme": other.partner.programme.code, "cohort": other.partner.cohort.code}
    sent = at_once(2, lambda place: [one, other][place].send([one.row(1, **(own if place else {}))], confirm="auto"))
    assert [shown["counts"]["accepted"] for shown in sent] == [1, 1]
    people = {clerk.records()[0]["person"] for clerk in (one, other)}
    assert len(people) == 1
    body = {"ids": [clerk.records()[0]["id"] for clerk in (one, other)], "decision": "verify"}
    assert officer.call("POST", "records/decide/", json=body).status_code in (200, 202)
    person = people.pop()

    def counted() -> int:
        with scope.everything():
            return LedgerEntry.objects.filter(person_id=person, target__code="all").count()

    wait_for(counted, 60, "the person to be counted")
    with scope.everything():
        assert IdentityDocument.objects.filter(person_id=person).count() == 1
        deltas = LedgerEntry.objects.filter(person_id=person, target__code="all").values_list("delta", flat=True)
        assert sum(deltas) == 1
    credited = [
        row["key"]
        for row in manager.call("GET", "targets/all/breakdown/?by=organisation").json()["results"]
        if row["key"] in {one.partner.organisation.code, other.partner.organisation.code} and row["achieved"]
    ]
    assert len(credited) == 1
    tell(22, struck="one person from two universities at once", acknowledged="2 uploads", survived="counted once")


def test_23_of_two_officers_with_opposite_decisions_one_wins(clerk: Clerk, visit: Visit, tell: Tell) -> None:
    officers = [visit(OfficerFactory()) for _ in range(2)]
    clerk.send([clerk.row(n) for n in range(8)], confirm="auto")
    for record in clerk.records():
        here = f"records/{record['id']}/"
        answers = at_once(
            2,
            lambda place: officers[place].call(
                "POST",
                here + ("reject/" if place else "verify/"),  # noqa: B023 - called before the next turn
                json={"reason": "核查不符"},
            ),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        winner = "verified" if answers[0].status_code == 200 else "rejected"
        [loser] = [answer for answer in answers if answer.status_code == 409]
        assert loser.json()["state"] == winner
        assert officers[0].call("GET", here).json()["state"] == winner
    with scope.everything():
        decided = Decision.objects.filter(record__organisation=clerk.partner.organisation)
        assert set(decided.values("record").annotate(times=Count("id")).values_list("times", flat=True)) == {1}
    tell(
        23,
        struck="eight records, two officers with opposite decisions at once",
        acknowledged="8 decisions (8 × 409)",
        survived="the one that was acknowledged, each time",
    )
