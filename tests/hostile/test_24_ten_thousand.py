"""Hostile test 24: ten thousand operations in no order at all, after which every book says the same.

The records as reported and decided, the figures, the ledger's sums, the standings and a recount from the records are
held against a model kept in plain Python by somebody who has only read the contract.
"""

import datetime as dt
import random
from collections.abc import Callable

import pytest

from backend.accounts import scope
from programs.catalogue.models import Cohort, Programme
from programs.targets.models import LedgerEntry
from programs.targets.recount import recount
from tests.factories import ManagerFactory, OrganisationFactory
from tests.histories.model import Key, Model, Values
from tests.histories.test_machine import ASKED, SPAN
from tests.hostile.table import Tell
from tests.support.partner import API, Partner, client_of

OPERATIONS = 10_000
LOOKS = 8
PARTNERS, PEOPLE, MOST_ROWS = 3, 60, 40
DAYS = [
    dt.date(2017, 7, 3),
    dt.date(2018, 2, 1),
    dt.date(2019, 1, 31),
    dt.date(2019, 3, 1),
    dt.date(2020, 12, 31),
    None,
]
DEGREES = [dt.date(2015, 7, 1), dt.date(2019, 6, 20), dt.date(2021, 7, 1), None, None]
DECISIONS = ["verify", "verify", "verify", "verify", "return", "reject", "revoke"]


class Bureau:
    """The system, driven over its API, beside the model; ``done`` counts the rows sent and the records decided."""

    def __init__(self, run_jobs: Callable[[], int], seed: int) -> None:
        self.chance = random.Random(seed)
        self.model = Model()
        self.done = 0
        self.partners = [Partner(run_jobs, OrganisationFactory()) for _ in range(PARTNERS)]
        self.manager = client_of(ManagerFactory())
        with scope.everything():
            Programme.objects.update(**SPAN)
            Cohort.objects.update(**SPAN)

    def report(self) -> None:
        """A partner reports some people, some of them as before."""
        place = self.chance.randrange(PARTNERS)
        sender = self.partners[place]
        people = self.chance.sample(range(PEOPLE), self.chance.randint(1, MOST_ROWS))
        rows = {person: self.values(place, person) for person in people}
        records = [self.row(sender, person, values) for person, values in rows.items()]
        body = {"period": sender.period.code, "records": records, "force": True, "confirm": "auto"}
        answer = sender.api.post(f"{API}submissions/", body, format="json")
        assert answer.status_code == 202, answer.content
        sender.run_jobs()
        counts = sender.submission(answer.json()["id"])["counts"]
        expected = self.model.report(place, rows)
        assert {name: counts[name] for name in expected} == expected
        self.done += len(rows)

    def values(self, place: int, person: int) -> Values:
        kept = self.model.records.get((place, person))
        if kept is not None and self.chance.random() < 0.2:
            return kept.pending or kept.values
        return Values(self.chance.choice(DAYS), self.chance.choice(DEGREES))

    def row(self, sender: Partner, person: int, values: Values) -> dict[str, object]:
        completed = values.completed_on
        degree = {
            "education": "硕士研究生毕业",
            "school": "四川大学",
            "graduated_on": str(values.graduated_on),
            "education_cert_no": f"10610120100200{person:04d}",
        }
        return sender.row(
            person,
            started_on="2017-01-02",
            completed_on=str(completed) if completed else None,
            outcome="完成" if completed else "在读",
            **(degree if values.graduated_on else {}),
        )

    def decide(self) -> None:
        """An officer decides on some of a partner's records, whatever state they are in."""
        place = self.chance.randrange(PARTNERS)
        records = self.partners[place].records()
        if not records:
            return
        chosen = self.chance.sample(records, self.chance.randint(1, min(len(records), MOST_ROWS)))
        decision = self.chance.choice(DECISIONS)
        body = {"ids": [record["id"] for record in chosen], "decision": decision, "reason": "核查"}
        answer = self.partners[place].officer.post(f"{API}records/decide/", body, format="json")
        assert answer.status_code in (200, 202), answer.content
        self.partners[place].run_jobs()
        keys: list[Key] = [(place, int(record["partner_ref"].removeprefix("P"))) for record in chosen]
        assert answer.json()["decided"] == self.model.decide_on(keys, decision)
        self.done += len(chosen)

    def compare(self) -> None:
        """Every book against every other, and against the model."""
        for place, partner in enumerate(self.partners):
            found = {(one["partner_ref"], one["state"], one["pending"]) for one in partner.records()}
            assert found == {
                (f"P{person:06d}", kept.state, kept.pending is not None)
                for (owner, person), kept in self.model.records.items()
                if owner == place
            }
        assert recount().agrees
        for code in ("all", "high-end"):
            path = f"{API}targets/{code}/"
            for as_of in ASKED:
                counted = self.model.counted(code, as_of)
                asked = {"as_of": str(as_of)}
                assert self.manager.get(path, asked).json()["achieved"] == len(counted), (code, as_of)
                for by in ("organisation", "district", "path", "basis", "segment", "programme"):
                    parts = self.manager.get(f"{path}breakdown/", asked | {"by": by}).json()["results"]
                    assert sum(part["achieved"] for part in parts) == len(counted), (code, as_of, by)
            with scope.everything():
                entries = LedgerEntry.objects.filter(target__code=code, effective_on__lte=ASKED[-1])
                assert sum(entries.values_list("delta", flat=True)) == len(self.model.counted(code, ASKED[-1]))


@pytest.mark.hostile
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [24])
def test_24_ten_thousand_operations(fresh_database: str, run_jobs: Callable[[], int], seed: int, tell: Tell) -> None:
    bureau = Bureau(run_jobs, seed)
    looked = 0
    while bureau.done < OPERATIONS:
        bureau.chance.choice((bureau.report, bureau.decide))()
        if bureau.done >= (looked + 1) * OPERATIONS // LOOKS:
            looked += 1
            bureau.compare()
    bureau.compare()
    with scope.everything():
        entries = LedgerEntry.objects.count()
    assert entries > 500, "the figures were moved often"
    tell(
        24,
        struck=f"{bureau.done} rows sent and records decided, in no order",
        acknowledged=f"{entries} entries of the ledger",
        survived="model, records, ledger, cube and recount equal at every look",
    )
