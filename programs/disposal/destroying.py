"""What is due under a rule, and destroying it: by set, some at a time, never what is held."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection

from backend.vault.files import services as files
from programs.disposal.kinds import Kind
from programs.disposal.models import DisposalRun, DisposedItem
from programs.disposal.stripping import Whose, strip

_FREE_OF_HOLDS = """
    NOT EXISTS (SELECT FROM legal_hold hold WHERE hold.lifted_at IS NULL AND hold.submission_id = one.id)
    AND one.organisation_id NOT IN (SELECT held_organisations())"""
_ORGANISATION_FREE = "one.organisation_id NOT IN (SELECT held_organisations())"
_TAKEN = "one.status IN ('accepted', 'partly_accepted') AND one.committed_at < %(until)s"


def _file_stands(column: str) -> str:
    return f"EXISTS (SELECT FROM sealed_file WHERE id = one.{column} AND disposed_at IS NULL)"


@dataclass(frozen=True, slots=True)
class _Way:
    """How one kind is found and destroyed: ``due`` says of a row ``one`` of ``table`` that its time is over."""

    table: str
    due: str
    free: str
    destroy: Callable[[DisposalRun, Sequence[int]], None]


def _files(table: str, **columns: str) -> Callable[[DisposalRun, Sequence[int]], None]:
    """Destroys the files that some columns of rows lead to; ``columns`` says what each is called on the certificate."""

    def destroy(run: DisposalRun, ids: Sequence[int]) -> None:
        held: dict[int, tuple[int, int, str]] = {}
        with connection.cursor() as cursor:
            for column, part in columns.items():
                cursor.execute(
                    f"SELECT {column}, id, organisation_id FROM {table} WHERE id = ANY (%s) AND {column} IS NOT NULL",
                    [list(ids)],
                )
                held |= {file: (row, organisation, part) for file, row, organisation in cursor.fetchall()}
        DisposedItem.objects.bulk_create(
            DisposedItem(
                run=run,
                table=table,
                subject_id=held[file.pk][0],
                organisation_id=held[file.pk][1],
                part=held[file.pk][2],
                file_id=file.pk,
                sha256=file.sha256,
                size=file.size,
            )
            for file in files.dispose(file_ids=list(held))
        )

    return destroy


def _candidates(run: DisposalRun, ids: Sequence[int]) -> None:
    done = strip(Whose(candidates=ids))
    items = [
        DisposedItem(
            run=run,
            table=table,
            subject_id=row,
            organisation_id=file.organisation_id,
            part="document",
            file_id=file.pk,
            sha256=file.sha256,
            size=file.size,
        )
        for table, row, file in done.files
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, organisation_id FROM candidate WHERE id = ANY (%s) ORDER BY id", [list(ids)])
        items += [
            DisposedItem(run=run, table="candidate", subject_id=row, organisation_id=organisation, part="identity")
            for row, organisation in cursor.fetchall()
        ]
    DisposedItem.objects.bulk_create(items)


_WAYS = {
    Kind.ORIGINAL: _Way(
        "submission",
        f"{_TAKEN} AND {_file_stands('original_id')}",
        _FREE_OF_HOLDS,
        _files("submission", original_id="original"),
    ),
    Kind.SHEET: _Way(
        "submission",
        f"{_TAKEN} AND {_file_stands('sheet_id')}",
        _FREE_OF_HOLDS,
        _files("submission", sheet_id="sheet"),
    ),
    Kind.REFUSED: _Way(
        "submission",
        "one.status IN ('rejected', 'cancelled', 'failed') AND one.received_at < %(until)s"
        f" AND ({_file_stands('original_id')} OR {_file_stands('sheet_id')})",
        _FREE_OF_HOLDS,
        _files("submission", original_id="original", sheet_id="sheet"),
    ),
    Kind.EVIDENCE: _Way(
        "evidence",
        f"one.filed_at < %(until)s AND ({_file_stands('file_id')} OR {_file_stands('thumbnail_id')})",
        _ORGANISATION_FREE,
        _files("evidence", file_id="evidence", thumbnail_id="thumbnail"),
    ),
    Kind.CANDIDATE: _Way(
        "candidate",
        "one.stage IN ('declined', 'withdrawn') AND one.stage_on < (%(until)s)::date"
        " AND one.name_index <> sha256('\\x'::bytea)",
        f"{_ORGANISATION_FREE} AND (one.person_id IS NULL"
        " OR NOT EXISTS (SELECT FROM holds_on_persons(ARRAY[one.person_id])))",
        _candidates,
    ),
    Kind.CHECK_LIST: _Way(
        "check_list",
        f"one.done_at < %(until)s AND ({_file_stands('original_id')} OR {_file_stands('result_id')})",
        _ORGANISATION_FREE,
        _files("check_list", original_id="original", result_id="result"),
    ),
}


@dataclass(frozen=True, slots=True)
class Due:
    """What is due at a moment: how many rows would be destroyed, and how many are due and held."""

    free: int
    held: int


def counted(kind: str, until: dt.datetime) -> Due:
    """How much is due of a kind whose event lies before ``until``."""
    way = _WAYS[Kind(kind)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE {way.free}), count(*) FILTER (WHERE NOT ({way.free}))"
            f" FROM {way.table} one WHERE {way.due}",
            {"until": until},
        )
        free, held = cursor.fetchone()
    return Due(free, held)


def destroy_some(run: DisposalRun, *, kind: str, limit: int) -> int:
    """Destroy up to ``limit`` of what is due under a run, in the caller's transaction and under the holds' lock."""
    way = _WAYS[Kind(kind)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT one.id FROM {way.table} one WHERE {way.due} AND {way.free} ORDER BY one.id"
            " LIMIT %(limit)s FOR UPDATE OF one SKIP LOCKED",
            {"until": run.until, "limit": limit},
        )
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        way.destroy(run, ids)
    return len(ids)
