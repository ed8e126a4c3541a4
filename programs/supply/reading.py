"""How occupations and levels are read, so that what employers ask for and what people are meets in one cell.

Codes of occupations are hierarchical: ``2-02-10-03`` lies in the group ``2-02-10``, which the table of the standard
writes as ``2-02-10-00`` where it names the whole group. Records say occupations in words or codes of any edition; what
the table knows, by name or alias, is read as its code, and other words are no occupation. The level of a person is that
of the title on their record.
"""

import re
from collections.abc import Iterable

from backend.reference.selectors import labels, tables

GROUP_PARTS = 3
WHOLE_GROUP = "-00"
_CODE = re.compile(r"[0-9](-[0-9]{2}){1,3}")


def occupations() -> tuple[list[str], list[str]]:
    """Everything that a record may say to mean an occupation, folded, and beside it the code that it means."""
    known = tables().labels["occupation"]
    return list(known), list(known.values())


def levels() -> tuple[list[str], list[str]]:
    """The codes of titles, and beside each the level that it stands for."""
    known = tables()
    of_name = {
        name: code
        for code, attributes in known.attributes["level"].items()
        for name in attributes.get("title_levels", "").split("/")
    }
    found = {
        title: of_name[attributes["level"]]
        for title, attributes in known.attributes["title"].items()
        if attributes.get("level") in of_name
    }
    return list(found), list(found.values())


def group_of(code: str) -> str:
    """The group in which an occupation lies: ``2-02-10`` of ``2-02-10-03``."""
    return "-".join(code.split("-")[:GROUP_PARTS])


def is_group(code: str) -> bool:
    """Whether a code stands for everything beneath it, rather than for one occupation."""
    if len(code.split("-")) <= GROUP_PARTS:
        return True
    return code.endswith(WHOLE_GROUP) and tables().attributes["occupation"].get(code, {}).get("level") == "3"


def beneath(code: str) -> tuple[str, str]:
    """What a code asked for finds: the codes equal to the first, or that begin with the second (empty: none do)."""
    if not is_group(code):
        return code, ""
    whole = group_of(code)
    return whole, whole + "-"


def is_code(text: str) -> bool:
    """Whether a text has the form of an occupation's code, or of a group's."""
    return bool(_CODE.fullmatch(text))


def named(codes: Iterable[str]) -> dict[str, str]:
    """By code of an occupation or a group, what it is called: the code where the table does not name it."""
    names = labels("occupation")
    found = {}
    for code in codes:
        name = names.get(code) or (names.get(code + WHOLE_GROUP) if len(code.split("-")) == GROUP_PARTS else None)
        found[code] = f"{code} {name}" if name else code
    return found
