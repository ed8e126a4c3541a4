"""The parsed sheet of a submission, at rest and mended.

A submission's rows rest as one sealed columnar sheet and not as table rows: nothing of them is in the clear, a
hundred thousand come and go as one file, and what was mended lies beside it, cell by cell.
"""

import json
from collections.abc import Iterator

import polars as pl

from backend.vault import services as vault
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from programs.intake.packing import unpack
from programs.intake.readers.sheet import Sheet
from programs.submissions.models import Mend, Submission

TEXT = 1
Cell = tuple[int, str, str | None]


def keep(submission: Submission, rows: bytes) -> SealedFile:
    """Seals a sheet's packed rows and returns their file; its meta goes to the submission itself."""
    return files.store(organisation_id=submission.organisation_id, purpose=SealedFile.Purpose.SHEET, data=rows)


def mended(submission: Submission) -> Sheet:
    """The submission's sheet with every cell that was mended in place."""
    return Sheet(frame=pl.concat(parts(submission), how="diagonal"), meta=submission.meta)


def parts(submission: Submission) -> Iterator[pl.DataFrame]:
    """The rows of the submission's sheet in parts, with every cell that was mended in place."""
    if submission.sheet is None:
        raise LookupError(f"submission {submission.pk} has no sheet")
    cells = _cells(submission)
    for part in unpack(files.read(submission.sheet)):
        first, last = (part["row"].item(0), part["row"].item(-1)) if part.height else (1, 0)
        own = [cell for cell in cells if first <= cell[0] <= last]
        yield _with_cells(part, own) if own else part


def _cells(submission: Submission) -> list[Cell]:
    mends = list(Mend.objects.filter(submission=submission).order_by("row", "column"))
    values = vault.unseal_many(
        "mend", "sealed_value", [mend.pk for mend in mends], [bytes(mend.sealed_value) for mend in mends]
    )
    return [(mend.row, mend.column, json.loads(value)) for mend, value in zip(mends, values, strict=True)]


def _with_cells(frame: pl.DataFrame, cells: list[Cell]) -> pl.DataFrame:
    kinds = [name for name in frame.columns if name.endswith("__k")]
    for column in sorted({column for _, column, _ in cells}):
        new = pl.DataFrame(
            [(row, value, True) for row, name, value in cells if name == column],
            schema={"row": pl.UInt32, "new": pl.String, "mended": pl.Boolean},
            orient="row",
        )
        frame = frame.join(new, on="row", how="left", maintain_order="left")
        present = pl.col(column) if column in frame.columns else pl.lit(None, dtype=pl.String)
        frame = frame.with_columns(pl.when("mended").then("new").otherwise(present).alias(column))
        if kinds:
            # What a clerk types in place is text, whatever the spreadsheet had made of the cell.
            kind = pl.col(f"{column}__k") if f"{column}__k" in frame.columns else pl.lit(None, dtype=pl.UInt8)
            frame = frame.with_columns(
                pl.when("mended").then(pl.lit(TEXT, dtype=pl.UInt8)).otherwise(kind).alias(f"{column}__k")
            )
        frame = frame.drop("new", "mended")
    return frame
