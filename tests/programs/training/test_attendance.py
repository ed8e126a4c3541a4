"""Attendance summaries: what is taken, what is refused and why, and that nothing said is ever lost."""

from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from rest_framework.test import APIClient

from backend.accounts import scope
from backend.audit.models import AuditEntry
from programs.records.models import Record
from programs.training import selectors
from programs.training.models import Attendance
from tests.factories import CohortFactory, ManagerFactory, OfficerFactory, PartnerFactory
from tests.programs.catalogue.test_catalogue import errors, send, signed_in
from tests.programs.training.test_figures import enrol

pytestmark = pytest.mark.django_db
HERE = "/api/v1/cohorts/A/attendance/"
THERE = {"sessions_held": 40, "sessions_attended": 36, "hours": 108.5, "until": "2019-03-29"}


@pytest.fixture
def cohort(scope_all: None) -> Any:
    return CohortFactory(code="A")


@pytest.fixture
def partner(cohort: Any) -> APIClient:
    return signed_in(PartnerFactory(organisation=cohort.organisation))


def put(client: APIClient, *rows: dict[str, Any]) -> Any:
    return send(client, HERE, {"rows": list(rows)}, "put")


def test_a_partner_notes_and_everybody_of_the_bureau_reads(cohort: Any, partner: APIClient) -> None:
    there, gone = enrol(cohort, partner_ref="P1"), enrol(cohort, "withdrawn", partner_ref="P2")
    why = {"record": gone.pk, "until": "2019-02-01", "withdrawal_reason": "health"}
    answer = put(partner, {"record": there.pk, **THERE}, why)
    assert (answer.status_code, answer.json()) == (200, {"noted": 2, "unchanged": 0})
    for client in (partner, signed_in(ManagerFactory()), signed_in(OfficerFactory())):
        first, second = client.get(HERE).json()["results"]
        assert {name: first[name] for name in THERE} == THERE
        assert (first["record"], first["partner_ref"], first["edition"]) == (there.pk, "P1", 1)
        assert (second["withdrawal_reason"], second["sessions_held"]) == ("health", None)
        assert "*" in first["id_number"]
    entry = AuditEntry.objects.get(action="attendance.note")
    assert entry.detail == {"cohort": "A", "noted": 2, "unchanged": 0}


def test_what_is_told_later_stands_and_what_was_told_stays(cohort: Any, partner: APIClient) -> None:
    record = enrol(cohort)
    put(partner, {"record": record.pk, **THERE})
    assert put(partner, {"record": record.pk, **THERE}).json() == {"noted": 0, "unchanged": 1}
    officer = OfficerFactory()
    assert put(signed_in(officer), {"record": record.pk, **THERE, "sessions_attended": 37}).json()["noted"] == 1
    [row] = partner.get(HERE).json()["results"]
    assert (row["sessions_attended"], row["edition"]) == (37, 2)
    kept = selectors.editions(officer, record)
    assert [(one.edition, one.sessions_attended, one.noted_by_id == officer.pk) for one in kept] == [
        (2, 37, True),
        (1, 36, False),
    ]
    assert AuditEntry.objects.filter(action="attendance.note").count() == 2


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"sessions_attended": 41}, {"sessions_attended": "A02"}),
        ({"sessions_attended": None}, {"sessions_attended": "A02"}),
        ({"sessions_held": None}, {"sessions_held": "A02"}),
        ({"sessions_held": -1}, {"sessions_held": "min_value"}),
        ({"sessions_held": 10_001}, {"sessions_held": "E13"}),
        ({"hours": -0.5}, {"hours": "min_value"}),
        ({"sessions_held": None, "sessions_attended": None, "hours": None}, {"sessions_held": "A03"}),
        ({"until": "2019-01-06"}, {"until": "A05"}),
        ({"until": "2019-05-01"}, {"until": "A05"}),
        ({"until": None}, {"until": "null"}),
        ({"withdrawal_reason": "boredom"}, {"withdrawal_reason": "E02"}),
        ({"withdrawal_reason": "health"}, {"withdrawal_reason": "A06"}),
    ],
)
def test_what_cannot_be_names_row_and_field(
    cohort: Any, partner: APIClient, change: dict[str, Any], wrong: dict[str, str]
) -> None:
    good, bad = enrol(cohort), enrol(cohort)
    found = errors(put(partner, {"record": good.pk, **THERE}, {"record": bad.pk, **THERE, **change}))
    assert found == {f"rows.1.{field}": code for field, code in wrong.items()}
    assert not Attendance.objects.exists()


def test_only_who_is_enrolled_and_each_once(cohort: Any, partner: APIClient) -> None:
    elsewhere, off, twice = enrol(CohortFactory()), enrol(cohort, state=Record.State.REJECTED), enrol(cohort)
    rows = [{"record": one.pk, **THERE} for one in (elsewhere, off, twice, twice)]
    assert errors(put(partner, *rows)) == {
        "rows.0.record": "A04",
        "rows.1.record": "A04",
        "rows.3.cohort": "A07",
    }
    assert errors(put(partner)) == {"rows": "empty"}


def test_a_summary_is_nobody_elses_and_never_changed(cohort: Any, partner: APIClient) -> None:
    record = enrol(cohort)
    put(partner, {"record": record.pk, **THERE})
    stranger = signed_in(PartnerFactory())
    assert stranger.get(HERE).status_code == put(stranger, {"record": record.pk, **THERE}).status_code == 404
    read_only = signed_in(PartnerFactory(organisation=cohort.organisation, read_only=True))
    assert read_only.get(HERE).status_code == 200
    assert put(read_only, {"record": record.pk, **THERE}).status_code == 403
    assert put(signed_in(ManagerFactory()), {"record": record.pk, **THERE}).status_code == 403
    with scope.within(PartnerFactory().organisation_id):
        assert not Attendance.objects.exists()
    for statement in ("UPDATE attendance SET hours = 1", "DELETE FROM attendance"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_filters(cohort: Any, partner: APIClient) -> None:
    often, seldom, unnoted = enrol(cohort), enrol(cohort), enrol(cohort, "withdrawn")
    put(partner, {"record": often.pk, **THERE}, {"record": seldom.pk, **THERE, "sessions_attended": 10})

    def records(**params: str) -> list[int]:
        return [row["record"] for row in partner.get(HERE, params).json()["results"]]

    assert records() == [often.pk, seldom.pk, unnoted.pk]
    assert records(noted="true") == [often.pk, seldom.pk]
    assert records(noted="false") == records(outcome="withdrawn") == [unnoted.pk]
    assert records(below="0.5") == [seldom.pk]
    put(partner, {"record": unnoted.pk, "until": "2019-02-01", "withdrawal_reason": "family"})
    assert records(withdrawal_reason="family") == [unnoted.pk]
    assert partner.get(HERE, {"below": "2"}).status_code == 400
