"""Partners, officers and managers at their desks: what each does, and how long each thinks in between."""

import os
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import httpx

from backend.accounts.models import User
from tests.factories import ManagerFactory
from tests.hostile.faults.journal import TAKEN, UNDER_WAY, Journal, Sender
from tests.hostile.faults.notes import Took, Upload
from tests.support.browsing import signed_in
from tests.support.http import WITHOUT_TLS

MANY = {"partners": 50, "officers": 20, "managers": 10}
SIZES = (1, 3, 8, 20, 20, 50, 50, 120, 300, 1500)
"""Rows of a file: most are short lists, a few are whole cohorts."""

THINKS = {"partner": (12.0, 45.0), "officer": (4.0, 14.0), "manager": (4.0, 14.0)}
"""Seconds between what somebody does and what they do next, by role."""

POLLS = 2.0
"""Seconds after which a submission's page asks again how far it is."""

LOOKS_AT = ("/", "/targets/", "/targets/all/", "/targets/high-end/", "/league/", "/snapshots/")
ASKS = (
    "targets/all/",
    "targets/all/series/?by=month",
    "targets/all/breakdown/?by=organisation",
    "targets/all/breakdown/?by=district",
    "targets/all/gap/",
    "targets/all/people/?limit=50",
)


class Served:
    """The system that serves us."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.environment = dict(os.environ)

    def connected(self) -> AbstractContextManager[None]:
        """We are connected to its database anyway."""
        return nullcontext()

    def log(self, name: str) -> str:
        """Its logs are in ``var/log``."""
        return f"see var/log/{name}-load.log"


class Crowd:
    """Everybody, and the book that they keep."""

    def __init__(self, served: Served, *, partners: int, officers: int, managers: int) -> None:
        self.book = Journal(served, clerks=partners, officers=officers)
        self.failures: list[BaseException] = []
        self._managers = [Sender(self.book, ManagerFactory()) for _ in range(managers)]
        self._waiting: deque[Upload] = deque()
        everybody = [*(sender for _partner, sender in self.book.clerks), *self.book.officers, *self._managers]
        self._pages = {id(sender): _browser(served.url, sender.user) for sender in everybody}
        self._stop = threading.Event()

    def work(self, seconds: float) -> None:
        """Everybody works for so long; prints how far it is."""
        threads = [
            threading.Thread(target=self._kept, args=(work, place), daemon=True)
            for work, many in (
                (self._partner, len(self.book.clerks)),
                (self._officer, len(self.book.officers)),
                (self._manager, len(self._managers)),
            )
            for place in range(many)
        ]
        for thread in threads:
            thread.start()
        end = time.monotonic() + seconds
        while not self._stop.wait(min(30.0, max(end - time.monotonic(), 0.0))) and time.monotonic() < end:
            print(f"{self.book.acknowledged()} uploads, {len(self.book.took)} requests", flush=True)
        self._stop.set()
        for thread in threads:
            thread.join(120)
        if self.failures:
            raise self.failures[0]

    def _kept(self, work: Callable[[int, random.Random], None], place: int) -> None:
        chance = random.Random(f"{work.__name__} {place}")
        try:
            work(place, chance)
        except BaseException as error:  # noqa: BLE001 - told where the work ends
            self.failures.append(error)
            self._stop.set()

    def _thinks(self, role: str, chance: random.Random) -> bool:
        """Whether there is still time once somebody has thought."""
        return not self._stop.wait(chance.uniform(*THINKS[role]))

    def _look(self, sender: Sender, path: str) -> None:
        """Open a page."""
        began, status = time.monotonic(), 0
        try:
            status = self._pages[id(sender)].get(path).status_code
        except httpx.TransportError:
            self.book.unanswered[0] += 1
        self.book.took.append(Took(time.monotonic() - began, status, sender.role, f"GET {path}"))

    def _partner(self, place: int, chance: random.Random) -> None:
        """Uploads, watches it being taken as the page does, and looks at what was found."""
        _partner, sender = self.book.clerks[place]
        self._stop.wait(chance.uniform(0, THINKS["partner"][1]))
        while self._thinks("partner", chance):
            self._look(sender, "/")
            self._look(sender, "/submissions/new/")
            sent = self.book.upload(place, chance.choice(SIZES), again=False)
            if sent.number is None:
                continue
            while self.book.status(sent, sender) in UNDER_WAY and not self._stop.wait(POLLS):
                pass
            self._look(sender, f"/submissions/{sent.number}/")
            sender.once("GET", f"submissions/{sent.number}/findings/")
            self._waiting.append(sent)

    def _officer(self, place: int, chance: random.Random) -> None:
        """Takes the oldest submission that nobody has taken, looks at it, and decides."""
        officer = self.book.officers[place]
        while self._thinks("officer", chance):
            self._look(officer, "/")
            self._look(officer, "/records/?state=submitted")
            try:
                sent = self._waiting.popleft()
            except IndexError:
                continue
            if self.book.status(sent, officer) in TAKEN:
                self.book.decide(officer, sent, again=False)

    def _manager(self, place: int, chance: random.Random) -> None:
        """Looks at figures, on pages and over the API."""
        manager = self._managers[place]
        while self._thinks("manager", chance):
            self._look(manager, chance.choice(LOOKS_AT))
            manager.once("GET", chance.choice(ASKS))


def _browser(url: str, user: User) -> httpx.Client:
    """A browser in which a user is signed in."""
    session = signed_in(user).cookies["shugu_session"].value
    return httpx.Client(
        base_url=url, cookies={"shugu_session": session}, timeout=60, verify=WITHOUT_TLS, follow_redirects=True
    )
