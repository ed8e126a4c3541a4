"""People and match cases as they are shown: names by the reader's role, numbers masked, a match's reasons in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from backend.accounts.models import User
from talent.people import selectors, sources
from talent.people.matching import Reason
from talent.people.models import Person
from talent.people.naming import may_read_names, shown_name

# Output name -> path, for lists; what follows in ``shown`` is computed from these.
COLUMNS = {name: name for name in ("id", "name", "gender", "birth_date")}
MATCH_COLUMNS = {
    "id": "id",
    "state": "state",
    "score": "score",
    "reasons": "reasons",
    "person": "person_id",
    "name_on_record": "person__name",
    "name_reported": "name",
    "organisation": "organisation__code",
    "submission": "submission_id",
    "row": "row",
    "opened_at": "opened_at",
    "decided_at": "decided_at",
}


def shown(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Rows of people as ``actor`` may see them, with their documents."""
    documents = selectors.masked_documents(row["id"] for row in rows)
    readable = may_read_names(actor)
    return [
        {
            "id": row["id"],
            "name": shown_name(row["name"], actor),
            "gender": row["gender"],
            "birth_date": row["birth_date"] if readable else None,
            "birth_year": row["birth_date"].year if row["birth_date"] else None,
            "documents": documents.get(row["id"], []),
        }
        for row in rows
    ]


def shown_whole(person: Person, actor: User) -> dict[str, Any]:
    """One person with what is known of them, as far as ``actor`` may see it; the caller has found out that they may."""
    [answer] = shown([{name: getattr(person, name) for name in COLUMNS}], actor)
    names = person.aliases.order_by("pk").values_list("name", flat=True)
    answer["other_names"] = [shown_name(name, actor) for name in names]
    return answer | sources.sections(person, actor)


def shown_matches(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of match cases, read by ``MATCH_COLUMNS``'s paths, with the reasons in words and the persons' documents."""
    documents = selectors.masked_documents(row["person_id"] for row in rows)
    return [
        {name: row[source] for name, source in MATCH_COLUMNS.items()}
        | {
            "reasons": [{"code": code, "message": said(code)} for code in row["reasons"]],
            "documents": documents.get(row["person_id"], []),
        }
        for row in rows
    ]


def said(reason: str) -> str:
    """A match's reason in the reader's language."""
    return {
        Reason.SAME_NUMBER: _("Both give the same identity number."),
        Reason.READ_ALIKE: _("The names are read alike."),
        Reason.SAME_CHARACTERS: _("The names hold the same characters in another order."),
        Reason.PART_OF_NAME: _("One name is part of the other."),
        Reason.NAMES_ALIKE: _("The names share half of their characters or more."),
        Reason.NAMES_DIFFER: _("The names share less than half of their characters."),
        Reason.SAME_BIRTH_DATE: _("The days of birth agree."),
        Reason.OTHER_BIRTH_DATE: _("The days of birth differ."),
    }[Reason(reason)]
