"""Answers by file: the prefilled sheet, sent back, and what is wrong with a row."""

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backend.accounts.scope import everything
from programs.periods.models import Obligation
from programs.retention.models import RetentionAnswer, RetentionCheck
from programs.retention.template import COLUMNS
from tests.programs.retention.world import Town
from tests.support.partner import API

pytestmark = pytest.mark.django_db
Row = dict[str, str]


class Filing:
    """The employer's clerk, who answers by file."""

    def __init__(self, town: Town, run_jobs: Callable[[], int]) -> None:
        self.town, self.run_jobs = town, run_jobs
        self.client = town.clients["HITECH"]

    def sheet(self, **asked: str) -> list[Row]:
        """The prefilled sheet by column code."""
        data = self.client.get(f"{API}retention/sheet.csv", asked).content.decode("utf-8-sig")
        codes = {f"{one.en}*" if one.needed == "yes" else one.en: one.code for one in COLUMNS}
        return [{codes[name]: value for name, value in row.items()} for row in csv.DictReader(io.StringIO(data))]

    def send(self, rows: list[Row]) -> dict[str, Any]:
        """Send rows as a file and have those that are right taken; the submission as it then is."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(one.code for one in COLUMNS)
        writer.writerows([row.get(one.code, "") for one in COLUMNS] for row in rows)
        file = SimpleUploadedFile("answers.csv", text.getvalue().encode())
        body = {"file": file, "template": "retention/1", "confirm": "auto"}
        answer = self.client.post(f"{API}submissions/", body, format="multipart")
        assert answer.status_code == 202, answer.content
        self.run_jobs()
        return self.client.get(f"{API}submissions/{answer.json()['id']}/").json()

    def found(self, submission: dict[str, Any]) -> set[tuple[int, str, str]]:
        rows = self.client.get(f"{API}submissions/{submission['id']}/findings/", {"limit": 100}).json()["results"]
        return {(one["row"], one["rule"], one["column"]) for one in rows}


@pytest.fixture
def filing(town: Town, run_jobs: Callable[[], int]) -> Filing:
    for _ in range(3):
        town.introduce("2019-03-01")
    town.follow()
    return Filing(town, run_jobs)


def test_the_prefilled_sheet_is_filled_in_and_sent_back(filing: Filing) -> None:
    rows = filing.sheet(period="2019-Q3")
    assert [row["answer"] for row in rows] == ["", "", ""]
    assert all(row["name"] and row["falls_on"] == "2019-09-01" for row in rows)
    rows[0] |= {"answer": "仍在岗"}
    rows[1] |= {"answer": "已离开", "left_on": "2019/8/1", "reason": "到外地工作"}
    done = filing.send(rows)
    assert (done["status"], done["counts"]["accepted"], done["counts"]["unchanged"]) == ("accepted", 2, 1)
    with everything():
        answers = list(RetentionAnswer.objects.order_by("about"))
        assert [(one.said, one.channel, one.submission_id) for one in answers] == [
            ("stays", "file", done["id"]),
            ("left", "file", done["id"]),
        ]
    filing.town.follow()
    assert filing.town.figure()["still_here"] == 2
    again = filing.send([{**row, "note": ""} for row in rows[::-1]])
    assert again["counts"]["accepted"] == 0


def test_a_file_of_answers_is_no_report_of_a_period(filing: Filing) -> None:
    with everything():
        before = Obligation.objects.filter(kind="reporting", state="missing").count()
    rows = filing.sheet(period="2019-Q3")
    filing.send([{**row, "answer": "unknown"} for row in rows])
    with everything():
        assert Obligation.objects.filter(kind="reporting", state="missing").count() == before
    assert filing.town.owed(period__code="2019-Q3") == [("HITECH", "2019-Q3", "reported", False)]


def test_what_is_wrong_is_told_of_its_row_and_column(filing: Filing) -> None:
    rows = filing.sheet(period="2019-Q3")
    with everything():
        later = RetentionCheck.objects.filter(months=12).order_by("pk")[0]
    wrong = [
        {**rows[0], "name": rows[1]["name"] + "甲", "answer": "stays"},
        {**rows[1], "answer": "left", "left_on": "2019-01-01"},
        {**rows[2], "answer": "在本市就业"},
        {"check": "999999999", "answer": "stays"},
        {"check": str(later.pk), "left_on": "2019-08-01"},
        {**rows[1], "answer": "stays"},
    ]
    done = filing.send(wrong)
    assert done["counts"]["accepted"] == 0
    assert filing.found(done) == {
        (2, "S03", "name"),
        (3, "S05", "left_on"),
        (3, "S07", "reason"),
        (4, "S04", "answer"),
        (5, "S01", "check"),
        (6, "S04", "answer"),
        (7, "S02", "check"),
    }
    with everything():
        assert not RetentionAnswer.objects.exists()


def test_somebody_elses_question_is_told_as_none(filing: Filing) -> None:
    other = filing.town.introduce("2019-03-01", by=filing.town.b)
    filing.town.follow()
    done = filing.send([{"check": str(filing.town.check(other).pk), "answer": "stays"}])
    assert filing.found(done) == {(2, "S01", "check")}


def test_the_workbook_offers_what_may_be_answered(filing: Filing) -> None:
    data = filing.client.get(f"{API}retention/sheet.xlsx").content
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    assert sheet.max_row == 7  # the headings, and six questions of two periods
    assert [one.value for one in book["lists"]["A"] if one.value] == [
        "Still here",
        "Has left",
        "Left and came back",
        "Unknown",
    ]
    needed = filing.town.officer.get(f"{API}retention/sheet.xlsx", {"organisation": "HITECH", "period": "2020-Q1"})
    assert openpyxl.load_workbook(io.BytesIO(needed.content)).worksheets[0].max_row == 4
