"""How questions are shown, by interface, page and file alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.accounts.models import User
from programs.records.models import Record
from talent.people.naming import shown_name
from talent.people.selectors import masked_documents
from talent.people.showing import names_given

# Output name -> path; what only a batch can get cheaply is added in ``shown``.
COLUMNS = {
    "id": "id",
    "record": "record_id",
    "person": "person_id",
    "name": "person__name",
    "organisation": "organisation__code",
    "path": "path",
    "months": "months",
    "since": "since",
    "falls_on": "falls_on",
    "period": "period__code",
    "state": "state",
    "answer": "said",
    "left_on": "left_on",
    "returned_on": "returned_on",
    "reason": "reason",
    "answered_at": "first_answered_at",
}
ADDED = ("id_number", "partner_ref", "programme", "employer")
NAMES = ("id", "record", "person", "name", *ADDED, *list(COLUMNS)[4:])
"""Everything that is shown of a question, in its order."""


def shown(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Questions read by ``COLUMNS``'s paths, as ``actor`` may see them, each with what tells its person apart."""
    documents = masked_documents(row["person_id"] for row in rows)
    named = ("partner_ref", "programme__code", "employer")
    given = names_given([row["person_id"] for row in rows], actor)
    records = {
        pk: values
        for pk, *values in Record.objects.filter(pk__in=[row["record_id"] for row in rows]).values_list("pk", *named)
    }
    found = []
    for row in rows:
        one = {name: row[path] for name, path in COLUMNS.items()}
        reference, programme, employer = records.get(row["record_id"], ("", "", ""))
        one |= {
            "name": shown_name(given.get(row["person_id"], row["person__name"]), actor),
            "id_number": next((its["number"] for its in documents.get(row["person_id"], ())), ""),
            "partner_ref": reference,
            "programme": programme,
            "employer": employer,
        }
        found.append({name: one[name] for name in NAMES})
    return found
