"""One assessment of a sheet: its cells, its rows against each other, and its rows against what is known.

The check, every mend and the commit assess by this one way, so that none can find what another does not.

A sheet is gone through part by part, so that a million rows need little more room than a few. What its cells say by
themselves is found first (``prepare``). Of the good rows two things are kept: what they are compared by, and their
other values, which nobody looks at before they are loaded.
"""

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import Any, TypeVar

import polars as pl

from backend.vault import services as vault
from programs.intake import resolving
from programs.intake.cells import check_cells
from programs.intake.context import Context
from programs.intake.cross import CERTIFICATES, cross_check
from programs.intake.facts import context_of
from programs.intake.found import Checked, joined
from programs.intake.readers.sheet import Sheet
from programs.intake.rules import SEVERITIES, WARNING
from programs.submissions.models import Submission

BESIDE = 2
"""Parts that are looked at beside each other."""

HELD = 200_000
"""Rows whose values are held as they are; those of a longer sheet are packed."""

Given = TypeVar("Given")
Made = TypeVar("Made")

_COMPARED = (
    *("row", "failed", "name", "name_key", "id_number", "birth_date", "document_key", "programme_id", "cohort_id"),
    *CERTIFICATES,
)
_SPENT = ("programme", "cohort", "content", "born_on", "sex")


@dataclass(frozen=True, slots=True)
class Counts:
    """How the rows of a submission fare: rows = accepted + unchanged + rejected."""

    rows: int
    accepted: int
    accepted_with_warnings: int
    unchanged: int
    rejected: int


class Values:
    """The values of good rows, part by part in the sheet's order."""

    def __init__(self) -> None:
        self._parts: list[pl.DataFrame | bytes] = []
        self._rows = 0

    def add(self, part: pl.DataFrame) -> None:
        """Appends a part."""
        self._rows += part.height
        self._parts.append(part)
        if self._rows > HELD:
            self._parts = [_packed(one) if isinstance(one, pl.DataFrame) else one for one in self._parts]

    def __iter__(self) -> Iterator[pl.DataFrame]:
        for part in self._parts:
            yield part if isinstance(part, pl.DataFrame) else pl.read_ipc(BytesIO(part))


def beside_values(rows: pl.DataFrame, values: Values) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """The good rows in the parts in which their values are, with these."""
    start = 0
    for part in values:
        yield rows.slice(start, part.height), part
        start += part.height


def _packed(part: pl.DataFrame) -> bytes:
    packed = BytesIO()
    part.write_ipc(packed, compression="zstd")
    return packed.getvalue()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a sheet says by itself.

    ``total`` counts all its rows. ``rows`` has a line for each good one: what it is compared by (``_COMPARED``), the
    digest of all that it says, how many credentials it claims. ``values`` has its other values and the blind indexes of
    its numbers, in the same order. ``findings`` are those of the cells. ``looked_up`` is what ``resolving.look_up``
    found, if it was asked, ``severities`` how grave each rule was when the findings were made.
    """

    total: int
    rows: pl.DataFrame
    values: Values
    findings: pl.DataFrame
    looked_up: pl.DataFrame | None
    severities: Mapping[str, str] = field(default_factory=lambda: SEVERITIES)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The good rows with what is known of them and their ``fate`` (new, amendment, unchanged, rejected).

    ``work`` is what a simple template's rows mean, with what it knew of the world when they were compared.
    """

    rows: pl.DataFrame
    values: Values
    findings: pl.DataFrame
    counts: Counts
    severities: Mapping[str, str] = field(default_factory=lambda: SEVERITIES)
    work: Any = None


def prepare(
    submission: Submission,
    meta: Mapping[str, Any],
    parts: Iterable[pl.DataFrame],
    *,
    looking_up: bool,
    context: Context | None = None,
) -> Prepared:
    """What needs none of the sheet's other rows.

    Args:
        submission: whose rows they are.
        meta: the sheet's meta.
        parts: the sheet's rows, in their order.
        looking_up: ask the books for each part meanwhile; not where ``assess`` follows in another transaction.
        context: what they are checked against, where that is not what holds for the submission now.
    """
    context = context or context_of(submission)
    look = partial(_look, context, vault.Indexer())
    # What is to be said of the whole file is said with its first part.
    sheets = map(Sheet, parts, itertools.chain([dict(meta)], itertools.repeat({})))
    total, rows, values, findings, looked_up = 0, [], Values(), [], []
    for sheet, compared, other, found in _beside(look, sheets):
        total += sheet.frame.height
        rows.append(compared)
        values.add(other)
        findings.append(found)
        if looking_up:
            looked_up.append(resolving.look_up(compared, other, submission.organisation_id))
    known = pl.concat(looked_up) if looking_up else None
    return Prepared(total, pl.concat(rows), values, joined(findings), known, context.severities)


def _look(
    context: Context, indexer: vault.Indexer, sheet: Sheet
) -> tuple[Sheet, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The sheet, what its good rows are compared by, their other values, and the findings of its cells."""
    checked = check_cells(sheet, context)
    # What a number carries need not be stated beside it, and is known all the same.
    good = checked.frame.filter(~pl.col("failed")).with_columns(
        birth_date=pl.coalesce("birth_date", "born_on"), gender=pl.coalesce("gender", "sex")
    )
    claims = pl.sum_horizontal(pl.col("education", "title").is_not_null()).cast(pl.UInt8)
    compared = good.select(*_COMPARED, digest=resolving.digests(good, indexer), claims=claims)
    other = good.drop(*_COMPARED, *_SPENT).with_columns(resolving.indexes(good, indexer))
    return sheet, compared, other, checked.findings


def _beside(call: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
    """What ``call`` makes of each, in their order; the next ones are under way meanwhile."""
    with ThreadPoolExecutor(BESIDE) as pool:
        waiting: deque[Future[Made]] = deque()
        for one in given:
            waiting.append(pool.submit(call, one))
            if len(waiting) > BESIDE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def assess(submission: Submission, prepared: Prepared, *, locking: bool = False) -> Assessment:
    """Compares the rows with each other and with what is known now.

    ``locking`` as in ``resolving.with_records``.
    """
    rows, severities = prepared.rows, prepared.severities
    known = known_of(submission, prepared, locking=locking)
    crossed = cross_check(Checked(rows, prepared.findings), known, severities)
    rows = crossed.frame.hstack(known.select("person_id", "name_state", "record_id", "record_state"))
    counts = counts_of(prepared.total, rows, crossed.findings, severities)
    return Assessment(rows, prepared.values, crossed.findings, counts, severities)


def known_of(submission: Submission, prepared: Prepared, *, locking: bool = False) -> pl.DataFrame:
    """What the books say of the good rows; see ``resolving``."""
    looked_up = prepared.looked_up
    if looked_up is None:
        parts = beside_values(prepared.rows, prepared.values)
        looked_up = pl.concat(resolving.look_up(*part, submission.organisation_id) for part in parts)
    return resolving.with_records(prepared.rows, looked_up, submission.organisation_id, locking=locking)


def counts_of(total: int, rows: pl.DataFrame, findings: pl.DataFrame, severities: Mapping[str, str]) -> Counts:
    """How the rows of a sheet fare: ``rows`` has the fate of each good one, ``total`` counts them all."""
    taken = rows.filter(pl.col("fate").is_in(["new", "amendment"])).select("row")
    warnings = [rule for rule, severity in severities.items() if severity == WARNING]
    warned = findings.filter(pl.col("rule").is_in(warnings)).select("row").unique()
    unchanged = rows.filter(pl.col("fate") == "unchanged").height
    return Counts(
        rows=total,
        accepted=taken.height,
        accepted_with_warnings=taken.join(warned, on="row", how="semi").height,
        unchanged=unchanged,
        rejected=total - taken.height - unchanged,
    )
