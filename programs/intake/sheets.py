"""The parsed sheet of a submission, at rest and mended.

A submission's rows rest as one sealed columnar sheet and not as table rows: nothing of them is in the clear, a
hundred thousand come and go as one file, and what was mended lies beside it, cell by cell.
"""

import json
from io import BytesIO

import polars as pl

from backend.vault import services as vault
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from programs.intake.readers.sheet import Sheet
from programs.submissions.models import Mend, Submission

TEXT = 1


def keep(submission: Submission, sheet: Sheet) -> SealedFile:
    """Seals the sheet's rows and returns the file that holds them; its meta goes to the submission itself."""
    packed = BytesIO()
    sheet.frame.write_ipc(packed, compression="zstd")
    return files.store(
        organisation_id=submission.organisation_id, purpose=SealedFile.Purpose.SHEET, data=packed.getvalue()
    )


def mended(submission: Submission) -> Sheet:
    """The submission's sheet with every cell that was mended in place."""
    if submission.sheet is None:
        raise LookupError(f"submission {submission.pk} has no sheet")
    frame = pl.read_ipc(BytesIO(files.read(submission.sheet)))
    mends = list(Mend.objects.filter(submission=submission).order_by("row", "column"))
    if mends:
        values = vault.unseal_many(
            "mend", "sealed_value", [mend.pk for mend in mends], [bytes(mend.sealed_value) for mend in mends]
        )
        frame = _with_cells(
            frame, [(mend.row, mend.column, json.loads(value)) for mend, value in zip(mends, values, strict=True)]
        )
    return Sheet(frame=frame, meta=submission.meta)


def _with_cells(frame: pl.DataFrame, cells: list[tuple[int, str, str | None]]) -> pl.DataFrame:
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
