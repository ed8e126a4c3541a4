"""Keeping what is known of departures."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from backend.accounts.scope import require_transaction
from talent.people.models import PersonChange
from talent.people.services import mark_changed


@dataclass(frozen=True, slots=True)
class Told:
    """What one question has brought to light of a record's person: ``left_on`` is none where they have not left.

    ``returned_on``: the first day on which they were there again, none where they are away still.
    """

    asked_id: int
    record_id: int
    person_id: int
    organisation_id: int
    left_on: dt.date | None
    returned_on: dt.date | None = None


_DROP = "DELETE FROM departure WHERE asked_id = ANY (%s::bigint[])"
_KEEP = """
INSERT INTO departure (asked_id, record_id, person_id, organisation_id, left_on, returned_on)
SELECT told.* FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::date[]) AS told
ON CONFLICT (asked_id) DO UPDATE SET record_id = excluded.record_id, person_id = excluded.person_id,
    organisation_id = excluded.organisation_id, left_on = excluded.left_on, returned_on = excluded.returned_on,
    told_at = excluded.told_at
"""


def note(told: Sequence[Told]) -> None:
    """Write down what has been told, in the transaction in which it was, and have those persons settled.

    Raises:
        NoTransaction: there is no transaction that it would be written with.
    """
    require_transaction()
    if not told:
        return
    left = [one for one in told if one.left_on is not None]
    with connection.cursor() as cursor:
        cursor.execute(_DROP, [[one.asked_id for one in told if one.left_on is None]])
        if left:
            names = ("asked_id", "record_id", "person_id", "organisation_id", "left_on", "returned_on")
            cursor.execute(_KEEP, [[getattr(one, name) for one in left] for name in names])
    mark_changed(person_ids=[one.person_id for one in told], reason=PersonChange.Reason.DEPARTED)
