"""What is done to people: so far, marking them as changed."""

from collections.abc import Iterable

from django.db import connection

from backend.accounts.scope import require_transaction
from backend.bell import ring
from talent.people.models import PersonChange

SETTLE = "targets.settle"
"""The task that settles marked persons, rung for by name: who counts is decided further up the house."""


def mark_changed(*, person_ids: Iterable[int], reason: str) -> int:
    """Mark persons whose standing with the targets must be settled anew, in the transaction that changes them.

    The mark is the truth and the bell, which rings when the transaction commits, only makes it quick: a mark whose
    bell is lost is found again by the reconciler. Whoever merges or splits two persons marks both of them, because
    afterwards neither leads to the other any more.

    Args:
        person_ids: the persons as they stand on the records, merged or not; told more than once they are marked once.
        reason: one of ``PersonChange.Reason``; the ledger's entries will give it.

    Returns:
        How many marks were written.

    Raises:
        NoTransaction: there is no transaction that the marks would be written with.
        ValueError: an unknown reason.
    """
    require_transaction()
    known = PersonChange.Reason(reason)
    ids = sorted(set(person_ids))
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO person_change (person_id, reason) SELECT marked, %s FROM unnest(%s::bigint[]) AS marked",
            [known.value, ids],
        )
    ring(SETTLE)
    return len(ids)
