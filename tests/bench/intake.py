"""Intake as it is served: from the POST to every row decided and written, beside the bare writing of the same rows."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import orjson
import python_calamine
from django.db import connection

from backend.accounts.scope import everything
from backend.jobs.models import Job
from backend.jobs.services import cancel
from backend.vault import services as vault
from programs.intake.handlers import IDENTIFY
from programs.periods.expected import expect_obligations
from tests.bench import peers, rows
from tests.bench.figures import Figure, Figures, median_seconds, seconds
from tests.bench.floors import Floor
from tests.bench.rows import Crowd
from tests.bench.served import Caller, Peaks, Served
from tests.bench.together import together
from tests.support.partner import Partner, number
from tests.support.workers import wait_for

ROWS = 100_000
ROUNDS = {"csv": 3, "xlsx": 1, "json": 1}
FULL_ROUNDS = {"csv": 5, "xlsx": 3, "json": 3}
MILLION = 1_000_000
WARMING = 300
PATIENCE = 300
MEGABYTE = 1024 * 1024
LABELS = {"csv": "rows of GB18030 CSV", "xlsx": "rows of XLSX", "json": "records of JSON"}


@dataclass(frozen=True)
class Taken:
    """One measured submission: seconds from the POST on, and what writing its rows alone takes."""

    seconds: float
    floor: float


def measure(full: bool) -> Figures:
    """The figures of intake; ``full`` adds a million rows and more rounds."""
    crowd, floor = Crowd(), Floor()
    figures: Figures = {}
    with Served() as served:
        _warm(served, crowd)
        for kind, rounds in (FULL_ROUNDS if full else ROUNDS).items():
            taken = [_take(served, crowd, floor, kind, ROWS) for _ in range(rounds)]
            figures[f"intake: {ROWS:,} {LABELS[kind]}, from POST to taken"] = Figure(
                statistics.median(one.seconds for one in taken), "s", statistics.median(one.floor for one in taken)
            )
        figures |= together(served, crowd)
    figures |= _beside_others(figures[f"intake: {ROWS:,} {LABELS['csv']}, from POST to taken"].value / ROWS)
    if full:
        figures |= _million(crowd, floor)
    floor.close()
    return figures | _sealing()


def _partner() -> Partner:
    """A partner who owes a report."""
    partner = Partner(lambda: 0)
    expect_obligations()
    return partner


def _warm(served: Served, crowd: Crowd) -> None:
    """Every worker has read and taken a file before, as in a system that has been up for a while."""
    callers = []
    for _ in range(4):
        partner = _partner()
        caller = Caller(served.door, partner.clerk)
        data = rows.as_csv(crowd.rows(partner, WARMING).frame)
        callers.append((caller, caller.send(data, "名单.csv", partner.period.code)))
    for caller, sent in callers:
        caller.outcome(sent)
        caller.close()


def _take(served: Served, crowd: Crowd, floor: Floor, kind: str, count: int) -> Taken:
    partner = _partner()
    batch = crowd.rows(partner, count)
    send, reading = _sending(Caller(served.door, partner.clerk), partner, batch, kind)
    mark = floor.begin()
    begun = time.perf_counter()
    told = send()
    taken = time.perf_counter() - begun
    _rest()
    assert told["status"] == "partly_accepted", told
    assert told["counts"] == {
        "rows": count,
        "accepted": count - batch.rejected,
        "accepted_with_warnings": batch.warned,
        "unchanged": 0,
        "rejected": batch.rejected,
    }, told
    return Taken(taken, reading() + floor.write(floor.left_since(mark)))


def _rest() -> None:
    """Call off what follows behind a commit, whose figures stand in rooms of their own, and wait until it has left off:
    it shares the cores with no other measurement."""
    with everything():
        for job in Job.objects.filter(kind=IDENTIFY, state__in=[Job.State.QUEUED, Job.State.RUNNING]):
            cancel(job=job)
    wait_for(_quiet, PATIENCE, "what follows behind a commit to leave off")


def _quiet() -> bool:
    with everything(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM roster_mark")
        cursor.execute("DELETE FROM gap_mark")
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <>"
            " pg_backend_pid() AND state IN ('active', 'idle in transaction') AND backend_type = 'client backend')"
        )
        [quiet] = cursor.fetchone()
        return bool(quiet)


def _sending(
    caller: Caller, partner: Partner, batch: rows.Batch, kind: str
) -> tuple[Callable[[], dict], Callable[[], float]]:
    """What sends the rows and waits for what becomes of them, and what the reading alone takes where that counts."""
    period = partner.period.code
    if kind == "json":
        body = orjson.dumps({"period": period, "confirm": "auto", "records": rows.as_records(batch.frame)})
        return lambda: caller.outcome(caller.send_records(body)), lambda: 0.0
    data = rows.as_csv(batch.frame) if kind == "csv" else rows.as_workbook(batch.frame)
    reading = (lambda: 0.0) if kind == "csv" else (lambda: seconds(lambda: _by_calamine(data)))
    return lambda: caller.outcome(caller.send(data, f"名单.{kind}", period)), reading


def _by_calamine(data: bytes) -> int:
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(data))
    return len(book.get_sheet_by_index(0).to_python(skip_empty_area=False))


def _beside_others(own: float) -> Figures:
    return {
        f"intake: one row of CSV, beside {name}": Figure(own * 1000, "ms", peer=other * 1000)
        for name, other in peers.per_row().items()
    }


def _million(crowd: Crowd, floor: Floor) -> Figures:
    limits = {"UPLOAD_ROWS": str(2 * MILLION), "UPLOAD_BYTES": str(1024 * MEGABYTE)}
    with Served(**limits) as served:
        _warm(served, crowd)
        with Peaks(served) as peaks:
            taken = _take(served, crowd, floor, "csv", MILLION)
    figures = {f"intake: {MILLION:,} {LABELS['csv']}, from POST to taken": Figure(taken.seconds, "s", taken.floor)}
    for name, most in sorted(peaks.bytes.items()):
        figures[f"intake: {MILLION:,} rows, most memory of one process: {name}"] = Figure(most / MEGABYTE, "MB")
    return figures


def _sealing() -> Figures:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    texts = [number(n) for n in range(ROWS)]
    plain = [text.encode() for text in texts]
    ids = list(range(ROWS))
    cipher, nonce = AESGCM(bytes(32)), bytes(12)

    def bare() -> list[bytes]:
        return [cipher.encrypt(nonce, one, None) for one in plain]

    def timed(call: Callable[[], object]) -> float:
        return median_seconds(call, 3)

    return {
        f"vault: {ROWS:,} numbers sealed": Figure(
            timed(lambda: vault.seal_many("identity_document", "sealed_number", ids, plain)), "s", timed(bare)
        ),
        f"vault: {ROWS:,} blind indexes": Figure(timed(lambda: vault.index_many(texts)), "s", timed(_digests(plain))),
    }


def _digests(plain: list[bytes]) -> Callable[[], object]:
    import hashlib

    return lambda: [hashlib.sha256(one).digest() for one in plain]
