"""Whose rows a transaction may see: what the selectors and the database's row security both go by.

The scope stands in three settings of the transaction, read by the policies in ``sql/walls.sql``:

* ``shugu.scope``: ``all`` for the bureau's staff and the system, ``organisation`` for a partner;
* ``shugu.organisation``: the partner's organisation;
* ``shugu.user``: the user, for what belongs to one user alone.

They end with the transaction, so a pooled connection carries nobody's scope to the next request, and a transaction
that has entered none sees no row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, models, transaction

from backend.accounts.models import User
from backend.audit import context
from backend.clock import BUREAU

Row = TypeVar("Row", bound=models.Model)
Settings = tuple[str, str, str]

ALL = "all"
ORGANISATION = "organisation"


_ENTER = (
    "SELECT set_config('shugu.scope', %s, true), set_config('shugu.organisation', %s, true),"
    " set_config('shugu.user', %s, true)"
)


# What is in force of the partner's own organisation is asked with it, so that a request costs no statement more.
_ENTER_AND_ASK = (
    f"{_ENTER}, (SELECT closed_on FROM organisation WHERE id = %s AND closed_on <= (shugu_now() AT TIME ZONE %s)::date)"
)


class NoTransaction(RuntimeError):
    """A scope was entered outside a transaction, where it would have ended at once."""


def require_transaction() -> None:
    """Refuse to go on outside a transaction.

    Raises:
        NoTransaction: there is none, so a scope would not last until the next statement.
    """
    if not connection.in_atomic_block:
        raise NoTransaction("A scope lasts as long as its transaction; open transaction.atomic() first.")


def enter(user: User) -> None:
    """Give the rest of the running transaction what ``user`` may see, and put their name on what it audits.

    For requests: the API's and the pages' base views call it once the user is known. It lasts until the transaction
    ends, also when it was called inside a savepoint that has been released since.

    A partner whose organisation is no more may read and not write: for this request its login is read-only.

    Raises:
        NoTransaction: outside a transaction.
    """
    require_transaction()
    own = None if user.sees_everything else user.organisation_id
    with connection.cursor() as cursor:
        cursor.execute(_ENTER_AND_ASK, (*_settings_of(user), own, BUREAU.key))
        closed_on = cursor.fetchone()[-1]
    if closed_on is not None:
        user.read_only, user.closed_since = True, closed_on
    context.acts_for(user)


@contextmanager
def everything() -> Iterator[None]:
    """A transaction that sees every organisation's rows: for tasks and commands.

    Inside another transaction it is a savepoint, and the scope that stood before stands again after it.
    """
    with _scoped((ALL, "", "")):
        yield


@contextmanager
def within(organisation_id: int) -> Iterator[None]:
    """A transaction that sees one organisation's rows alone: for tasks that work on a partner's behalf.

    Inside another transaction it is a savepoint, and the scope that stood before stands again after it.
    """
    with _scoped((ORGANISATION, str(organisation_id), "")):
        yield


def visible(queryset: models.QuerySet[Row], actor: User | None, field: str = "organisation") -> models.QuerySet[Row]:
    """The rows of ``queryset`` that ``actor`` may see: the first wall, in every selector.

    Args:
        queryset: rows of any table.
        actor: who asks; nobody sees nothing.
        field: the look-up that leads from a row to its organisation (``pk`` for organisations themselves).
    """
    if actor is None or not actor.is_authenticated:
        return queryset.none()
    if actor.sees_everything:
        return queryset
    return queryset.filter(**{field: actor.organisation_id})


def _settings_of(user: User) -> Settings:
    if user.sees_everything:
        return ALL, "", str(user.pk)
    return ORGANISATION, str(user.organisation_id), str(user.pk)


@contextmanager
def _scoped(settings: Settings) -> Iterator[None]:
    if not connection.in_atomic_block:
        # What is set for this transaction ends with it; there is nothing to put back.
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_ENTER, settings)
            yield
        return
    with transaction.atomic():
        before = _set(settings)
        yield
        # Releasing a savepoint keeps what was set inside it (rolling back does not), so the way out puts it back.
        if not connection.needs_rollback:
            _set(before)


def _set(settings: Settings) -> Settings:
    """Set the three settings until the transaction ends; returns what they were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('shugu.scope', true), ''),"
            " coalesce(current_setting('shugu.organisation', true), ''),"
            " coalesce(current_setting('shugu.user', true), '')"
        )
        before = cursor.fetchone()
        cursor.execute(_ENTER, settings)
    return before
