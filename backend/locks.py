"""Taking turns by name, through PostgreSQL's advisory locks.

A name is ``room.what``, stands in one module alone, and becomes the lock's number in the database: two rooms that chose
their own numbers once chose the same, and waited for each other without a reason.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection
from django.db.transaction import TransactionManagementError

_OURS = 7391
"""The first half of every number, so that others who share the database choose another one."""


def hold(name: str) -> None:
    """Waits for the lock and keeps it until the transaction ends.

    A statement that is to see what the one before has written must come after this one, and not hold the lock itself.

    Raises:
        TransactionManagementError: there is no transaction that it could last for.
    """
    _ask("pg_advisory_xact_lock", name)


def hold_shared(name: str) -> None:
    """As ``hold``, beside others who hold it shared."""
    _ask("pg_advisory_xact_lock_shared", name)


def try_hold(name: str) -> bool:
    """Takes the lock if nobody else has it; whether it is held now."""
    return bool(_ask("pg_try_advisory_xact_lock", name))


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Whether nobody else has the lock; if so it is kept to the end of the block, over any number of transactions.

    It belongs to the connection: a process that dies, or whose connection breaks, has let go of it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_OURS, name])
        taken = bool(cursor.fetchone()[0])
    try:
        yield taken
    finally:
        if taken:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_OURS, name])


def _ask(function: str, name: str) -> object:
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"The lock {name} lasts as long as its transaction; open one first.")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, hashtext(%s))", [_OURS, name])
        return cursor.fetchone()[0]
