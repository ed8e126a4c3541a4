"""Ten partners who submit at once, and how others fare on the site meanwhile."""

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from backend.accounts import scope
from programs.periods.expected import expect_obligations
from programs.records.models import Record
from talent.people.models import IdentityDocument, Person
from tests.bench import rows
from tests.bench.figures import Figure, Figures, seconds
from tests.bench.rows import Crowd
from tests.bench.served import Caller, Served
from tests.factories import ManagerFactory, OfficerFactory
from tests.support.partner import Partner

PARTNERS = 10
EACH = 10_000
SHARED = 1_000
"""People whom all of them report."""

PERCENTILE = 95
QUIET_SECONDS = 4.0
PAUSE_SECONDS = 0.1
ASK_SECONDS = 0.5
"""A clerk's page asks after its upload less often than that."""


class Visitor:
    """Somebody who goes from page to page meanwhile, and notes how long each answer takes."""

    def __init__(self, caller: Caller, paths: list[str]) -> None:
        self._caller = caller
        self._paths = paths
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._visit, daemon=True)
        self.waits: list[float] = []

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> list[float]:
        """The answers' times in seconds."""
        self._stop.set()
        self._thread.join()
        self._caller.close()
        return self.waits

    def _visit(self) -> None:
        while not self._stop.is_set():
            for path in self._paths:
                begun = time.perf_counter()
                self._caller.get(path)
                self.waits.append(time.perf_counter() - begun)
                self._stop.wait(PAUSE_SECONDS)


def together(served: Served, crowd: Crowd) -> Figures:
    """How long ten partners' files take that come at once, and the 95th percentile of other answers meanwhile."""
    partners = [Partner(lambda: 0) for _ in range(PARTNERS)]
    expect_obligations()
    shared = crowd.reserve(SHARED)
    batches = [[crowd.rows(partner, EACH - SHARED), crowd.rows(partner, SHARED, first=shared)] for partner in partners]
    quiet = _waits(served, partners[0], lambda: time.sleep(QUIET_SECONDS))
    people, records = _counts()
    taken: list[float] = []
    busy = _waits(served, partners[0], lambda: taken.append(seconds(lambda: _send_all(served, partners, batches))))
    # Nobody was lost, and nobody whom several reported became several people.
    good = [[batch.frame.height - batch.rejected for batch in both] for both in batches]
    assert _counts() == (
        people + sum(own for own, _ in good) + good[0][1],
        records + sum(own + same for own, same in good),
    )
    label = f"intake: {PARTNERS} partners with {EACH:,} rows each at once"
    return {
        f"{label}, all taken": Figure(taken[0], "s"),
        f"{label}, {PERCENTILE}th percentile of other answers": Figure(_percentile(busy), "ms", _percentile(quiet)),
    }


def _send_all(served: Served, partners: Sequence[Partner], batches: Sequence[Sequence[rows.Batch]]) -> None:
    def send(partner: Partner, both: Sequence[rows.Batch]) -> None:
        data = rows.as_csv(pl.concat(batch.frame for batch in both))
        caller = Caller(served.door, partner.clerk)
        start.wait()
        told = caller.outcome(caller.send(data, "名单.csv", partner.period.code), ASK_SECONDS)
        assert told["counts"]["rows"] == EACH, told
        assert told["counts"]["rejected"] == sum(batch.rejected for batch in both), told
        caller.close()

    start = threading.Barrier(PARTNERS)
    with ThreadPoolExecutor(PARTNERS) as pool:
        list(pool.map(send, partners, batches))


def _waits(served: Served, partner: Partner, meanwhile: Callable[[], object]) -> list[float]:
    """How long others wait for their answers meanwhile, in milliseconds."""
    visitors = [
        Visitor(Caller(served.door, partner.clerk), ["records/", "submissions/", "obligations/", "programmes/"]),
        Visitor(Caller(served.door, OfficerFactory()), ["records/?state=submitted", "people/", "matches/"]),
        Visitor(Caller(served.door, ManagerFactory()), ["targets/all/", "targets/all/breakdown/?by=district"]),
    ]
    for visitor in visitors:
        visitor.start()
    meanwhile()
    return [wait * 1000 for visitor in visitors for wait in visitor.stop()]


def _percentile(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=100)[PERCENTILE - 1]


def _counts() -> tuple[int, int]:
    with scope.everything():
        people = Person.objects.count()
        assert people == IdentityDocument.objects.count()
        return people, Record.objects.count()
