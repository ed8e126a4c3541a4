"""``attendance/1``: files, rows and forms by the same checks; whom a row is about; what is said of each mistake."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.accounts.models import Organisation
from backend.audit.models import AuditEntry
from programs.records.models import Record
from programs.training.attendance_template import COLUMNS
from programs.training.models import Attendance
from talent.people.models import Person
from tests.factories import OrganisationFactory
from tests.support.partner import API, Partner, number

pytestmark = pytest.mark.django_db
THERE = {"sessions_held": "40", "sessions_attended": "36", "hours": "108.5", "until": "2019-01-31"}


class Trainer(Partner):
    """A partner that has reported ten people, and sends their attendance."""

    def __init__(self, run_jobs: Callable[[], int], organisation: Organisation | None = None, **shared: Any) -> None:
        super().__init__(run_jobs, organisation, **shared)
        gone = self.row(9, outcome="退出", completed_on="")
        self.report([self.row(n) for n in range(9)] + [gone])
        with scope.everything():
            own = Record.objects.filter(organisation=self.organisation)
            self.enrolled = dict(own.values_list("partner_ref", "pk"))

    def line(self, **changes: Any) -> dict[str, Any]:
        """A row of attendance, said of nobody yet."""
        return {"cohort": self.cohort.code, **THERE} | changes

    def attend(self, rows: list[dict[str, Any]], confirm: str = "auto") -> dict[str, Any]:
        """Send the rows as a file; the submission as it then is, taken if it may be."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(column.zh for column in COLUMNS)
        writer.writerows([row.get(column.code) or "" for column in COLUMNS] for row in rows)
        file = io.BytesIO(text.getvalue().encode())
        file.name = "出勤.csv"
        body = {"file": file, "template": "attendance/1", "confirm": confirm}
        answer = self.api.post(f"{API}submissions/", body, format="multipart")
        assert answer.status_code == 202, answer.content
        self.run_jobs()
        return self.submission(answer.json()["id"])

    def told(self, submission: dict[str, Any]) -> list[tuple[Any, ...]]:
        """``(row, column, rule)`` of each."""
        rows = self.api.get(f"{API}submissions/{submission['id']}/findings/").json()["results"]
        return [(row["row"], row["column"], row["rule"]) for row in rows]

    def members(self) -> dict[str, dict[str, Any]]:
        """What stands of each, by partner reference."""
        rows = self.api.get(f"{API}cohorts/{self.cohort.code}/attendance/").json()["results"]
        return {row["partner_ref"]: row for row in rows}


@pytest.fixture
def trainer(db: None, run_jobs: Callable[[], int]) -> Trainer:
    return Trainer(run_jobs)


def test_people_are_found_by_record_number_or_reference(trainer: Trainer) -> None:
    sent = trainer.attend(
        [
            trainer.line(record=str(trainer.enrolled["P000000"])),
            trainer.line(id_type="居民身份证", id_number=number(1), hours="12"),
            trainer.line(partner_ref="P000002", until="2019年1月"),
            trainer.line(partner_ref="P000009", withdrawal_reason="就业", sessions_held="", sessions_attended=""),
        ]
    )
    assert (sent["status"], sent["counts"]["accepted"]) == ("accepted", 4), trainer.told(sent)
    told = trainer.members()
    assert [told[f"P00000{n}"]["hours"] for n in (0, 1, 2, 3)] == [108.5, 12.0, 108.5, None]
    assert told["P000002"]["until"] == "2019-01-31"
    assert told["P000009"]["withdrawal_reason"] == "employment"
    with scope.everything():
        assert set(Attendance.objects.values_list("submission_id", flat=True)) == {sent["id"]}
        assert not AuditEntry.objects.filter(action="attendance.note").exists()
    figures = trainer.api.get(f"{API}cohorts/{trainer.cohort.code}/figures/").json()
    assert (figures["noted"], figures["withdrawn_by_reason"]) == (4, {"employment": 1})


def test_what_stands_is_unchanged_and_what_differs_is_a_further_edition(trainer: Trainer) -> None:
    first = [trainer.line(partner_ref=f"P00000{n}") for n in range(3)]
    trainer.attend(first)
    again = trainer.attend([*first[:2], trainer.line(partner_ref="P000002", sessions_attended="35")])
    counts = again["counts"]
    assert (counts["accepted"], counts["unchanged"], counts["rejected"]) == (1, 2, 0)
    told = trainer.members()
    assert [told[f"P00000{n}"]["edition"] for n in range(3)] == [1, 1, 2]
    backwards = trainer.attend([trainer.line(partner_ref="P000000", until="2019-01-10")], confirm="manual")
    assert trainer.told(backwards) == [(2, "until", "A08")]
    assert backwards["counts"]["accepted_with_warnings"] == 1


def test_every_mistake_is_told_in_its_row(trainer: Trainer) -> None:
    one = {"partner_ref": "P000001"}
    rows = [
        trainer.line(**one, cohort="NONE"),
        trainer.line(**one, sessions_attended="41"),
        trainer.line(**one, sessions_held=""),
        trainer.line(**one, sessions_held="", sessions_attended="", hours=""),
        trainer.line(),
        trainer.line(partner_ref="P777777"),
        trainer.line(record="999999999"),
        trainer.line(**one, record=str(trainer.enrolled["P000002"])),
        trainer.line(**one, until="2018-12-31"),
        trainer.line(**one, until="2019-05-01"),
        trainer.line(**one, withdrawal_reason="健康原因"),
        trainer.line(**one, withdrawal_reason="无聊"),
        trainer.line(partner_ref="P000003"),
        trainer.line(id_type="居民身份证", id_number=number(3)),
        trainer.line(**one, hours="一百"),
    ]
    sent = trainer.attend(rows, confirm="manual")
    assert trainer.told(sent) == [
        (2, "cohort", "A01"),
        (3, "sessions_attended", "A02"),
        (4, "sessions_held", "A02"),
        (5, "sessions_held", "A03"),
        (6, "partner_ref", "A04"),
        (7, "partner_ref", "A04"),
        (8, "record", "A04"),
        (9, "partner_ref", "A04"),
        (10, "until", "A05"),
        (11, "until", "A05"),
        (12, "withdrawal_reason", "A06"),
        (13, "withdrawal_reason", "E02"),
        (15, "cohort", "A07"),
        (16, "hours", "E13"),
    ]
    assert sent["counts"]["accepted"] == 1


def test_nobody_elses_person_is_found_and_nothing_is_learnt_of_them(
    trainer: Trainer, run_jobs: Callable[[], int]
) -> None:
    other = Trainer(run_jobs, OrganisationFactory())
    other.report([other.row(50, partner_ref="P000050")])
    rows = [trainer.line(id_type="居民身份证", id_number=number(n)) for n in (50, 51)]
    rows.append(trainer.line(cohort=other.cohort.code, partner_ref="P000001"))
    sent = trainer.attend(rows, confirm="manual")
    found = trainer.api.get(f"{API}submissions/{sent['id']}/findings/").json()["results"]
    known, unknown, elsewhere = found
    assert (known["rule"], known["message"]) == ("A04", unknown["message"])
    assert elsewhere["rule"] == "A01"
    assert number(50) not in str(found)


def test_two_with_one_reference_and_a_person_under_two_documents(trainer: Trainer) -> None:
    with scope.everything():
        Record.objects.filter(pk=trainer.enrolled["P000005"]).update(partner_ref="P000004")
        four, six = (Record.objects.get(pk=trainer.enrolled[ref]) for ref in ("P000004", "P000006"))
        Person.objects.filter(pk=six.person_id).update(canonical=four.person_id)
    sent = trainer.attend(
        [
            trainer.line(partner_ref="P000004"),
            trainer.line(partner_ref="P000004", record=str(trainer.enrolled["P000005"])),
            trainer.line(id_type="居民身份证", id_number=number(6)),
        ],
        confirm="manual",
    )
    assert trainer.told(sent) == [(2, "partner_ref", "A04"), (4, "id_number", "A04")]
    assert sent["counts"]["accepted"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"sessions_attended": 41},
        {"sessions_held": None},
        {"until": "2019-05-01"},
        {"withdrawal_reason": "health"},
        {"withdrawal_reason": "boredom"},
        {"hours": 10_001},
        {"partner_ref": "P777777"},
    ],
)
def test_a_call_says_what_a_file_says(trainer: Trainer, changes: dict[str, Any]) -> None:
    row = {"partner_ref": "P000001", **THERE, **changes}
    sent = trainer.attend([{"cohort": trainer.cohort.code, **{k: str(v or "") for k, v in row.items()}}], "manual")
    of_file = [(column, rule) for _row, column, rule in trainer.told(sent)]
    answer = trainer.api.put(f"{API}cohorts/{trainer.cohort.code}/attendance/", {"rows": [row]}, format="json")
    of_call = [(one["field"].rpartition(".")[-1], one["code"]) for one in answer.json().get("errors", ())]
    assert of_call == of_file
    assert (answer.status_code == 200) == (not of_file)
