"""Marking what the roster says of a person as no longer true."""

from collections.abc import Iterable

from django.db import connection

from backend.accounts.scope import require_transaction
from backend.bell import ring

REFRESH = "roster.refresh"
"""The task that makes marked persons' entries anew, rung for by name: the roster stands further up the house."""


def mark_for_roster(*, person_ids: Iterable[int]) -> None:
    """Mark persons, in the transaction that changes them, and ring for the roster when it commits.

    Whoever marks persons changed (``mark_changed``) need not: settling marks them for the roster afterwards.

    Raises:
        NoTransaction: there is no transaction that the marks would be written with.
    """
    require_transaction()
    ids = sorted(set(person_ids))
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO roster_mark (person_id) SELECT unnest(%s::bigint[])", [ids])
    ring(REFRESH)
