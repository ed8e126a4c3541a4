"""Where the time of an intake goes: ``make bench STAGES=1`` takes files here, step by step; ``ROWS=1000000``."""

import importlib
import os
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.table import Table

from programs.periods.expected import expect_obligations
from tests.bench import rows
from tests.bench.rows import Crowd
from tests.support.partner import API, Partner
from tests.support.work import run_jobs

ROWS = int(os.environ.get("ROWS", "100000"))
ROUNDS = 3 if ROWS <= 100_000 else 1
KINDS = ("csv", "xlsx") if ROWS <= 100_000 else ("csv",)
# The step, the function that does it, and whether it is done beside the others, in threads of its own.
STEPS: tuple[tuple[str, str, str, bool], ...] = (
    ("unsealing the original", "backend.vault.files.services", "read", False),
    ("waiting for the reading process", "programs.intake.sandbox", "Reader.read", False),
    ("checking cells", "programs.intake.assessing", "check_cells", True),
    ("digests and blind indexes", "programs.intake.resolving", "digests", True),
    ("digests and blind indexes", "programs.intake.resolving", "indexes", True),
    ("looking numbers up in the books", "programs.intake.resolving", "look_up", False),
    ("the partner's own records", "programs.intake.resolving", "with_records", False),
    ("comparing rows with each other", "programs.intake.assessing", "cross_check", False),
    ("sealing the sheet", "programs.intake.sheets", "keep", False),
    ("planning what to write", "programs.intake.loading", "plan", False),
    ("free text without numbers", "programs.intake.loading", "cleaned", False),
    ("sealing numbers and contacts", "backend.vault.services", "Sealer.__call__", False),
    ("putting rows into the form of COPY", "programs.intake.copying", "_rendered", True),
    ("COPY, as the database takes it", "programs.intake.copying", "_send", True),
    ("taking people and records, in all", "programs.intake.templates.talent_engine", "take", False),
    ("writing findings", "programs.intake.noting", "write_findings", False),
    ("the whole job", "programs.intake.checking", "check", False),
)
Spent = dict[str, float]


def show(console: Console) -> None:
    """Print the steps of a CSV and an XLSX, each as the median of some runs."""
    crowd = Crowd()
    for kind in KINDS:
        runs = [_run(crowd, kind) for _ in range(ROUNDS + 1)][1:]
        table = Table(title=f"{ROWS:,} rows of {kind.upper()}, seconds by step (median of {ROUNDS})")
        for heading in ("step", "s", ""):
            table.add_column(heading)
        for step, _module, _name, beside in {one[0]: one for one in STEPS}.values():
            spent = statistics.median(run[step] for run in runs)
            table.add_row(step, f"{spent:.2f}", "beside the others" if beside else "")
        console.print(table)


def _run(crowd: Crowd, kind: str) -> Spent:
    partner = Partner(run_jobs)
    partner.api.defaults["SERVER_NAME"] = "localhost"
    expect_obligations()
    batch = crowd.rows(partner, ROWS)
    data = rows.as_csv(batch.frame) if kind == "csv" else rows.as_workbook(batch.frame)
    with _watched() as spent:
        answer = partner.api.post(
            f"{API}submissions/",
            {"file": _named(data, f"名单.{kind}"), "period": partner.period.code, "confirm": "auto"},
            format="multipart",
        )
        assert answer.status_code == 202, answer.content
        run_jobs()
    assert partner.submission(answer.json()["id"])["status"] == "partly_accepted"
    return spent


def _named(data: bytes, name: str) -> BytesIO:
    file = BytesIO(data)
    file.name = name
    return file


@contextmanager
def _watched() -> Iterator[Spent]:
    spent: Spent = defaultdict(float)
    lock = threading.Lock()

    def watching(step: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            begun = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                with lock:
                    spent[step] += time.perf_counter() - begun

        return timed

    with ExitStack() as stack:
        for step, module, name, _beside in STEPS:
            holder: Any = importlib.import_module(module)
            *classes, name = name.split(".")
            for one in classes:
                holder = getattr(holder, one)
            stack.enter_context(patch.object(holder, name, watching(step, getattr(holder, name))))
        yield spent
