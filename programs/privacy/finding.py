"""Where somebody stands in sealed files: which submissions and lists name them, and in which rows.

Every file of everybody is opened, in memory alone: a row that was refused, or sent again unchanged, left nothing in the
tables that would lead back to it. It takes as long as reading them takes, and is done behind everybody.
"""

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl
from django.db import connection

from backend.accounts.scope import everything
from backend.jobs.services import Run
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from programs.checklists.models import CheckList
from programs.intake.packing import unpack
from programs.privacy.whose import UNLIKELY_WITHIN, Known
from programs.submissions.models import Submission

CODINGS = ("utf-8", "gb18030", "utf-16-le")
MOST_UNPACKED = 1 << 30
"""Bytes of a workbook's parts that are looked into; intake takes none that unpacks to more."""

LONG = 8
"""A number of fewer characters is found in rows only: in a file's bytes it would be found everywhere."""

UNREAD = (Submission.Status.RECEIVED, Submission.Status.CHECKING, Submission.Status.COMMITTING)


@dataclass(slots=True)
class Found:
    """Where somebody stands: rows by submission (none: only the original names them), lists, how far was looked.

    ``unread`` are submissions that were being read at the time: what they bring is reported anew.
    """

    rows: dict[int, set[int]] = field(default_factory=dict)
    lists: list[int] = field(default_factory=list)
    looked_to: int = 0
    lists_to: int = 0
    unread: list[int] = field(default_factory=list)


def look(known: Known, *, found: Found | None = None, run: Run | None = None) -> Found:
    """Look through every submission and list after those that ``found`` has looked at already.

    Args:
        known: whom to look for.
        found: what an earlier look came to, to be gone on with.
        run: the job that it is done for, told how far it is.
    """
    found = found or Found()
    with everything():
        linked = _linked(known)
        wanted = list(Submission.objects.filter(pk__gt=found.looked_to).order_by("pk").values_list("pk", flat=True))
        lists = list(CheckList.objects.filter(pk__gt=found.lists_to).order_by("pk").values_list("pk", flat=True))
    for place, submission_id in enumerate(wanted):
        if run is not None:
            run.progress(place, len(wanted) + len(lists))
        with everything():
            _look_into(submission_id, known, linked.get(submission_id, set()), found)
        found.looked_to = submission_id
    for place, list_id in enumerate(lists):
        if run is not None:
            run.progress(len(wanted) + place, len(wanted) + len(lists))
        with everything():
            one = CheckList.objects.select_related("original", "result").get(pk=list_id)
            if any(_names(file, known) for file in (one.original, one.result) if file is not None):
                found.lists.append(list_id)
        found.lists_to = list_id
    return found


def _look_into(submission_id: int, known: Known, linked: set[int], found: Found) -> None:
    one = Submission.objects.select_related("sheet", "original").get(pk=submission_id)
    if one.status in UNREAD:
        found.unread.append(submission_id)
        return
    rows = set(linked)
    if one.sheet is not None and _readable(one.sheet):
        rows |= rows_in(unpack(files.read(one.sheet)), known)
    if rows or _names(one.original, known):
        found.rows[submission_id] = rows


def rows_in(parts: Iterable[pl.DataFrame], known: Known) -> set[int]:
    """The numbers of the rows in which a number or an address of theirs stands."""
    found: set[int] = set()
    whole, within = list(known.traces), [one for one in known.traces if len(one) >= UNLIKELY_WITHIN]
    for part in parts:
        texts = [name for name, kind in part.schema.items() if kind == pl.String]
        if not texts or not whole:
            continue
        cells = (_folded(name) for name in texts)
        hits = pl.any_horizontal(
            cell.is_in(whole) | (cell.str.contains_any(within) if within else pl.lit(False)) for cell in cells
        )
        found |= set(part.filter(hits.fill_null(False))["row"].to_list())
    return found


def _folded(name: str) -> pl.Expr:
    return pl.col(name).str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s'‘’·-]", "")


def _names(file: SealedFile, known: Known) -> bool:
    return _readable(file) and carries(files.read(file), known)


def carries(data: bytes, known: Known) -> bool:
    """Whether a file's bytes hold one of their numbers or addresses, in whatever coding a partner's program writes."""
    patterns = {
        one.encode(coding)
        for trace in known.traces
        if len(trace) >= LONG
        for one in _cased(trace)
        for coding in CODINGS
    }
    return any(pattern in piece for piece in _pieces(data) for pattern in patterns)


def _cased(trace: str) -> set[str]:
    return {trace, trace.lower()}


def _pieces(data: bytes) -> Iterable[bytes]:
    """The file itself; of a packed workbook its parts."""
    if not data.startswith(b"PK\x03\x04"):
        yield data
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            left = MOST_UNPACKED
            for part in packed.infolist():
                left -= part.file_size
                if left < 0:
                    return
                yield packed.read(part)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError):
        # Damaged, or protected by a password: nobody can read in it who it names.
        yield data


def _readable(file: SealedFile) -> bool:
    return file.disposed_at is None and file.quarantined_at is None


def _linked(known: Known) -> dict[int, set[int]]:
    """By submission the rows from which something of theirs came into the tables."""
    found: dict[int, set[int]] = defaultdict(set)
    params = known.whose.params
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT submission_id, "row" FROM record WHERE id = ANY (%(records)s::bigint[])
            UNION SELECT submission_id, "row" FROM amendment WHERE record_id = ANY (%(records)s::bigint[])
            UNION SELECT submission_id, "row" FROM revision WHERE record_id = ANY (%(records)s::bigint[])
            UNION SELECT submission_id, "row" FROM sighting WHERE person_id = ANY (%(persons)s::bigint[])
            UNION SELECT submission_id, "row" FROM match_case
                  WHERE kind = 'name' AND person_id = ANY (%(persons)s::bigint[])
                     OR kind = 'pair' AND other_id = ANY (%(persons)s::bigint[])
            UNION SELECT submission_id, "row" FROM candidate_arrival WHERE candidate_id = ANY (%(candidates)s::bigint[])
            """,
            params,
        )
        for submission, row in cursor.fetchall():
            found[submission].add(row)
    return found
