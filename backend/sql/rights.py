"""Which rights ``grants.sql`` gives, told from the file itself, and which there are."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

FILE = Path(__file__).parent / "grants.sql"

TABLE = ("SELECT", "INSERT", "UPDATE", "DELETE")
LOOKED_AT = dict.fromkeys(("shugu_app", "shugu_loader", "shugu_resolver"), (*TABLE, "TRUNCATE"))
"""Of whom which rights on whole tables are compared. ``shugu_backup`` reads everything by its membership anyway."""

READS_BESIDES = ("shugu_resolver", "SELECT")

_STATEMENT = re.compile(
    r"(?P<verb>GRANT|REVOKE)\s+(?P<rights>[^;]+?)\s+ON\s+(?P<things>[^;]+?)\s+(?:TO|FROM)\s+(?P<roles>[^;]+)"
)
_COLUMNS = re.compile(r"(\w+)\s*\(([^)]*)\)")


class Right(NamedTuple):
    """One privilege of one role on a table, ``table.column`` or a function."""

    role: str
    privilege: str
    thing: str


class Statement(NamedTuple):
    """One GRANT or REVOKE."""

    grants: bool
    rights: str
    things: str
    roles: tuple[str, ...]


@lru_cache(maxsize=1)
def statements() -> tuple[Statement, ...]:
    """The file's, in its order."""
    text = re.sub(r"--[^\n]*", "", FILE.read_text("utf-8"))
    return tuple(
        Statement(found["verb"] == "GRANT", found["rights"], " ".join(found["things"].split()), _names(found["roles"]))
        for found in map(_STATEMENT.match, map(str.strip, text.split(";")))
        if found
    )


def expected(connection: BaseDatabaseWrapper) -> set[Right]:
    """What the file comes to on the tables that there are; of columns and functions, what it names."""
    wanted: set[Right] = set()
    tables = _tables(connection)
    for one in statements():
        if one.things.startswith(("SCHEMA", "ALL SEQUENCES")):
            continue
        change = set(_named(one, tables))
        wanted = wanted | change if one.grants else wanted - change
    return {
        right
        for right in wanted
        if right.privilege in (*LOOKED_AT.get(right.role, ()), "EXECUTE") or "." in right.thing
    }


def held(connection: BaseDatabaseWrapper) -> set[Right]:
    """What there is, of the same roles, tables, columns and functions."""
    found: set[Right] = set()
    wanted = expected(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[*LOOKED_AT]])
        for (role,) in cursor.fetchall():
            cursor.execute(
                "SELECT privilege, relname FROM pg_class, unnest(%s::text[]) AS privilege"
                " WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = 'public'::regnamespace"
                " AND has_table_privilege(%s, pg_class.oid, privilege)",
                [[*LOOKED_AT[role]], role],
            )
            there = {Right(role, privilege, table) for privilege, table in cursor.fetchall()}
            # What the resolver's functions read besides, migrations have given it; it writes nowhere.
            found |= {right for right in there if right in wanted or (role, right.privilege) != READS_BESIDES}
            columns = [right for right in wanted if right.role == role and "." in right.thing]
            for right in columns:
                table, _, column = right.thing.partition(".")
                cursor.execute(
                    "SELECT has_column_privilege(%s, attrelid, attnum, %s) FROM pg_attribute"
                    " WHERE attrelid = to_regclass(%s) AND attname = %s",
                    [role, right.privilege, table, column],
                )
                if cursor.fetchone() == (True,):
                    found.add(right)
            functions = [right.thing for right in wanted if right.role == role and right.privilege == "EXECUTE"]
            cursor.execute(
                "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname = ANY(%s)"
                " GROUP BY proname HAVING bool_and(has_function_privilege(%s, oid, 'EXECUTE'))",
                [functions, role],
            )
            found |= {Right(role, "EXECUTE", name) for (name,) in cursor.fetchall()}
    return found


def _tables(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm')"
            " AND relnamespace = 'public'::regnamespace"
        )
        return [name for (name,) in cursor.fetchall()]


def _named(one: Statement, tables: list[str]) -> Iterator[Right]:
    by_column = [(found[1], _names(found[2])) for found in _COLUMNS.finditer(one.rights)]
    whole = [name for name in _names(_COLUMNS.sub("", one.rights)) if name]
    if one.things.startswith("FUNCTION "):
        things: list[str] = list(_names(one.things.removeprefix("FUNCTION ")))
    else:
        things = tables if one.things.startswith("ALL TABLES") else list(_names(one.things))
    for role in one.roles:
        for thing in things:
            yield from (Right(role, privilege, thing) for privilege in whole)
            for privilege, columns in by_column:
                yield from (Right(role, privilege, f"{thing}.{column}") for column in columns)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))
