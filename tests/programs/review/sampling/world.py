"""A partner whose records are sampled, as the tests of lots need it."""

from typing import Any

from backend import clock
from backend.accounts.models import Organisation
from backend.accounts.scope import everything
from programs.catalogue.models import Cohort
from programs.periods.models import Period
from programs.records.models import Record
from programs.review.sampling.models import Lot, LotUnit, SamplingSetting
from programs.review.sampling.settings import set_sampling
from programs.submissions.models import Submission
from talent.people.models import Person, PersonReport
from tests.factories import (
    AdminFactory,
    CohortFactory,
    LotFactory,
    PeriodFactory,
    RecordFactory,
    SubmissionFactory,
)
from tests.support.http import Caller

OWN = frozenset({"id", "person", "row", "digest", "reported_at"})
BATCHES = "review/batches/"
FINE: dict[str, Any] = {"conforming": True}
WRONG: dict[str, Any] = {
    "conforming": False,
    "defects": [{"column": "district", "defect_class": "major", "note": "应为云岩区"}],
}


def sampling_on(organisation: Organisation | None = None, **values: Any) -> SamplingSetting:
    """Sampling set on from today: AQL 4.0, level II, unless ``values`` say otherwise."""
    given: dict[str, Any] = {"mode": "on", "aql": "4.0", "from_on": clock.today(), "reason": "试行"}
    with everything():
        return set_sampling(actor=AdminFactory(), organisation=organisation, **given | values)


def reported(
    count: int, *, cohort: Cohort | None = None, period: Period | None = None, **values: Any
) -> tuple[Submission, list[Record]]:
    """So many records of one submission that await review."""
    cohort = cohort or CohortFactory()
    submission = SubmissionFactory(organisation=cohort.organisation, period=period or PeriodFactory())
    values = {"cohort": cohort, "organisation": cohort.organisation, "submission": submission} | values
    first = RecordFactory(**values)
    same = {one.attname: getattr(first, one.attname) for one in Record._meta.fields if one.name not in OWN}
    with everything():
        people = Person.objects.bulk_create(Person(name=f"甲{n}", name_key=f"甲{n}") for n in range(1, count))
        PersonReport.objects.bulk_create(
            PersonReport(organisation=first.organisation, person=person) for person in people
        )
        others = [
            Record(**same, person=person, row=first.row + place, digest=f"{place:032d}".encode())
            for place, person in enumerate(people, 1)
        ]
        return submission, [first, *Record.objects.bulk_create(others)]


def of(cohort: Cohort | None, period: str = "2019-Q1", **values: Any) -> dict[str, Any]:
    """The body that opens the lot of a cohort."""
    assert cohort is not None
    return {
        "organisation": cohort.organisation.code,
        "programme": cohort.programme.code,
        "cohort": cohort.code,
        "period": period,
        **values,
    }


def opened(officer: Caller, cohort: Cohort | None, **values: Any) -> dict[str, Any]:
    """The lot of a cohort, opened by ``officer``."""
    answer = officer.post(BATCHES, of(cohort, **values), format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def judge(officer: Caller, lot: dict[str, Any] | int, record: int, body: dict[str, Any]) -> Any:
    """What ``officer`` found in a record of the sample."""
    number = lot if isinstance(lot, int) else lot["id"]
    return officer.post(f"{BATCHES}{number}/units/{record}/", body, format="json")


def judge_all(officer: Caller, lot: dict[str, Any], wrong: int = 0) -> dict[str, Any]:
    """The lot once its whole sample was looked at, so many of it found wrong."""
    answer: Any = None
    for place, unit in enumerate(lot["sample"]):
        answer = judge(officer, lot, unit["record"], WRONG if place < wrong else FINE)
        assert answer.status_code == 200, answer.content
    return answer.json()


def states(records: list[Record]) -> list[str]:
    """The records' states, as they stand now."""
    with everything():
        found = Record.objects.in_bulk([one.pk for one in records])
    return [found[one.pk].state for one in records]


def again(records: list[Record], submission: Submission) -> None:
    """The records reported anew with another submission, as the commit writes them."""
    with everything():
        Record.objects.filter(pk__in=[one.pk for one in records]).update(
            submission=submission, state="submitted", reason="", decided_at=None, decided_by_id=None
        )


def held() -> int:
    """How many records lots hold."""
    with everything():
        return LotUnit.objects.filter(held=True).count()


def lot_row(number: int) -> Lot:
    """A lot as it stands."""
    with everything():
        return Lot.objects.get(pk=number)


def past(organisation: Organisation, cohort: Cohort, marks: str, **values: Any) -> None:
    """A history of decided lots: ``A`` accepted without an error, ``N`` not accepted."""
    for mark in marks:
        values["state"], values["nonconforming"] = ("accepted", 0) if mark == "A" else ("not_accepted", 6)
        LotFactory(organisation=organisation, cohort=cohort, **values)
