"""Merging persons who are one, splitting them again, and the ledger behind both."""

from typing import Any

import pytest

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from programs.targets.models import LedgerEntry
from programs.targets.recount import recount
from programs.targets.services import settle
from talent.people.models import MatchCase, Merge, Person
from tests.factories import (
    AdminFactory,
    ManagerFactory,
    OfficerFactory,
    PairFactory,
    PartnerFactory,
    PersonFactory,
    RecordFactory,
)
from tests.support.http import Caller, code_of
from tests.support.rosters import refresh_roster

Case = MatchCase


@pytest.fixture
def officer(db: None) -> Caller:
    return Caller(OfficerFactory(username="officer-li"))


def pair(one: Person, other: Person, **values: Any) -> MatchCase:
    first, second = sorted((one, other), key=lambda person: person.pk)
    return PairFactory(person=first, other=second, **values)


def persons(count: int) -> list[Person]:
    return [PersonFactory() for _place in range(count)]


def merged(officer: Caller, one: Person, other: Person) -> MatchCase:
    case = pair(one, other)
    answer = officer.post(f"matches/{case.pk}/same/")
    assert answer.status_code == 200, answer.content
    return case


def now(person: Person) -> int:
    with everything():
        return Person.objects.get(pk=person.pk).canonical_id or person.pk


def state(case: MatchCase) -> str:
    with everything():
        return MatchCase.objects.get(pk=case.pk).state


def split(officer: Caller, person: Person, **body: Any) -> Any:
    return officer.post(f"people/{person.pk}/split/", {"reason": "两本护照，两个人", **body}, format="json")


def counted() -> dict[int, int]:
    """Settle, and by person the sum of their entries towards ``all``; the books agree."""
    settle(wait=True)
    assert recount().agrees
    sums: dict[int, int] = {}
    with everything():
        for person, delta in LedgerEntry.objects.filter(target__code="all").values_list("person", "delta"):
            sums[person] = sums.get(person, 0) + delta
    return sums


class TestMerging:
    """``same`` on a pair of persons."""

    def test_the_longest_known_speaks_for_both(self, officer: Caller) -> None:
        one, other = RecordFactory(), RecordFactory()
        case = merged(officer, one.person, other.person)
        assert (now(one.person), now(other.person)) == (one.person_id, one.person_id)
        refresh_roster()
        assert [row["id"] for row in officer.get("people/").json()["results"]] == [one.person_id]
        body = officer.get(f"people/{other.person_id}/").json()
        assert body["id"] == one.person_id
        assert [row["id"] for row in body["records"]] == [one.pk, other.pk]
        assert {row["person"] for row in body["documents"]} == {one.person_id, other.person_id}
        assert [row["match"] for row in body["merges"]] == [case.pk]
        assert body["other_names"] == [other.person.name]
        for person in (one.person, other.person):
            found = officer.get("records/", {"person": person.pk}).json()["results"]
            assert [(row["id"], row["person"]) for row in found] == [
                (other.pk, one.person_id),
                (one.pk, one.person_id),
            ]
        with everything():
            assert [record.person_id for record in (one, other)] == [
                row.person_id for row in type(one).objects.order_by("pk")
            ]
            actions = list(AuditEntry.objects.filter(actor="officer-li").values_list("action", flat=True))
        assert sorted(actions) == ["match.same", "person.merge"]

    def test_a_chain_stays_flat_in_whatever_order(self, officer: Caller) -> None:
        people = persons(5)
        for one, other in ((3, 4), (1, 2), (2, 4), (0, 3)):
            merged(officer, people[one], people[other])
        assert {now(person) for person in people} == {people[0].pk}
        with everything():
            assert Merge.objects.count() == 4

    def test_pairs_about_the_same_two_are_answered_with_it(self, officer: Caller) -> None:
        one, other, third = persons(3)
        asked = pair(one, third)
        merged(officer, one, other)
        assert state(asked) == Case.State.OPEN
        beside = pair(other, third)
        assert officer.post(f"matches/{asked.pk}/same/").status_code == 200
        body = officer.get(f"matches/{beside.pk}/").json()
        assert (body["state"], body["follows"]) == ("same", asked.pk)

    def test_what_was_answered_different_stands(self, officer: Caller) -> None:
        one, other, third = persons(3)
        apart = pair(one, third)
        assert officer.post(f"matches/{apart.pk}/different/").status_code == 200
        merged(officer, one, other)
        late = pair(other, third)
        answer = officer.post(f"matches/{late.pk}/same/")
        assert (answer.status_code, code_of(answer), answer.json()["pair"]) == (409, "conflict", apart.pk)
        assert state(late) == Case.State.OPEN
        assert officer.post(f"matches/{late.pk}/different/").status_code == 200

    def test_who_is_one_already_is_not_called_different(self, officer: Caller) -> None:
        one, other, third = persons(3)
        merged(officer, one, other)
        merged(officer, other, third)
        with everything():
            late = pair(one, third)
        answer = officer.post(f"matches/{late.pk}/different/")
        assert (answer.status_code, answer.json()["person"]) == (409, one.pk)


class TestSplitting:
    """``POST people/{id}/split/``."""

    def test_everything_is_where_it_was(self, officer: Caller) -> None:
        one, other = RecordFactory(), RecordFactory()
        before = [officer.get(f"people/{row.person_id}/").json() for row in (one, other)]
        case = merged(officer, one.person, other.person)
        answer = split(officer, other.person)
        assert (answer.status_code, answer.json()["id"]) == (200, other.person_id)
        after = [officer.get(f"people/{row.person_id}/").json() for row in (one, other)]
        for was, found in zip(before, after, strict=True):
            [merge] = found.pop("merges")
            assert (merge["reason"], merge["split_at"] is not None) == ("两本护照，两个人", True)
            assert was.pop("merges") == []
            assert was == found
        assert state(case) == Case.State.OPEN
        with everything():
            [entry] = AuditEntry.objects.filter(action="person.split")
        assert (entry.actor, entry.detail["reason"]) == ("officer-li", "两本护照，两个人")

    def test_the_middle_of_three_leaves_two_groups(self, officer: Caller) -> None:
        people = persons(4)
        cases = [merged(officer, people[n], people[n + 1]) for n in range(3)]
        with everything():
            middle = Merge.objects.get(case=cases[1])
        assert split(officer, people[0], merge=middle.pk).status_code == 200
        assert [now(person) for person in people] == [people[0].pk, people[0].pk, people[2].pk, people[2].pk]
        assert [state(case) for case in cases] == ["same", "open", "same"]

    def test_answers_that_followed_lapse_with_what_they_followed(self, officer: Caller) -> None:
        one, other, third = persons(3)
        merged(officer, one, other)
        asked, beside = pair(one, third), pair(other, third)
        assert officer.post(f"matches/{asked.pk}/different/").status_code == 200
        assert state(beside) == "different"
        split(officer, other)
        assert (state(asked), state(beside)) == ("different", "open")

    def test_again_and_again(self, officer: Caller) -> None:
        one, other = persons(2)
        case = merged(officer, one, other)
        for _turn in range(2):
            assert split(officer, one).status_code == 200
            assert (now(one), now(other)) == (one.pk, other.pk)
            assert officer.post(f"matches/{case.pk}/same/").status_code == 200
            assert now(other) == one.pk

    def test_refused(self, officer: Caller) -> None:
        alone, one, other = persons(3)
        answer = split(officer, alone)
        assert (answer.status_code, code_of(answer)) == (409, "conflict")
        merged(officer, one, other)
        assert officer.post(f"people/{one.pk}/split/", {}, format="json").status_code == 400
        assert split(officer, one, merge=10**9).status_code == 404
        assert officer.post("people/999999999/split/", {"reason": "x"}, format="json").status_code == 404
        for user in (ManagerFactory(), AdminFactory(), PartnerFactory()):
            assert split(Caller(user), one).status_code == 403


class TestLedger:
    """The count follows a merge and a split by reversing entries."""

    def test_both_ways(self, officer: Caller) -> None:
        one = RecordFactory(state="verified", completed_on="2019-03-29", outcome="completed")
        other = RecordFactory(state="verified", completed_on="2019-01-15", outcome="completed")
        verify(one, other)
        assert counted() == {one.person_id: 1, other.person_id: 1}
        case = merged(officer, one.person, other.person)
        assert counted() == {one.person_id: 1, other.person_id: 0}
        with everything():
            last = LedgerEntry.objects.filter(target__code="all", person=one.person).order_by("-number")[0]
        # The earliest completion makes the count, whoever's row it stands on.
        assert (last.effective_on.isoformat(), last.organisation_id) == ("2019-01-15", other.organisation_id)
        split(officer, one.person)
        assert counted() == {one.person_id: 1, other.person_id: 1}
        assert officer.post(f"matches/{case.pk}/same/").status_code == 200
        assert counted() == {one.person_id: 1, other.person_id: 0}
        with everything():
            entries = LedgerEntry.objects.filter(target__code="all", person=other.person).order_by("number")
            assert list(entries.values_list("delta", "reason")) == [
                (1, "verified"),
                (-1, "merged"),
                (1, "split"),
                (-1, "merged"),
            ]


def verify(*records: Any) -> None:
    from talent.people.services import mark_changed

    with everything():
        mark_changed(person_ids=[record.person_id for record in records], reason="verified")


class TestWalls:
    """What a merge shows a partner of what others reported: nothing."""

    def test_each_sees_what_it_reported(self, officer: Caller) -> None:
        one, other = RecordFactory(person__name="李娜"), RecordFactory(person__name="刘若溪")
        merged(officer, one.person, other.person)
        refresh_roster()
        for own, foreign in ((one, other), (other, one)):
            caller = Caller(PartnerFactory(organisation=own.organisation))
            [listed] = caller.get("people/").json()["results"]
            assert (listed["name"], len(listed["documents"])) == (own.person.name, 1)
            assert not caller.get("people/", {"q": foreign.person.name}).json()["results"]
            body = caller.get(f"people/{own.person_id}/").json()
            assert listed["id"] == body["id"] == own.person_id
            assert (body["name"], body["other_names"], body["merges"]) == (own.person.name, [], [])
            assert [row["id"] for row in body["records"]] == [own.pk]
            assert [row["person"] for row in body["documents"]] == [own.person_id]
            assert foreign.person.name not in str(body)
            assert caller.get(f"people/{foreign.person_id}/").status_code == 404
            [record] = caller.get("records/").json()["results"]
            assert record["person"] == own.person_id

    def test_who_reported_both_sees_one(self, officer: Caller) -> None:
        one = RecordFactory()
        other = RecordFactory(organisation=one.organisation)
        merged(officer, one.person, other.person)
        refresh_roster()
        caller = Caller(PartnerFactory(organisation=one.organisation))
        assert [row["id"] for row in caller.get("people/").json()["results"]] == [one.person_id]
        body = caller.get(f"people/{other.person_id}/").json()
        assert (body["id"], [row["id"] for row in body["records"]]) == (one.person_id, [one.pk, other.pk])
