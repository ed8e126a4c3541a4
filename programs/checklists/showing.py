"""What came of a list, in the reader's language."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.reference.selectors import labels
from programs.checklists.models import CheckList
from programs.checklists.reasons import said
from programs.intake.answers import language
from programs.intake.rules import render

HEADINGS = {
    "row": lazy("Row"),
    "name": lazy("Name"),
    "document": lazy("Document"),
    "number": lazy("Number"),
    "counted": lazy("Counts"),
    "toward": lazy("Towards"),
    "why": lazy("Why not"),
    "person": lazy("Person"),
}


def told(rows: Iterable[Mapping[str, Any]], actor: User) -> Iterator[dict[str, Any]]:
    """The lines of an answer with their reasons in words."""
    kinds = labels("id_type")
    bureau = actor.sees_everything
    for row in rows:
        yield {
            **row,
            "document": kinds.get(row["id_type"], row["id_type"]),
            "targets": [
                {**one, "reasons": [said(code, for_bureau=bureau) for code in one["why"]]} for one in row["targets"]
            ],
            "reasons": [said(code, for_bureau=bureau) for code in row["why"]],
        }


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A told line as cells, by the names of ``HEADINGS``."""
    toward = "; ".join(f"{one['target']} {one['since'] or ''}".strip() for one in row["targets"] if one["counted"])
    return {
        "row": row["row"],
        "name": row["name"],
        "document": row["document"],
        "number": row["number"],
        "counted": _("yes") if row["counted"] else _("no"),
        "toward": toward,
        "why": " ".join(row["reasons"]),
        "person": row["person"],
    }


def refusal(check_list: CheckList) -> str:
    """Why a list could not be read, empty where it could."""
    if not check_list.error:
        return ""
    return render(check_list.error, check_list.params, language(), None)
