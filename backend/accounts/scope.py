"""Whose rows a transaction may see: what the selectors and the database's row security both go by.

The scope stands in five settings of the transaction, read by the policies in ``*/sql``:

* ``shugu.scope``: ``all`` for the bureau's staff and the system, ``organisation`` for a partner;
* ``shugu.organisation``: the partner's organisation;
* ``shugu.user``: the user, for what belongs to one user alone;
* ``shugu.districts``: the districts that an officer is bound to, parted by commas; empty: none;
* ``shugu.parts``: while a partner reads, the ids of the organisations that are part of its own, parted by commas.

They end with the transaction, so a pooled connection carries nobody's scope to the next request, and a transaction
that has entered none sees no row.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.audit import context
from backend.clock import BUREAU
from backend.problems import reading_only, register

register(districts=lazy("Your login is for some districts"))

Row = TypeVar("Row", bound=models.Model)
Settings = tuple[str, str, str, str, str]
Bound = Callable[[models.QuerySet[Any], Sequence[str]], models.QuerySet[Any]]

ALL = "all"
ORGANISATION = "organisation"


NAMES = ("scope", "organisation", "user", "districts", "parts")
_ENTER = (
    "SELECT set_config('shugu.scope', %s, true), set_config('shugu.organisation', %s, true),"
    " set_config('shugu.user', %s, true), set_config('shugu.districts', %s, true),"
    " set_config('shugu.parts', {parts}, true)"
)
_ENTER_WITH = _ENTER.format(parts="%s")


# Both at once, and what there was before first: as another transaction's scope is entered, and left, so often.
_EXCHANGE = f"""
WITH before AS MATERIALIZED (
    SELECT {", ".join(f"coalesce(current_setting('shugu.{name}', true), '') AS {name}" for name in NAMES)}
), entered AS MATERIALIZED (
    SELECT {", ".join(f"set_config('shugu.{name}', %s, true)" for name in NAMES)} FROM before
)
SELECT before.* FROM before, entered
"""


# What is in force of the partner's own organisation is asked with it, so that a request costs no statement more.
_ENTER_AND_ASK = (
    _ENTER.format(parts="coalesce(organisation_parts(%s, (shugu_now() AT TIME ZONE %s)::date), '')")
    + ", (SELECT closed_on FROM organisation WHERE id = %s AND closed_on <= (shugu_now() AT TIME ZONE %s)::date)"
)


# How the rows of a table are narrowed to districts; a table that is not here is the same for every officer.
_bound: dict[type[models.Model], Bound] = {}

# The tables whose rows are read from above too: by the users of what an organisation is part of.
_read_from_above: set[type[models.Model]] = set()


class NoTransaction(RuntimeError):
    """A scope was entered outside a transaction, where it would have ended at once."""


def require_transaction() -> None:
    """Refuse to go on outside a transaction.

    Raises:
        NoTransaction: there is none, so a scope would not last until the next statement.
    """
    if not connection.in_atomic_block:
        raise NoTransaction("A scope lasts as long as its transaction; open transaction.atomic() first.")


def enter(user: User, reads: bool = False) -> None:
    """Give the rest of the running transaction what ``user`` may see, and put their name on what it audits.

    For requests: the API's and the pages' base views call it once the user is known. It lasts until the transaction
    ends, also when it was called inside a savepoint that has been released since.

    A partner whose organisation is no more may read and not write: for this request its login is read-only.

    Args:
        user: who asks.
        reads: whether the request reads alone; only then a partner sees what the parts of its organisation report.

    Raises:
        NoTransaction: outside a transaction.
    """
    require_transaction()
    own = None if user.sees_everything else user.organisation_id
    with connection.cursor() as cursor:
        above = own if reads else None
        cursor.execute(_ENTER_AND_ASK, (*_settings_of(user)[:-1], above, BUREAU.key, own, BUREAU.key))
        *_set_to, parts, closed_on = cursor.fetchone()
    user.parts = frozenset(map(int, parts.split(","))) if parts else frozenset()
    if closed_on is not None:
        user.read_only, user.closed_since = True, closed_on
    context.acts_for(user)


@contextmanager
def everything() -> Iterator[None]:
    """A transaction that sees every organisation's rows: for tasks and commands.

    Inside another transaction it is a savepoint, and the scope that stood before stands again after it.
    """
    with _scoped((ALL, "", "", "", "")):
        yield


@contextmanager
def within(organisation_id: int) -> Iterator[None]:
    """A transaction that sees one organisation's rows alone: for tasks that work on a partner's behalf.

    Inside another transaction it is a savepoint, and the scope that stood before stands again after it.
    """
    with _scoped((ORGANISATION, str(organisation_id), "", "", "")):
        yield


def visible(queryset: models.QuerySet[Row], actor: User | None, field: str = "organisation") -> models.QuerySet[Row]:
    """The rows of ``queryset`` that ``actor`` may see: the first wall, in every selector.

    A partner sees its organisation's and, of the tables of ``read_from_above`` and while it reads, those of the parts
    of its organisation; bureau staff see everybody's, and an officer who is bound to districts those rows of the tables
    of ``bind`` that belong to these.

    Args:
        queryset: rows of any table.
        actor: who asks; nobody sees nothing.
        field: the look-up that leads from a row to its organisation (``pk`` for organisations themselves).
    """
    if actor is None or not actor.is_authenticated:
        return queryset.none()
    if actor.districts:
        return within_districts(queryset, actor)
    if actor.sees_everything:
        return queryset
    if actor.parts and queryset.model in _read_from_above:
        return queryset.filter(**{f"{field}__in": seen_by(actor)})
    return queryset.filter(**{field: actor.organisation_id})


def seen_by(actor: User) -> list[int]:
    """The ids of the organisations whose reports a partner reads: its own and, while it reads, the parts of it."""
    return [actor.organisation_id, *sorted(actor.parts)]


def read_from_above(*tables: type[models.Model]) -> None:
    """Let the rows of ``tables`` be read by the users of whatever their organisation is part of, and never written.

    For rooms, in their ``handlers``. The second wall says the same: ``read_from_above('table')`` in a migration. The
    look-up that leads to the organisation must lead to one, or rows would come twice.
    """
    _read_from_above.update(tables)


def bind(model: type[models.Model], path: str) -> None:
    """Let the rows of ``model`` be seen by whoever may see the district that ``path`` leads to.

    For rooms, in their ``handlers``: the rooms below know their rows and not the records that these belong to.
    """
    _bound[model] = lambda rows, districts: rows.filter(**{f"{path}__in": districts})


def bind_by(model: type[models.Model]) -> Callable[[Bound], Bound]:
    """Register ``bound(rows, districts)``, which narrows the rows of ``model``, as ``bind`` does by a path."""

    def register(bound: Bound) -> Bound:
        _bound[model] = bound
        return bound

    return register


def within_districts(queryset: models.QuerySet[Row], actor: User | None) -> models.QuerySet[Row]:
    """The rows of ``queryset`` that belong to the districts that ``actor`` is bound to; all, for whoever is to none."""
    bound = _bound.get(queryset.model)
    if actor is None or not actor.districts or bound is None:
        return queryset
    return bound(queryset, actor.districts)


def of_districts(queryset: models.QuerySet[Row], actor: User | None, path: str = "district") -> models.QuerySet[Row]:
    """The rows of ``queryset`` whose ``path`` leads to a district that ``actor`` is bound to; all, if to none.

    For lists that name people out of tables of figures, which are the same for every officer.
    """
    if actor is None or not actor.districts:
        return queryset
    return queryset.filter(**{f"{path}__in": actor.districts})


@contextmanager
def whole(actor: User | None = None) -> Iterator[None]:
    """A part of a request that is of every district, though ``actor`` is bound to some.

    For what follows from an act, and for counts; whatever names people to the actor stays outside. It costs whoever is
    bound to none nothing.

    Args:
        actor: who asks; by default whoever acts in this request, or the system.
    """
    if not getattr(actor or context.current().user, "districts", None):
        yield
        return
    with everything():
        yield


def refuse_bound(actor: User | None) -> None:
    """Refuse what concerns people of every district to an officer who is bound to some.

    Raises:
        Forbidden: 403 ``districts``.
    """
    if actor is not None and actor.districts:
        raise reading_only(actor)


def _settings_of(user: User) -> Settings:
    if user.sees_everything:
        return ALL, "", str(user.pk), ",".join(user.districts), ""
    return ORGANISATION, str(user.organisation_id), str(user.pk), "", ""


@contextmanager
def _scoped(settings: Settings) -> Iterator[None]:
    if not connection.in_atomic_block:
        # What is set for this transaction ends with it; there is nothing to put back.
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_ENTER_WITH, settings)
            yield
        return
    with transaction.atomic():
        before = _set(settings)
        yield
        # Releasing a savepoint keeps what was set inside it (rolling back does not), so the way out puts it back.
        if not connection.needs_rollback:
            _set(before)


def _set(settings: Settings) -> Settings:
    """Set the settings until the transaction ends; returns what they were."""
    with connection.cursor() as cursor:
        cursor.execute(_EXCHANGE, settings)
        before: Settings = cursor.fetchone()
    return before
