"""Keeping files sealed: what partners sent, and the checked sheets made from it."""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence

import psycopg
from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend.clock import BUREAU, SqlNow
from backend.problems import Problem
from backend.vault.errors import Quarantined, Unsealable
from backend.vault.files.models import SealedFile
from backend.vault.services import seal, unseal

CHUNK_BYTES = 1024 * 1024
_TABLE = "sealed_chunk"
_FIELD = "sealed"
_CHUNKS_AT_ONCE = 4

# Who can say under which rule a file was destroyed; files know only that it was, and when.
_explained: list[Callable[[int], str]] = []


def explains_disposal(words: Callable[[int], str]) -> None:
    """Let ``words`` say, by a file's id, under which rule it was destroyed and which certificate tells of it."""
    _explained.append(words)


class Disposed(Problem):
    """410 ``disposed``: the file's bytes were destroyed for good."""

    def __init__(self, file: SealedFile) -> None:
        assert file.disposed_at is not None
        day = file.disposed_at.astimezone(BUREAU).date()
        said = [_("This file was destroyed on %(day)s and cannot be had any more.") % {"day": day}]
        said += filter(None, (words(file.pk) for words in _explained))
        super().__init__(410, "disposed", " ".join(said))


@transaction.atomic
def store(*, organisation_id: int, purpose: str, data: bytes) -> SealedFile:
    """Seal ``data`` in chunks of 1 MiB, in the caller's transaction.

    Args:
        organisation_id: whose file it is; the row security goes by it.
        purpose: one of ``SealedFile.Purpose``.
        data: the file's bytes.
    """
    file = SealedFile.objects.create(
        organisation_id=organisation_id,
        purpose=purpose,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    connection.ensure_connection()
    # Past the ORM, which writes bytes as hexadecimal text: twice the memory and four times the time.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        for place, start in enumerate(range(0, len(data), CHUNK_BYTES)):
            piece = seal(_TABLE, _FIELD, _chunk(file, place), data[start : start + CHUNK_BYTES])
            cursor.execute(
                "INSERT INTO sealed_chunk (organisation_id, file_id, position, sealed) VALUES (%s, %s, %s, %b)",
                [organisation_id, file.pk, place, piece],
            )
    return file


def read(file: SealedFile) -> bytes:
    """The file's bytes, opened and compared with the digest taken when it came.

    Raises:
        Unsealable: a chunk is missing, altered, out of order, or of a key unknown here.
        Quarantined: a virus scanner found something in it.
        Disposed: it was destroyed.
    """
    # Asked anew: a worker may have put it away since the caller came by it.
    now = SealedFile.objects.filter(pk=file.pk).first()
    if now is not None and now.disposed_at is not None:
        raise Disposed(now)
    if now is not None and now.quarantined_at is not None:
        raise Quarantined(f"Sealed file {file.pk} is in quarantine.")
    # Not joined from a list: with that the memory of a great file's chunks would be held as long as the process lives.
    whole = io.BytesIO()
    whole.writelines(_opened(file))
    data = whole.getvalue()
    if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
        raise Unsealable(f"Sealed file {file.pk} is not what it was when it came: its digest differs.")
    return data


def quarantine(*, file: SealedFile) -> None:
    """Put a file away for good, in the caller's transaction, which says on the trail what was found: nobody reads it.

    Args:
        file: in which a scanner found something.
    """
    SealedFile.objects.filter(pk=file.pk, quarantined_at=None).update(quarantined_at=SqlNow())


@transaction.atomic
def dispose(*, file_ids: Sequence[int]) -> list[SealedFile]:
    """Destroy the bytes of files for good, in the caller's transaction, which writes down why; those that had any.

    Digest and size stay, so that a certificate can be compared with what somebody else may still hold.
    """
    held = SealedFile.objects.select_for_update().filter(pk__in=list(file_ids), disposed_at=None).order_by("pk")
    rows = list(held)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sealed_chunk WHERE file_id = ANY (%s)", [[one.pk for one in rows]])
    SealedFile.objects.filter(pk__in=[one.pk for one in rows]).update(disposed_at=SqlNow())
    return rows


@transaction.atomic
def delete(file: SealedFile) -> None:
    """Remove a file and its chunks."""
    file.chunks.all().delete()
    file.delete()


def _opened(file: SealedFile) -> Iterator[bytes]:
    chunks = file.chunks.order_by("position").values_list("position", "sealed")
    for place, sealed in chunks.iterator(chunk_size=_CHUNKS_AT_ONCE):
        yield unseal(_TABLE, _FIELD, _chunk(file, place), bytes(sealed))


def _chunk(file: SealedFile, position: int) -> str:
    return f"{file.pk}/{position}"
