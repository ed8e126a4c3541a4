"""What organisations, programmes and codes of tables are called in the reader's language, beside codes in answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from backend.accounts import selectors as accounts
from backend.accounts.models import User
from backend.naming import in_language
from backend.reference.selectors import labels
from programs.catalogue import selectors

ORGANISATION, PROGRAMME = "organisation", "programme"


def organisations(actor: User, codes: Iterable[str]) -> dict[str, str]:
    """By code, what the organisations that ``actor`` may see are called now."""
    found = accounts.organisations(actor).filter(code__in=set(codes)).select_related(None)
    return {code: in_language(*names) for code, *names in found.values_list("code", "name_zh", "name_en")}


def programmes(actor: User, codes: Iterable[str]) -> dict[str, str]:
    """By code, what the programmes that ``actor`` may see are called."""
    found = selectors.programmes(actor).prefetch_related(None).filter(code__in=set(codes))
    return {code: in_language(*names) for code, *names in found.values_list("code", "name_zh", "name_en")}


_OF: Mapping[str, Callable[[User, Iterable[str]], Mapping[str, str]]] = {
    ORGANISATION: organisations,
    PROGRAMME: programmes,
}


def beside(rows: Sequence[Mapping[str, Any]], actor: User, fields: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows with a name after each of some codes: ``programme`` is followed by ``programme_name``.

    What has no name that the reader may know goes by its code; where there is no code the name is empty. As many
    statements for one row as for a page.

    Args:
        fields: by the field of a code, of what it is one: ``organisation``, ``programme``, or a code table.
    """
    names: dict[str, Mapping[str, str]] = {}
    for field, kind in fields.items():
        codes = {str(row[field]) for row in rows if row[field]}
        names[field] = _OF[kind](actor, codes) if kind in _OF else labels(kind)
    found = []
    for row in rows:
        told: dict[str, Any] = {}
        for name, value in row.items():
            told[name] = value
            if name in names:
                told[f"{name}_name"] = names[name].get(value, value) if value else ""
        found.append(told)
    return found
