"""The steps of a rotation, each one transaction of its own, done once whatever dies in between.

A sealing key (or the suite) goes: ``switch`` (a new key is the active one), ``reseal`` (what there is, some at a time),
``drain`` (until every process has looked again which key is active, and nobody is at work who began before), ``last``
(what was sealed with the old key meanwhile), ``retire`` (until nobody holds what was read before; then they go).
A master key needs one step: ``rewrap``.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from django.conf import settings
from django.db import connection

from backend.rotation import resealing
from backend.rotation.models import Rotation
from backend.vault import keys
from backend.vault.columns import sealed_columns
from backend.vault.errors import MasterKeyMissing
from backend.vault.models import VaultKey
from backend.vault.suites import SUITES

SEAL = VaultKey.Purpose.SEAL
PASSES_REST_SECONDS = 1.0
"""Between two passes: what was locked by somebody is let go of meanwhile."""
WAIT_SECONDS = 5.0
"""How long the work rests when it waits for others."""


class Undeclared(Exception):
    """A column holds sealed values and no room has declared it: its key is kept."""


Step = Callable[[Rotation], None]


def first_stage(what: str) -> str:
    """Where a rotation begins."""
    return "rewrap" if what == Rotation.What.MASTER else "switch"


def take(rotation: Rotation) -> None:
    """The next step of a rotation whose row is held, in the caller's transaction; the caller saves the row."""
    rotation.resumes_at = None
    STEPS[rotation.stage](rotation)


def _rewrap(rotation: Rotation) -> None:
    """Every data key is wrapped by the first master key of ``FIELD_KEYS``."""
    rows = list(VaultKey.objects.select_for_update().order_by("pk"))
    [first, *others] = keys.master_keys(settings.FIELD_KEYS)
    rewrapped = 0
    for row in rows:
        key = keys.unwrap(row.pk, row.purpose, row.suite, row.wrapped_by, bytes(row.wrapped))
        if row.wrapped_by == first:
            continue
        row.wrapped_by, row.wrapped = keys.wrap(row.purpose, key.suite, key.secret)
        if keys.unwrap(row.pk, row.purpose, row.suite, row.wrapped_by, row.wrapped).secret != key.secret:
            raise MasterKeyMissing(f"Key {row.pk} does not open as it was wrapped anew; nothing was changed.")
        row.save(update_fields=["wrapped_by", "wrapped"])
        rewrapped += 1
    rotation.done = rotation.total = len(rows)
    _end(rotation, {"rewrapped": rewrapped, "removable": others})


def _switch(rotation: Rotation) -> None:
    """A new key of the rotation's suite becomes the active one; the others open what there is."""
    suite = SUITES[rotation.suite]
    VaultKey.objects.select_for_update().filter(purpose=SEAL, active=True).update(active=False)
    name, wrapped = keys.wrap(SEAL, suite, keys.new_secret(SEAL, suite))
    VaultKey.objects.create(purpose=SEAL, suite=suite.name, wrapped_by=name, wrapped=wrapped, active=True)
    rotation.switched_at = _machine_time()
    rotation.total = resealing.count(sealed_columns())
    _go_to(rotation, "reseal")


def _reseal(rotation: Rotation) -> None:
    if _pass(rotation):
        _go_to(rotation, "drain")


def _drain(rotation: Rotation) -> None:
    """Until no process may seal with the old key any more."""
    assert rotation.switched_at is not None
    known = rotation.switched_at + dt.timedelta(seconds=settings.VAULT_KEY_SECONDS)
    if _machine_time() <= known or _at_work_since_before(known):
        rotation.resumes_at = _in(WAIT_SECONDS)
        return
    _go_to(rotation, "last")


def _last(rotation: Rotation) -> None:
    if _pass(rotation):
        _go_to(rotation, "retire")
        rotation.place = {"since": _machine_time().isoformat()}


def _retire(rotation: Rotation) -> None:
    """Until nobody holds what was read before the last pass, and might write it back; then the old keys are removed.

    Raises:
        Undeclared: a value begins with an old key's header in a column that no room has declared.
    """
    if _at_work_since_before(dt.datetime.fromisoformat(rotation.place["since"])):
        rotation.resumes_at = _in(WAIT_SECONDS)
        return
    old = list(VaultKey.objects.select_for_update().filter(purpose=SEAL, active=False))
    left = resealing.still_refer([resealing.header(SUITES[one.suite].version, one.pk) for one in old])
    unknown = set(left) - {column.name for column in sealed_columns()}
    if unknown:
        raise Undeclared(
            f"Values of an old key stand in {', '.join(sorted(unknown))}, which no room has declared by "
            "backend.vault.columns.seals: the key is kept."
        )
    if left:
        _go_to(rotation, "last")
        return
    VaultKey.objects.filter(pk__in=[one.pk for one in old]).delete()
    _end(rotation, {"values": rotation.done, "keys_removed": [one.pk for one in old]})


def _pass(rotation: Rotation) -> bool:
    """One batch; whether a whole pass has found nothing left to seal anew."""
    # The key may have been made after this process last looked.
    keys.look_again()
    columns, place = sealed_columns(), rotation.place
    at, after, moved = place.get("column", 0), place.get("after", 0), place.get("moved", 0)
    if at < len(columns):
        batch = resealing.reseal(columns[at], after)
        rotation.done += batch.moved
        rotation.place = (
            {"column": at + 1, "after": 0, "moved": moved}
            if batch.last is None
            else {"column": at, "after": batch.last, "moved": moved + batch.moved}
        )
        return False
    if moved == 0 and not _left(rotation):
        return True
    rotation.place = {}
    rotation.resumes_at = _in(PASSES_REST_SECONDS)
    return False


def _left(rotation: Rotation) -> bool:
    """Whether a declared column still holds a value of another key: one that was locked was passed over."""
    active = keys.active(SEAL)
    own = resealing.header(active.suite.version, active.id)
    with connection.cursor() as cursor:
        for column in sealed_columns():
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {column.table} WHERE octet_length({column.field}) > 0"
                f" AND substring({column.field} FROM 1 FOR %s) <> %s)",
                [len(own), own],
            )
            if cursor.fetchone()[0]:
                return True
    return False


def _at_work_since_before(moment: dt.datetime) -> bool:
    """Whether a transaction of this login, in this database, began before a moment of the machine's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = session_user AND pid <> pg_backend_pid() AND xact_start < %s)",
            [moment],
        )
        return bool(cursor.fetchone()[0])


def _machine_time() -> dt.datetime:
    """The machine's clock, by which PostgreSQL dates transactions; not the one that tests move."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: dt.datetime = cursor.fetchone()[0]
    return found


def _in(seconds: float) -> dt.datetime:
    return _machine_time() + dt.timedelta(seconds=seconds)


def _go_to(rotation: Rotation, stage: str) -> None:
    rotation.stage, rotation.place = stage, {}


def _end(rotation: Rotation, result: dict[str, object]) -> None:
    rotation.state, rotation.result, rotation.place = Rotation.State.DONE, result, {}


STEPS: Mapping[str, Step] = {
    "rewrap": _rewrap,
    "switch": _switch,
    "reseal": _reseal,
    "drain": _drain,
    "last": _last,
    "retire": _retire,
}
