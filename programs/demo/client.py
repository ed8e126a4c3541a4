"""The demonstration's hands: the API over HTTP, as any partner's own program would call it."""

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

T = TypeVar("T")
PATIENCE_SECONDS = 90.0
"""How long one step may take before the demonstration gives up on it."""


class Refused(Exception):
    """The server answered with a problem; its members are in ``body``, its code in ``code``."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        try:
            self.body: dict[str, Any] = response.json()
        except ValueError:
            self.body = {"title": response.reason_phrase, "detail": response.text[:300]}
        self.code = str(self.body.get("type", "")).rsplit("/", 1)[-1]
        wrong = "; ".join(f"{error['field']}: {error['message']}" for error in self.body.get("errors", ()))
        where = f"{response.request.method} {response.request.url.path}"
        super().__init__(f"{where}: {self.status} {self.body.get('title')}. {self.body.get('detail')} {wrong}".strip())


class TooSlow(Exception):
    """A step did not come to its end in time."""


class Api:
    """One signed-in user.

    Args:
        base_url: the server's address, without ``/api/v1/``.
        language: ``zh-hans`` or ``en``, in which messages come.
    """

    def __init__(self, base_url: str, username: str, password: str, language: str) -> None:
        self._http = httpx.Client(
            base_url=f"{base_url.rstrip('/')}/api/v1/",
            headers={"Accept-Language": language, "Accept": "application/json"},
            timeout=60,
            transport=httpx.HTTPTransport(retries=3),
        )
        token = self.post("auth/token/", {"username": username, "password": password})["token"]
        self._http.headers["Authorization"] = f"Token {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def get(self, path: str, **params: Any) -> Any:
        """The answer to a GET. Raises Refused for any problem."""
        return self._answer(self._http.get(path, params=params or None))

    def post(self, path: str, body: Any = None) -> Any:
        """The answer to a POST of JSON, sent under a key of its own so that a retry acts once. Raises Refused."""
        return self._answer(self._http.post(path, json=body or {}, headers={"Idempotency-Key": uuid.uuid4().hex}))

    def patch(self, path: str, body: Any) -> Any:
        """The answer to a PATCH. Raises Refused."""
        return self._answer(self._http.patch(path, json=body))

    def put(self, path: str, body: Any) -> Any:
        """The answer to a PUT. Raises Refused."""
        return self._answer(self._http.put(path, json=body))

    def upload(self, file: Path, **fields: str) -> Any:
        """Sends a file to ``submissions/``. Raises Refused, with ``duplicate_file`` where it stands already."""
        sent = {"file": (file.name, file.read_bytes(), "application/octet-stream")}
        return self._answer(self._http.post("submissions/", data=fields, files=sent))

    def every(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """All rows of a list, page after page."""
        page = self.get(path, limit=500, **params)
        yield from page["results"]
        while page["next"]:
            page = self._answer(self._http.get(page["next"]))
            yield from page["results"]

    def count(self, path: str, **params: Any) -> int:
        """How many rows a list has."""
        return int(self.get(path, count="exact", limit=1, **params)["count"])

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        if response.is_error:
            raise Refused(response)
        return response.json() if response.content else None


def wait(probe: Callable[[], T], done: Callable[[T], bool], *, patience: float = PATIENCE_SECONDS) -> T:
    """Asks until ``done`` says so, and answers what was found then. Raises TooSlow."""
    end, pause = time.monotonic() + patience, 0.05
    while not done(found := probe()):
        if time.monotonic() > end:
            raise TooSlow(f"no end after {patience:.0f} s; last seen: {found}")
        time.sleep(pause)
        pause = min(pause * 1.3, 0.25)
    return found
