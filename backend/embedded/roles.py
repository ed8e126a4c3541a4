"""The database's logins and roles, and who may do what with the database as a whole.

Idempotent, and the same for the embedded cluster and for one of your own:

    ADMIN_DATABASE_URL=postgresql://postgres:…@host/postgres \
    DATABASE_OWNER_URL=… DATABASE_URL=… DATABASE_BACKUP_URL=… python -m backend.embedded.roles

takes the passwords and the database's name from the addresses. Rights on tables are the migrations' matter.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from backend.embedded import secret_files
from backend.embedded.errors import EmbeddedError

OWNER, APPLICATION, BACKUP = "shugu_owner", "shugu_app", "shugu_backup"
# COPY FROM is refused under row security; the commit of a submission takes this role, which can insert and no more.
LOADER = "shugu_loader"
# Owns the few functions that look across organisations and return ids and flags.
RESOLVER = "shugu_resolver"

ATTRIBUTES = {
    OWNER: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    APPLICATION: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    # A base backup and the write-ahead log come by the protocol of replication.
    BACKUP: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE REPLICATION BYPASSRLS",
    LOADER: "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS",
    RESOLVER: "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS",
}
GRANTS = (
    # Neither has the other's rights by itself; it has to take the role, for one transaction.
    f"GRANT {LOADER} TO {APPLICATION} WITH INHERIT FALSE, SET TRUE",
    # So that a migration can hand a function over.
    f"GRANT {RESOLVER} TO {OWNER} WITH INHERIT FALSE, SET TRUE",
    f"GRANT pg_read_all_data TO {BACKUP} WITH INHERIT TRUE, SET FALSE",
    # How far the write-ahead log was received.
    f"GRANT pg_read_all_stats TO {BACKUP} WITH INHERIT TRUE, SET FALSE",
    f"ALTER ROLE {BACKUP} SET default_transaction_read_only = on",
)


def set_up(admin_url: str, passwords: Mapping[str, str], database: str = "shugu") -> None:
    """Create or correct the roles and the database.

    Args:
        admin_url: address of a superuser, at any database.
        passwords: by login; a login without one keeps what it has.
        database: its name.

    Raises:
        EmbeddedError: the server cannot be reached or refuses.
    """
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=10) as connection:
            _set_up_roles(connection, passwords)
            create_database(connection, database)
        with psycopg.connect(admin_url, dbname=database, autocommit=True, connect_timeout=10) as connection:
            # Functions of the system belong to each database by itself.
            connection.execute(f"GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO {BACKUP}".encode())
    except psycopg.Error as error:
        raise EmbeddedError(f"Roles and database could not be set up: {error}") from error


def _set_up_roles(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    # Two at once, from two hosts, would both find a role missing.
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('shugu roles'))")
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role, attributes in ATTRIBUTES.items():
            verb = "ALTER" if role in known else "CREATE"
            statement = sql.SQL("{} ROLE {} {}").format(sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes))
            if role in passwords:
                statement += sql.SQL(" PASSWORD {}").format(sql.Literal(passwords[role]))
            connection.execute(statement)
        for grant in GRANTS:
            connection.execute(grant)


def create_database(connection: psycopg.Connection, name: str, template: str = "template0") -> None:
    """Create a database of Shugu's unless it exists, owned by the owner and closed to everybody else.

    Args:
        connection: a superuser's, in autocommit mode.
        name: of the database.
        template: what it is cloned from; another database of Shugu's makes an equal one.
    """
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    if not found:
        clone = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
        )
        if template == "template0":
            # Characters sort by code point everywhere; the pages sort names by pinyin themselves.
            clone += sql.SQL(" ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'")
        connection.execute(clone)
    for statement in (
        "ALTER DATABASE {database} OWNER TO {owner}",
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {application}",
        "GRANT CONNECT ON DATABASE {database} TO {backup}",
        "GRANT TEMPORARY ON DATABASE {database} TO {loader}",
    ):
        connection.execute(
            sql.SQL(statement).format(
                database=sql.Identifier(name),
                owner=sql.Identifier(OWNER),
                application=sql.Identifier(APPLICATION),
                backup=sql.Identifier(BACKUP),
                loader=sql.Identifier(LOADER),
            )
        )


def _credentials(variable: str, login: str) -> tuple[str, str]:
    """Password and database of the address in `variable`, which must be `login`'s."""
    address = urlsplit(os.environ[variable])
    if address.username != login or not address.password:
        raise EmbeddedError(f"{variable} must name the login {login} and its password.")
    return unquote(address.password), unquote(address.path.lstrip("/"))


def main() -> int:
    """Set up the cluster that the environment names."""
    try:
        secret_files.take(os.environ)
        passwords, databases = {}, set()
        for variable, login in (
            ("DATABASE_OWNER_URL", OWNER),
            ("DATABASE_URL", APPLICATION),
            ("DATABASE_BACKUP_URL", BACKUP),
        ):
            if variable in os.environ:
                passwords[login], database = _credentials(variable, login)
                databases.add(database)
        if "ADMIN_DATABASE_URL" not in os.environ or {OWNER, APPLICATION} - passwords.keys() or len(databases) != 1:
            raise EmbeddedError(
                "Set ADMIN_DATABASE_URL (a superuser's address), DATABASE_OWNER_URL and DATABASE_URL; "
                "DATABASE_BACKUP_URL if backups are to have a login. They must name one database."
            )
        set_up(os.environ["ADMIN_DATABASE_URL"], passwords, databases.pop())
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    print("Roles and database are set up.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
