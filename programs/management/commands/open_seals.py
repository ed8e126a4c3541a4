"""``manage.py open_seals``: whether everything that the vault sealed opens with the keys at hand."""

from collections.abc import Iterator
from typing import Any

import polars as pl
from django.core.management import BaseCommand, CommandError
from django.db import connection

from backend.accounts.scope import everything
from backend.clock import today
from backend.vault import services as vault
from backend.vault.errors import VaultError
from backend.vault.opening import AT_ONCE, Opened, open_all
from programs.intake.numbers import read_identity


class Command(BaseCommand):
    """Opens every sealed value, prints counts alone, and finds every identity document again by its blind index.

    Ends with 1 where one does not open, or a number's index is not the one that stands beside it: then people would be
    taken for new who are known.
    """

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        with everything():
            troubles = [found.trouble for found in self._columns() if found.trouble]
            if not troubles:
                documents, lost = self._documents()
                if lost:
                    troubles.append(f"{lost} of {documents} identity documents are not found again by their number.")
        if troubles:
            raise CommandError("\n".join(troubles), returncode=1)

    def _columns(self) -> Iterator[Opened]:
        for found in open_all():
            keys = ", ".join(str(key) for key in sorted(found.keys)) or "none"
            self.stdout.write(
                f"{found.column.name:<36}{found.opened:>10} of {found.values:>10} opened; data keys: {keys}"
            )
            yield found

    def _documents(self) -> tuple[int, int]:
        documents = lost = 0
        for count, astray in _astray():
            documents, lost = documents + count, lost + astray
        self.stdout.write(f"{documents - lost} of {documents} identity documents are found again by their number.")
        return documents, lost


def _astray() -> Iterator[tuple[int, int]]:
    """Batch by batch, how many documents there are and how many have another blind index than their number makes."""
    indexer: vault.Indexer | None = None
    day = today()
    with connection.cursor().connection.cursor(name="documents") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute("SELECT id, id_type, sealed_number, number_index FROM identity_document")
        while rows := cursor.fetchmany(AT_ONCE):
            numbers = vault.unseal_many(
                "identity_document", "sealed_number", [row[0] for row in rows], [bytes(row[2]) for row in rows]
            )
            read = read_identity(
                pl.Series([row[1] for row in rows], dtype=pl.String),
                pl.Series([number.decode() for number in numbers], dtype=pl.String),
                day,
            )
            # Not before there is a document: in an empty system there may be no key yet, and we make none.
            indexer = indexer or _indexer()
            indexes = indexer.indexes(key or "" for key in read["key"])
            yield len(rows), sum(bytes(row[3]) != index for row, index in zip(rows, indexes, strict=True))


def _indexer() -> vault.Indexer:
    try:
        return vault.Indexer()
    except VaultError as error:
        raise CommandError(str(error), returncode=1) from error
