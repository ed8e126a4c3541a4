"""A small world to check files against: programmes, cohorts, periods, and books that remember what was taken."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from backend.reference.folding import fold
from backend.reference.tables import load_tables
from programs.intake.columns import COLUMNS
from programs.intake.context import CohortFacts, Context, ProgrammeFacts
from programs.intake.found import Checked
from programs.intake.readers.files import read_file
from programs.intake.readers.limits import Limits

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
TEXT, NUMBER, DATE = 1, 2, 3

_DAY = dt.date
TRAIN = ProgrammeFacts(1, "T-BD-TRAIN", "trained", _DAY(2018, 1, 1), _DAY(2020, 12, 31))
INTRO = ProgrammeFacts(2, "T-BD-INTRO", "introduced", _DAY(2018, 1, 1), _DAY(2020, 12, 31))
LONG = ProgrammeFacts(3, "T-BD-LONG", "introduced", _DAY(2016, 1, 1), _DAY(2022, 12, 31))
OTHER_TRAIN = ProgrammeFacts(4, "T-OTHER", "trained", _DAY(2018, 1, 1), _DAY(2020, 12, 31))
COHORTS = {
    "T-UNI-A": (
        CohortFacts(1, "T-A-2019Q1", 1, _DAY(2019, 1, 1), _DAY(2019, 4, 30)),
        CohortFacts(3, "T-A-2018Q2", 1, _DAY(2018, 4, 1), _DAY(2018, 7, 31)),
        CohortFacts(4, "T-A-2018H2", 1, _DAY(2018, 8, 1), _DAY(2018, 12, 31)),
    ),
    "T-UNI-B": (CohortFacts(2, "T-B-2019Q1", 1, _DAY(2019, 1, 1), _DAY(2019, 4, 30)),),
    "T-HITECH": (),
}
PROGRAMMES = {"T-UNI-A": (TRAIN,), "T-UNI-B": (TRAIN,), "T-HITECH": (INTRO, LONG)}
PERIODS = {
    "2019-Q1": (_DAY(2019, 1, 1), _DAY(2019, 3, 31)),
    "2019-Q2": (_DAY(2019, 4, 1), _DAY(2019, 6, 30)),
}


@dataclass(frozen=True)
class Sheet:
    """A sheet as a reader hands it over."""

    frame: pl.DataFrame
    meta: dict[str, Any] = field(default_factory=dict)


def context(organisation: str = "T-UNI-A", period: str = "2019-Q1", **changed: Any) -> Context:
    """The context of an upload in the sample files' world; ``changed`` replaces single facts."""
    starts_on, ends_on = PERIODS[period]
    facts = Context(
        today=_DAY(2025, 6, 30),
        period_starts_on=starts_on,
        period_ends_on=ends_on,
        tables=load_tables(),
        programmes={fold(programme.code): programme for programme in PROGRAMMES[organisation]},
        cohorts={fold(cohort.code): cohort for cohort in COHORTS[organisation]},
        qualifying_education=frozenset({"11", "14", "17"}),
        qualifying_titles=frozenset({"082", "L-081"}),
        plan_starts_on=_DAY(2017, 11, 28),
        plan_ends_on=_DAY(2020, 12, 31),
    )
    return replace(facts, **changed)


def sheet_of(rows: list[dict[str, str | None]], kinds: dict[str, int] | None = None, **meta: Any) -> Sheet:
    """A sheet of the given cells, numbered from row 2; columns that no row mentions are absent, as in a file."""
    codes = [column.code for column in COLUMNS if any(column.code in row for row in rows)]
    frame = pl.DataFrame(
        {"row": pl.Series(range(2, len(rows) + 2), dtype=pl.UInt32)}
        | {code: pl.Series([row.get(code) for row in rows], dtype=pl.String) for code in codes}
    )
    if kinds is not None:
        frame = frame.with_columns(
            pl.when(pl.col(code).is_not_null()).then(pl.lit(kinds.get(code, TEXT), dtype=pl.UInt8)).alias(f"{code}__k")
            for code in codes
        )
    return Sheet(frame, meta)


def read_sample(path: Path) -> Sheet:
    """A sample file, as the product's reader takes it."""
    read = read_file(path.read_bytes(), Limits())
    assert not read.fatal
    return Sheet(read.frame, read.meta)


def digests(frame: pl.DataFrame) -> pl.Series:
    """The rows' digests; the product keys them, which makes no difference here."""
    return pl.Series([hashlib.sha256(text.encode()).digest() for text in frame["content"].to_list()], dtype=pl.Binary)


class Books:
    """What is on record: who, under which name, reported by whom, holding which certificates."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.reporters: dict[str, set[str]] = {}
        self.certificates: dict[tuple[str, str], set[str]] = {}
        self.records: dict[tuple[Any, ...], bytes] = {}

    def known(self, checked: Checked, organisation: str) -> pl.DataFrame:
        """What the resolver would answer for the rows of ``organisation``'s file."""
        good = checked.frame.filter(~pl.col("failed"))
        lines = []
        for row, digest in zip(good.iter_rows(named=True), digests(good), strict=True):
            key = row["document_key"]
            name = self.names.get(key)
            identity = (organisation, row["programme_id"], row["cohort_id"], key)
            lines.append(
                {
                    "row": row["row"],
                    "name_state": 0 if name is None else 1 if name == row["name_key"] else 2,
                    "elsewhere": bool(self.reporters.get(key, set()) - {organisation}),
                    "education_cert_elsewhere": self._held_by_another("education_cert_no", row),
                    "title_cert_elsewhere": self._held_by_another("title_cert_no", row),
                    "digest": digest,
                    "standing": self.records.get(identity),
                }
            )
        return pl.DataFrame(
            lines,
            schema={
                "row": pl.UInt32,
                "name_state": pl.UInt8,
                "elsewhere": pl.Boolean,
                "education_cert_elsewhere": pl.Boolean,
                "title_cert_elsewhere": pl.Boolean,
                "digest": pl.Binary,
                "standing": pl.Binary,
            },
        )

    def _held_by_another(self, column: str, row: dict[str, Any]) -> bool:
        return bool(self.certificates.get((column, row[column]), set()) - {row["document_key"]})

    def take(self, checked: Checked, organisation: str) -> None:
        """Takes the new and amended rows."""
        taken = checked.frame.filter(pl.col("fate").is_in(["new", "amendment"]))
        for row, digest in zip(taken.iter_rows(named=True), digests(taken), strict=True):
            key = row["document_key"]
            self.names.setdefault(key, row["name_key"])
            self.reporters.setdefault(key, set()).add(organisation)
            for column in ("education_cert_no", "title_cert_no"):
                if row[column]:
                    self.certificates.setdefault((column, row[column]), set()).add(key)
            self.records[(organisation, row["programme_id"], row["cohort_id"], key)] = digest
