"""A partner at work: rows of made-up people, and the calls by which they are sent."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from backend.accounts.models import Organisation, User
from programs.catalogue.models import Cohort, Programme
from programs.intake.columns import COLUMNS
from programs.periods.models import Period
from tests.factories import (
    CohortFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    PeriodFactory,
    ProgrammeFactory,
    resident_number,
)

Row = dict[str, Any]
API = "/api/v1/"


def client_of(user: User, language: str = "en") -> APIClient:
    """A client signed in as ``user``, who has just proven who they are, whatever the clock says."""
    user.proven_at = dt.datetime.max.replace(tzinfo=dt.UTC)
    client = APIClient(HTTP_ACCEPT_LANGUAGE=language)
    client.force_authenticate(user)
    return client


def number(n: int) -> str:
    """The resident number of the made-up person ``n``: different for different ``n`` up to 100,000."""
    return resident_number(n, dt.date(1980, 1, 1) + dt.timedelta(days=n // 400), "1")


def as_csv(rows: list[Row], encoding: str = "utf-8") -> bytes:
    """The rows as a partner's file, with the template's Chinese headers."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(column.zh for column in COLUMNS)
    writer.writerows([row.get(column.code) or "" for column in COLUMNS] for row in rows)
    return text.getvalue().encode(encoding)


class Partner:
    """A university that trains people, its clerk, and an officer who verifies what it reports."""

    def __init__(self, run_jobs: Callable[[], int], organisation: Organisation | None = None, **shared: Any) -> None:
        self.run_jobs = run_jobs
        self.organisation = organisation or OrganisationFactory()
        self.programme: Programme = shared.get("programme") or ProgrammeFactory(organisations=[self.organisation])
        self.cohort: Cohort = shared.get("cohort") or CohortFactory(
            programme=self.programme, organisation=self.organisation
        )
        self.period: Period = PeriodFactory()
        self.clerk: User = shared.get("clerk") or PartnerFactory(organisation=self.organisation)
        self.api = client_of(self.clerk)
        self.officer = client_of(OfficerFactory())

    def row(self, n: int, **changes: Any) -> Row:
        """A row about the made-up person ``n``, which passes every check unless ``changes`` spoil it."""
        return {
            "partner_ref": f"P{n:06d}",
            "name": "张" + "甲乙丙丁戊己庚辛壬癸"[n % 10] + "一二三四五六七八九十"[n // 10 % 10],
            "id_type": "居民身份证",
            "id_number": number(n),
            "path": "培养",
            "programme": self.programme.code,
            "cohort": self.cohort.code,
            "started_on": "2019-01-07",
            "completed_on": "2019-02-01",
            "outcome": "完成",
            "district": "南明区",
        } | changes

    def send(self, rows: list[Row], **options: Any) -> dict[str, Any]:
        """Upload the rows as a file and have them checked; the submission as it then is."""
        file = io.BytesIO(as_csv(rows))
        file.name = "名单.csv"
        answer = self.api.post(
            f"{API}submissions/", {"file": file, "period": self.period.code, **options}, format="multipart"
        )
        assert answer.status_code == 202, answer.content
        self.run_jobs()
        return self.submission(answer.json()["id"])

    def submission(self, number: int) -> dict[str, Any]:
        """The submission as it is now."""
        return self.api.get(f"{API}submissions/{number}/").json()

    def confirm(self, number: int) -> dict[str, Any]:
        """Confirm and have the rows taken; the submission as it then is."""
        answer = self.api.post(f"{API}submissions/{number}/confirm/")
        assert answer.status_code == 202, answer.content
        self.run_jobs()
        return self.submission(number)

    def report(self, rows: list[Row], **options: Any) -> dict[str, Any]:
        """Send and confirm."""
        return self.confirm(self.send(rows, **options)["id"])

    def findings(self, number: int) -> list[dict[str, Any]]:
        """The findings on a submission."""
        return self.api.get(f"{API}submissions/{number}/findings/", {"limit": 500}).json()["results"]

    def found(self, number: int) -> set[tuple[int | None, str, str | None]]:
        """The findings as (row, rule, column)."""
        return {(one["row"], one["rule"], one["column"]) for one in self.findings(number)}

    def records(self, **filters: Any) -> list[dict[str, Any]]:
        """The organisation's records."""
        return self.api.get(f"{API}records/", {"limit": 500, **filters}).json()["results"]

    def decide(self, decision: str, **filters: Any) -> Any:
        """An officer decides on the records that the filters select."""
        body = {"filter": {"organisation": self.organisation.code, **filters}, "decision": decision, "reason": "核查"}
        answer = self.officer.post(f"{API}records/decide/", body, format="json")
        assert answer.status_code in (200, 202), answer.content
        self.run_jobs()
        return answer.json()
