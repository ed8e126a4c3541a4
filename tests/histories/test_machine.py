"""Partners report, amend and report again, officers verify, return, reject, revoke, merge and split, in any order that
hypothesis thinks of; and whatever they do, the figures are what the contract's reader says, the ledger what the recount
says, and an answer once given for a moment is given again."""

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from backend.accounts import scope
from backend.vault import services as vault
from programs.catalogue.models import Cohort, Programme
from programs.records.models import Record
from programs.targets.recount import recount
from talent.people.models import IdentityDocument, MatchCase, Person
from tests.factories import ManagerFactory, PairFactory
from tests.histories.claims import Claims
from tests.histories.departing import Departing
from tests.histories.examining import Examining
from tests.histories.model import Model, Values
from tests.support.partner import API, Partner, client_of
from tests.support.partner import number as resident

DAYS = st.sampled_from([dt.date(2017, 7, 3), dt.date(2019, 1, 31), dt.date(2019, 3, 1), dt.date(2020, 12, 31)])
DEGREES = st.sampled_from([dt.date(2015, 7, 1), dt.date(2019, 6, 20), dt.date(2021, 7, 1)])
VALUES = st.builds(Values, st.none() | DAYS, st.none() | DEGREES)
ROWS = st.dictionaries(st.integers(0, 4), VALUES, min_size=1, max_size=4)
PARTNERS = st.integers(0, 1)
ASKED = (dt.date(2018, 12, 31), dt.date(2019, 2, 28), dt.date(2019, 7, 1), dt.date(2021, 12, 31))
SPAN = {"starts_on": dt.date(2017, 1, 1), "ends_on": dt.date(2021, 12, 31)}


class Bureau(Departing, Examining):
    """The system, driven over its API, beside the model."""

    run_jobs: ClassVar[Callable[[], int]]
    looking: ClassVar[int] = 1
    """After how many steps the books are looked at."""

    played: ClassVar[list[int]] = []
    """How many steps each history had that was played to its end."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.model = Model()
        self.partners = [Partner(type(self).run_jobs) for _place in range(2)]
        with scope.everything():
            Programme.objects.filter(pk__in=[partner.programme.pk for partner in self.partners]).update(**SPAN)
            Cohort.objects.filter(pk__in=[partner.cohort.pk for partner in self.partners]).update(**SPAN)
        self.manager = client_of(ManagerFactory())
        self.kept: list[tuple[str, dict[str, str], tuple[int, int]]] = []
        self.changed = False
        self.steps = 0

    @property
    def claims(self) -> Claims:
        return self.model.claims

    def teardown(self) -> None:
        try:
            for path, asked, achieved in self.kept:
                again = self.manager.get(path, asked).json()
                assert (again["achieved"], again["still_here"]) == achieved, "a past answer has changed"
            type(self).played.append(self.steps)
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def row(self, partner: int, person: int, values: Values) -> dict[str, Any]:
        completed = values.completed_on
        degree = {
            "education": "硕士研究生毕业",
            "school": "四川大学",
            "graduated_on": str(values.graduated_on),
            "education_cert_no": f"10610120100200{person:04d}",
        }
        return self.partners[partner].row(
            person,
            started_on="2017-01-02",
            completed_on=str(completed) if completed else None,
            outcome="完成" if completed else "在读",
            **(degree if values.graduated_on else {}),
        )

    @rule(partner=PARTNERS, rows=ROWS, spoilt=st.booleans())
    def report(self, partner: int, rows: dict[int, Values], spoilt: bool) -> None:
        sender = self.partners[partner]
        records = [self.row(partner, person, values) for person, values in rows.items()]
        if spoilt:
            records.append(sender.row(7, district="火星区"))
        body = {"period": sender.period.code, "records": records, "force": True}
        answer = sender.api.post(f"{API}submissions/", body, format="json")
        assert answer.status_code == 202, answer.content
        type(self).run_jobs()
        checked = sender.submission(answer.json()["id"])
        taken = sender.confirm(checked["id"])
        expected = self.model.report(partner, rows)
        expected["rejected"] += int(spoilt)
        for counts in (checked["counts"], taken["counts"]):
            assert {name: counts[name] for name in expected} == expected
            assert counts["rows"] == counts["accepted"] + counts["unchanged"] + counts["rejected"]

    @precondition(lambda self: self.model.records)
    @rule(partner=PARTNERS, decision=st.sampled_from(["verify", "verify", "verify", "return", "reject", "revoke"]))
    def decide(self, partner: int, decision: str) -> None:
        answer = self.partners[partner].decide(decision)
        self.model.decide(partner, decision)
        assert answer["decided"] >= 0
        self.changed = True

    @precondition(lambda self: self.model.records)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        partner, person = data.draw(st.sampled_from(sorted(self.model.records)))
        sender = self.partners[partner]
        with scope.everything():
            [record] = Record.objects.filter(organisation=sender.organisation, person=self.person(person)).values_list(
                "pk", flat=True
            )
        answer = sender.api.post(f"{API}records/{record}/withdraw/", {"reason": "误报"}, format="json")
        assert answer.status_code == (200 if self.model.withdraw(partner, person) else 409), answer.content
        self.changed = True

    def person(self, number: int) -> int:
        """The row of a made-up person, who was reported."""
        [index] = vault.index_many([f"111|{resident(number)}"])
        with scope.everything():
            return IdentityDocument.objects.get(number_index=index).person_id

    @property
    def looked_at(self) -> bool:
        return self.changed and self.steps % type(self).looking == 0

    def known(self) -> list[int]:
        return sorted({person for _partner, person in self.model.records})

    @precondition(lambda self: len(self.known()) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        two = data.draw(st.lists(st.sampled_from(self.known()), min_size=2, max_size=2, unique=True))
        first, second = sorted(self.person(number) for number in two)
        with scope.everything():
            case = MatchCase.objects.filter(person=first, other=second).first() or PairFactory(
                person=Person.objects.get(pk=first), other=Person.objects.get(pk=second)
            )
        answer = self.partners[0].officer.post(f"{API}matches/{case.pk}/same/")
        assert answer.status_code == 200, answer.content
        type(self).run_jobs()
        self.model.merge(*two)
        self.changed = True

    @precondition(lambda self: self.model.merges)
    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted({side for merge in self.model.merges for side in merge})))
        body = {"reason": "两个人"}
        answer = self.partners[0].officer.post(f"{API}people/{self.person(number)}/split/", body, format="json")
        assert answer.status_code == 200, answer.content
        type(self).run_jobs()
        self.model.split(number)
        self.changed = True

    @invariant()
    def a_step_was_taken(self) -> None:
        self.steps += 1

    @invariant()
    def people_are_as_found(self) -> None:
        if not self.looked_at:
            return
        wholes = {self.model.one_with(person) for person in self.known()}
        assert self.manager.get(f"{API}people/", {"count": "exact"}).json()["count"] == len(wholes)

    @invariant()
    def records_are_as_reported_and_decided(self) -> None:
        if self.steps % type(self).looking:
            return
        for place, partner in enumerate(self.partners):
            expected = sorted(
                (f"P{kept.number:06d}", kept.state, kept.pending is not None)
                for (owner, _person), kept in self.model.records.items()
                if owner == place
            )
            found = [(one["partner_ref"], one["state"], one["pending"]) for one in partner.records()]
            assert sorted(found) == expected

    @invariant()
    def figures_are_what_the_contract_says(self) -> None:
        if not self.looked_at:
            return
        self.changed = False
        assert recount().agrees
        for code in ("all", "high-end"):
            path = f"{API}targets/{code}/"
            for as_of in ASKED:
                counted = self.model.counted(code, as_of)
                figure = self.manager.get(path, {"as_of": str(as_of)}).json()
                told = figure["achieved"], figure["still_here"]
                assert told == (len(counted), self.model.still_here(code, as_of)), (code, as_of)
                self.kept.append((path, {"as_of": str(as_of), "known_at": figure["known_at"]}, told))
            self.breakdown_gives_the_credit_where_it_is_due(path, self.model.counted(code, ASKED[-1]))

    def breakdown_gives_the_credit_where_it_is_due(self, path: str, counted: dict[int, int]) -> None:
        asked = {"by": "organisation", "as_of": str(ASKED[-1])}
        parts = self.manager.get(f"{path}breakdown/", asked).json()["results"]
        found = {part["key"]: part["achieved"] for part in parts if part["achieved"]}
        credited = [self.partners[partner].organisation.code for partner in counted.values()]
        assert found == {code: credited.count(code) for code in credited}
        people = self.manager.get(f"{path}people/", {"count": "exact", "as_of": str(ASKED[-1])}).json()
        assert people["count"] == len(counted)


def play(run_jobs: Callable[[], int], examples: int, steps: int, looking: int = 1) -> int:
    """Let hypothesis think of so many histories of so many steps, and look at the books after every so many.

    Returns:
        How many steps were taken, but for those of the first history: it is the simplest that there is, one rule over
        and over. A history may be shorter than was asked for, because hypothesis thinks of so many choices at most.
    """
    Bureau.run_jobs = staticmethod(run_jobs)
    Bureau.looking = looking
    Bureau.played = []
    run_state_machine_as_test(
        Bureau,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    return sum(Bureau.played[1:])


@pytest.mark.django_db
def test_the_bureau_keeps_its_books(run_jobs: Callable[[], int]) -> None:
    assert play(run_jobs, examples=5, steps=14) > 30


@pytest.mark.soak
@pytest.mark.django_db
def test_ten_thousand_steps(run_jobs: Callable[[], int]) -> None:
    taken = 0
    while taken < 10_000:
        taken += play(run_jobs, examples=6, steps=1_000, looking=50)
        print(f"{taken:,} steps", flush=True)
