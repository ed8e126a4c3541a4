"""A partner that plans cohorts: rows of ``cohorts/1`` and the calls by which they are sent."""

import csv
import io
from typing import Any

import xlsxwriter

from tests.programs.intake.templates.cohorts import COLUMNS
from tests.support.partner import API, Partner

Row = dict[str, Any]


def as_csv(rows: list[Row]) -> bytes:
    """The rows as a CSV file under Chinese headers."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(column.zh for column in COLUMNS)
    writer.writerows([row.get(column.code) or "" for column in COLUMNS] for row in rows)
    return text.getvalue().encode()


def as_xlsx(rows: list[Row]) -> bytes:
    """The rows as a workbook under English headers, every cell a text."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, column.en)
        for line, row in enumerate(rows, 1):
            if row.get(column.code):
                sheet.write_string(line, place, row[column.code])
    book.close()
    return packed.getvalue()


class Planner(Partner):
    """A partner that sends ``cohorts/1`` as well."""

    def plan(self, n: int, **changes: Any) -> Row:
        """A cohort that passes every check unless ``changes`` spoil it."""
        return {
            "code": f"PLAN-{self.organisation.pk}-{n}",
            "programme": self.programme.code,
            "starts_on": "2019-03-01",
            "ends_on": "2019年5月",
            "capacity": "30",
            "fee": "1,200.50",
            "mode": "面授",
        } | changes

    def hand_in(self, rows: list[Row], data: bytes | None = None, name: str = "plan.csv", **options: Any) -> Row:
        """Send the rows as a file and have them checked; the submission as it then is."""
        file = io.BytesIO(as_csv(rows) if data is None else data)
        file.name = name
        answer = self.api.post(
            f"{API}submissions/", {"file": file, "template": "cohorts/1", **options}, format="multipart"
        )
        assert answer.status_code == 202, answer.content
        self.run_jobs()
        return self.submission(answer.json()["id"])

    def post(self, records: list[Row], **options: Any) -> Row:
        """The same as JSON."""
        body = {"records": records, "template": "cohorts/1", **options}
        answer = self.api.post(f"{API}submissions/", body, format="json")
        assert answer.status_code == 202, answer.content
        self.run_jobs()
        return self.submission(answer.json()["id"])
