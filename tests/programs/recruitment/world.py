"""An employer that looks for people: its clerk, an officer, a campaign, a position, and candidates."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

from backend.accounts.models import Organisation, User
from backend.clock import today
from programs.catalogue.models import Programme
from tests.factories import (
    BureauFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    PeriodFactory,
    ProgrammeFactory,
)
from tests.support.http import Caller, get, token_for
from tests.support.partner import number
from tests.support.scans import pdf

USCC = "91520100MA6DLXXX5T"
OCCUPATION = "2-02-38-03"


def employer(**values: Any) -> Organisation:
    """An employer with a sound code."""
    return OrganisationFactory(kind=Organisation.Kind.EMPLOYER, **{"uscc": USCC, **values})


def caller(user: User) -> Caller:
    """Somebody who asks in English, signed in for longer than tests move the clock."""
    found = Caller(None, **{"accept-language": "en"})
    found.credentials(HTTP_AUTHORIZATION=f"Token {token_for(user, days=400)}")
    return found


class World:
    """One employer and what it has, and another one that has the like."""

    def __init__(self, run_jobs: Callable[[], int]) -> None:
        self.run_jobs = run_jobs
        self.day = today()
        self.bureau = BureauFactory()
        self.own, self.other = employer(), employer()
        year = self.day.year
        self.period = PeriodFactory(
            code=str(year),
            starts_on=dt.date(year - 1, 1, 1),
            ends_on=dt.date(year + 1, 12, 31),
            due_on=dt.date(year + 2, 1, 15),
        )
        self.campaign: Programme = ProgrammeFactory(
            path="introduced",
            organisations=[self.own, self.other],
            starts_on=self.day - dt.timedelta(days=400),
            ends_on=self.day + dt.timedelta(days=400),
        )
        self.user = PartnerFactory(organisation=self.own)
        self.official = OfficerFactory(organisation=self.bureau)
        self.clerk = caller(self.user)
        self.stranger = caller(PartnerFactory(organisation=self.other))
        self.officer = caller(self.official)

    def ago(self, days: int) -> str:
        """So many days ago."""
        return (self.day - dt.timedelta(days=days)).isoformat()

    def position(self, by: Caller | None = None, **values: Any) -> dict[str, Any]:
        """A position, registered."""
        body = {
            "ref": "P1",
            "title": "Data engineer",
            "occupation": OCCUPATION,
            "level": "intermediate",
            "wanted": 2,
            "segment": "core",
            "district": "520102",
            "opened_on": self.ago(100),
            "open_until": (self.day + dt.timedelta(days=100)).isoformat(),
        } | values
        return done((by or self.clerk).post("positions/", body, format="json"), 201)

    def candidate(self, n: int, by: Caller | None = None, **values: Any) -> dict[str, Any]:
        """The made-up person ``n`` as a candidate, entered fifty days ago."""
        return done((by or self.clerk).post("candidates/", self.told(n, **values), format="json"), 201)

    def told(self, n: int, **values: Any) -> dict[str, Any]:
        """What is told of the made-up person ``n``."""
        body = {
            "name": "李" + "甲乙丙丁戊己庚辛壬癸"[n % 10] + "一二三四五六七八九十"[n // 10 % 10],
            "source": "fair",
            "id_type": "111",
            "id_number": number(n),
            "mobile": f"139{n:08d}",
            "campaign": self.campaign.code,
            "day": self.ago(50),
        } | values
        return {name: value for name, value in body.items() if value is not None}

    def move(self, id: int, to: str, expected: str = "sourced", by: Caller | None = None, **values: Any) -> Any:
        """A move, as it is answered."""
        body = {"to": to, "expected": expected, **values}
        return (by or self.clerk).post(f"candidates/{id}/move/", body, format="json")

    def file(self, id: int, kind: str = "post_evidence", data: bytes | None = None, by: Caller | None = None) -> Any:
        """A file of a candidate, as its sending is answered."""
        file = io.BytesIO(pdf() if data is None else data)
        file.name = "file.pdf"
        return (by or self.clerk).post(f"candidates/{id}/documents/", {"kind": kind, "file": file}, format="multipart")

    def arrive(self, id: int, days: int = 5, by: Caller | None = None, **values: Any) -> Any:
        """An arrival, as it is answered."""
        return (by or self.clerk).post(f"candidates/{id}/arrive/", {"day": self.ago(days), **values}, format="json")

    def arrived(self, n: int, **values: Any) -> dict[str, Any]:
        """A candidate who has arrived and is on the books."""
        candidate = self.candidate(n, **values)
        done(self.file(candidate["id"]), 202)
        done(self.arrive(candidate["id"]), 202)
        self.run_jobs()
        return self.seen(candidate["id"])

    def seen(self, id: int, by: Caller | None = None) -> dict[str, Any]:
        """A candidate as they are now."""
        return get(by or self.clerk, f"candidates/{id}/")


def done(answer: Any, status: int = 200) -> Any:
    """The body of an answer of a status."""
    assert answer.status_code == status, (answer.status_code, answer.content.decode()[:2000])
    return answer.json() if answer.content else None


def errors(answer: Any) -> set[tuple[str, str]]:
    """The fields at fault in a refusal, each with its code."""
    assert answer.status_code == 400, (answer.status_code, answer.content.decode()[:2000])
    return {(one["field"], one["code"]) for one in answer.json().get("errors", ())}
