"""Entries of the roster as they are shown: names by the reader's role, numbers masked."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.accounts.models import User
from talent.people.naming import may_read_names, shown_name

COLUMNS = {
    "id": "person_id",
    "name": "name",
    "gender": "gender",
    "birth_date": "birth_date",
    "documents": "documents",
    "organisations": "organisations",
    "states": "states",
    "tier": "tier",
    "reason": "reason",
    "targets": "targets",
    "since": "since",
    "bases": "bases",
    "credited": "credited",
}
"""What is read of an entry; the last four are told together, as ``counts``."""


def shown(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Entries read by ``COLUMNS``'s paths, as ``actor`` may see them."""
    readable = may_read_names(actor)
    return [
        {
            "id": row["person_id"],
            "name": row["name"] if readable else shown_name(row["name"], actor),
            "gender": row["gender"],
            "birth_date": row["birth_date"] if readable else None,
            "birth_year": row["birth_date"].year if row["birth_date"] else None,
            "documents": row["documents"],
            "organisations": row["organisations"],
            "states": row["states"],
            "tier": row["tier"],
            "reason": row["reason"],
            "counts": [
                {"target": target, "since": since, "basis": basis or None, "organisation": credited or None}
                for target, since, basis, credited in zip(
                    row["targets"], row["since"], row["bases"], row["credited"], strict=True
                )
            ],
        }
        for row in rows
    ]
