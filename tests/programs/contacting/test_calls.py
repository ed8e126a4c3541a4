"""What came of calls: written down once and for good, told to the bureau alone, and what was promised and not kept."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from backend import clock
from backend.accounts import scope
from backend.accounts.models import Organisation
from backend.audit.models import AuditEntry
from programs.contacting.models import CallNote, CallSubject
from programs.periods.models import Obligation
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory, PersonFactory
from tests.programs.desks.officer.world import number_of, owed
from tests.support.partner import API, client_of

pytestmark = pytest.mark.django_db
NOTES = f"{API}call-notes/"


@pytest.fixture
def partner() -> Organisation:
    return OrganisationFactory(code="GZU")


@pytest.fixture
def officer() -> Any:
    return client_of(OfficerFactory(username="anna"))


def note(client: Any, owing: Obligation | None, outcome: str, **values: Any) -> Any:
    body = {"organisation": "GZU", "outcome": outcome, **values}
    if owing is not None:
        body.setdefault("obligations", [owing.pk])
    return client.post(NOTES, body, format="json")


def listed(client: Any, **filters: Any) -> list[str]:
    answer = client.get(NOTES, filters)
    assert answer.status_code == 200, answer.content
    return [one["outcome"] for one in answer.json()["results"]]


def day(days: int) -> str:
    return (clock.today() + dt.timedelta(days=days)).isoformat()


def test_a_call_is_noted_and_stays(officer: Any, partner: Organisation) -> None:
    late = owed(partner, -3, code="2019-Q1")
    answer = note(officer, late, "reached", note="下周上报", spoke_with="岑若溪")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert told["about"] == [{"kind": "reporting", "period": "2019-Q1"}]
    assert (told["noted_by"], told["spoke_with"], told["note"]) == ("anna", "岑若溪", "下周上报")
    assert officer.get(f"{NOTES}{told['id']}/").json() == told
    with scope.everything():
        entry = AuditEntry.objects.get(action="call.note")
        assert (entry.actor, entry.detail["periods"], entry.detail["outcome"]) == ("anna", ["2019-Q1"], "reached")
        for change in (
            lambda: CallNote.objects.update(note=""),
            lambda: CallSubject.objects.all().delete(),
            lambda: CallSubject.objects.update(kind="retention"),
        ):
            with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
                change()
        # What is owed no more goes; what was said of it stays.
        Obligation.objects.all().delete()
    assert officer.get(f"{NOTES}{told['id']}/").json()["about"] == told["about"]


def test_numbers_of_people_are_masked(officer: Any, partner: Organisation) -> None:
    number = number_of(PersonFactory())
    told = note(officer, None, "reached", note=f"问的是 {number}", spoke_with=number).json()
    assert number not in str(told)
    with scope.everything():
        kept = CallNote.objects.get()
        assert number not in kept.note + kept.spoke_with


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outcome": "shouted"}, "outcome"),
        ({"outcome": "promised"}, "promised_on"),
        ({"outcome": "promised", "promised_on": -1}, "promised_on"),
        ({"outcome": "reached", "promised_on": 1}, "promised_on"),
        ({"outcome": "reached", "note": "长" * 1001}, "note"),
        ({"outcome": "reached", "obligations": [2**40]}, "obligations"),
        ({"outcome": "promised", "promised_on": 1, "obligations": []}, "obligations"),
        ({"outcome": "reached", "organisation": "NOBODY"}, "organisation"),
    ],
)
def test_what_cannot_be_so_is_refused(officer: Any, partner: Organisation, values: Any, field: str) -> None:
    late = owed(partner, -3)
    if "promised_on" in values:
        values = {**values, "promised_on": day(values["promised_on"])}
    answer = note(officer, late, **values)
    assert answer.status_code == 400, answer.content
    assert field in {one["field"].split(".")[0] for one in answer.json()["errors"]}


def test_an_obligation_is_the_organisations_own(officer: Any, partner: Organisation) -> None:
    theirs = owed(OrganisationFactory(), -3)
    answer = note(officer, theirs, "reached")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "obligations")


def test_the_bureau_reads_and_nobody_else(officer: Any, partner: Organisation) -> None:
    told = note(officer, owed(partner, -3), "not_reached").json()
    manager = client_of(ManagerFactory())
    assert listed(manager) == ["not_reached"]
    assert note(manager, None, "reached").status_code == 403
    clerk = PartnerFactory(organisation=partner)
    assert client_of(clerk).get(NOTES).status_code == 403
    assert client_of(clerk).get(f"{NOTES}{told['id']}/").status_code == 403
    with transaction.atomic():
        scope.enter(clerk)
        assert not CallNote.objects.exists(), "the second wall"
        assert not CallSubject.objects.exists()


def test_the_filters(officer: Any, partner: Organisation) -> None:
    late, other = owed(partner, -3, code="A"), owed(partner, -40, code="B")
    note(officer, late, "promised", promised_on=day(2))
    note(officer, other, "wrong_contact")
    note(client_of(OfficerFactory(username="ben")), None, "not_reached")
    assert listed(officer) == ["not_reached", "wrong_contact", "promised"]
    assert listed(officer, period="A") == ["promised"]
    assert listed(officer, outcome=["promised", "wrong_contact"]) == ["wrong_contact", "promised"]
    assert listed(officer, noted_by="ben") == ["not_reached"]
    assert listed(officer, promised_from=day(2), promised_to=day(2)) == ["promised"]
    assert listed(officer, since=day(1)) == []
    assert len(listed(officer, since=day(0), until=day(0), organisation="GZU")) == 3
    assert officer.get(NOTES, {"outcom": "promised"}).status_code == 400
    assert b"promised" in b"".join(officer.get(NOTES, {"format": "csv"}).streaming_content)


def test_a_promise_is_broken_once_its_day_is_over_and_nothing_has_come(
    clock: Any, officer: Any, partner: Organisation
) -> None:
    late = owed(partner, -3)
    note(officer, late, "promised", promised_on=day(1))
    assert listed(officer, broken="true") == []
    clock.shift(days=2)
    assert listed(officer, broken="true") == ["promised"]
    assert listed(officer, broken="false") == []
    # Another day was promised: that one counts.
    note(officer, late, "promised", promised_on=day(1))
    assert listed(officer, broken="true") == []
    clock.shift(days=4)
    [one] = officer.get(NOTES, {"broken": "true"}).json()["results"]
    # What is said meanwhile takes no promise back.
    note(officer, late, "not_reached")
    assert [one["id"]] == [row["id"] for row in officer.get(NOTES, {"broken": "true"}).json()["results"]]
    with scope.everything():
        Obligation.objects.filter(pk=late.pk).update(state="reported", settled_at=dt.datetime.now(dt.UTC))
    assert listed(officer, broken="true") == []
