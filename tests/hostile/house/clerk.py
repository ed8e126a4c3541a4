"""The whole house as its users meet it: the site over HTTP, a real worker behind it, its reading child behind that."""

import io
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import httpx

from backend.accounts import scope
from backend.accounts.models import User
from backend.jobs.models import Job
from tests.support.http import WITHOUT_TLS, token_for
from tests.support.partner import Partner, Row, as_csv
from tests.support.workers import Worker, wait_for

UNDER_WAY = ("received", "checking", "committing")
PATIENCE = 120.0
PEOPLE = 1_000
Result = TypeVar("Result")
_clerks = itertools.count()


def at_once(count: int, call: Callable[[int], Result]) -> list[Result]:
    """The results of ``call(0)``, ``call(1)`` and so on, each from a thread of its own, all begun at one moment."""
    start = Barrier(count)

    def begin(place: int) -> Result:
        start.wait()
        return call(place)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(begin, range(count)))


class Visitor:
    """Somebody who calls the API with a token."""

    def __init__(self, url: str, user: User) -> None:
        self.site = f"{url}/api/v1/"
        self._token = token_for(user)

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One call; whatever is sent, the answer is none that tells of a fault of ours."""
        headers = {"Authorization": f"Token {self._token}", "Accept-Language": "en"} | options.pop("headers", {})
        answer = httpx.request(
            method, self.site + path, headers=headers, timeout=PATIENCE, verify=WITHOUT_TLS, **options
        )
        assert answer.status_code < 500, answer.text
        return answer


class Clerk(Visitor):
    """A partner's clerk, whose organisation, programme, cohort and people are nobody else's."""

    def __init__(self, url: str, worker: Worker) -> None:
        self.partner = Partner(lambda: 0)
        self.worker = worker
        super().__init__(url, self.partner.clerk)
        self._first = next(_clerks) * PEOPLE

    def row(self, n: int, **changes: Any) -> Row:
        """A row about this clerk's own made-up person ``n`` (below ``PEOPLE``), which passes every check."""
        return self.partner.row(self._first + n, **changes)

    def upload(self, data: bytes, name: str = "名单.csv", headers: dict[str, str] | None = None, **fields: str) -> Any:
        """Send a file; the answer."""
        files = {"file": (name, io.BytesIO(data))}
        fields = {"period": self.partner.period.code, **fields}
        return self.call("POST", "submissions/", data=fields, files=files, headers=headers or {})

    def send(self, rows: list[Row], **fields: Any) -> dict[str, Any]:
        """Send rows as a file; the submission once its checks, or its commit, have ended."""
        return self.taken_in(self.upload(as_csv(rows), headers=None, **fields))

    def taken_in(self, answer: httpx.Response) -> dict[str, Any]:
        """The submission that an upload made, once nothing is under way any more."""
        assert answer.status_code == 202, answer.text
        return self.settled(answer.json()["id"])

    def settled(self, number: int) -> dict[str, Any]:
        """A submission once nothing is under way any more."""

        def settled() -> dict[str, Any] | None:
            shown: dict[str, Any] = self.call("GET", f"submissions/{number}/").json()
            return None if shown["status"] in UNDER_WAY else shown

        found: dict[str, Any] = wait_for(settled, PATIENCE, f"submission {number}; the worker's log:\n{self.log}")
        return found

    def findings(self, number: int, language: str = "en") -> list[dict[str, Any]]:
        """The findings on a submission in a language."""
        path = f"submissions/{number}/findings/?limit=500"
        found: list[dict[str, Any]] = self.call("GET", path, headers={"Accept-Language": language}).json()["results"]
        return found

    def found(self, number: int) -> set[tuple[int | None, str, str | None]]:
        """The findings as (row, rule, column)."""
        return {(one["row"], one["rule"], one["column"]) for one in self.findings(number)}

    def records(self) -> list[dict[str, Any]]:
        """What stands of this organisation in the books."""
        found: list[dict[str, Any]] = self.call("GET", "records/?limit=500").json()["results"]
        return found

    def tries(self, number: int) -> int:
        """How often the checks of a submission were begun."""
        with scope.everything():
            return Job.objects.filter(subject_id=number, kind="submission.check").values_list("fence", flat=True).get()

    @property
    def log(self) -> str:
        """The end of the worker's log."""
        return self.worker.log[-3000:]
