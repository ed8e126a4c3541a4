"""The doctor's look at the database: there, of this release, closed where it should be, and with room."""

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.doctor.registry import Finding, attention, check, well, wrong
from backend.embedded.roles import ATTRIBUTES
from backend.health import probes
from backend.sql.rights import Right, expected, held

VERSION = 18
CONNECTIONS_SHARE, CONNECTIONS_FULL = 0.8, 0.95
LONG_MINUTES, FOREVER_MINUTES = 5, 60
KEPT_LOG_BYTES = 2 * 1024**3
DEAD_ROWS, DEAD_SHARE = 100_000, 0.3
FREE_SHARE, FREE_LEAST = 0.1, 0.03
CLOCKS_SECONDS = 2.0
WRAPAROUND = 1_000_000_000
SHOWN = 5

PREPARE = gettext_lazy("Run “manage.py prepare” with the owner's login (“docker compose up prepare”).")
ROLES = gettext_lazy("Run “python -m backend.embedded.roles” with a superuser's address in ADMIN_DATABASE_URL.")


def _rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _listed(names: list[str]) -> str:
    rest = len(names) - SHOWN
    shown = ", ".join(names[:SHOWN])
    return shown + (ngettext(" and %(rest)d more", " and %(rest)d more", rest) % {"rest": rest} if rest > 0 else "")


@check("database", gettext_lazy("Database"), rank=100)
def database() -> Iterator[Finding]:
    """PostgreSQL takes a connection of ours."""
    try:
        probes.database()
    except Exception as error:  # noqa: BLE001 - whatever keeps us out is the finding
        where = connection.settings_dict
        place = f"{where['HOST'] or 'localhost'}:{where['PORT'] or 5432}/{where['NAME']}"
        yield wrong(
            _("PostgreSQL at %(place)s takes no connection (%(error)s).")
            % {"place": place, "error": type(error).__name__},
            _("See that it runs and that DATABASE_URL is right; its own log says why it refused."),
            stops=True,
        )
        return
    yield well(_("It takes connections."))


@check("version", gettext_lazy("Version of PostgreSQL"), rank=101, needs="database")
def version_of_server() -> Iterator[Finding]:
    """That on which the release was tried."""
    with connection.cursor() as cursor:
        version = cursor.connection.info.server_version // 10_000
    if version < VERSION:
        yield wrong(
            _("PostgreSQL is of version %(version)d; this release was made for %(wanted)d.")
            % {"version": version, "wanted": VERSION},
            _("Bring the server to that version (pg_upgrade) after a backup."),
        )
    else:
        yield well(_("PostgreSQL %(version)d answers.") % {"version": version})


@check("migrations", gettext_lazy("Schema"), rank=101, needs="database")
def migrations() -> Iterator[Finding]:
    """The schema is this release's."""
    loader = MigrationLoader(connection)
    applied = set(loader.applied_migrations)
    pending = sorted(f"{app}.{name}" for app, name in set(loader.graph.nodes) - applied)
    newer = sorted(f"{app}.{name}" for app, name in applied - set(loader.graph.nodes) - set(loader.disk_migrations))
    if pending:
        yield wrong(
            ngettext(
                "%(count)d migration was not carried out: %(names)s.",
                "%(count)d migrations were not carried out: %(names)s.",
                len(pending),
            )
            % {"count": len(pending), "names": _listed(pending)},
            str(PREPARE),
        )
    if newer:
        yield attention(
            _("The schema is of a newer release than this one: %(names)s.") % {"names": _listed(newer)},
            _("Start the newer release, unless you mean to go back to this one for now."),
        )
    if not pending and not newer:
        yield well(_("The schema is this release's."))


@check("roles", gettext_lazy("Logins and roles"), rank=102, needs="database")
def roles() -> Iterator[Finding]:
    """Each is there and may be no more than it should."""
    columns = {
        "LOGIN": "rolcanlogin",
        "SUPERUSER": "rolsuper",
        "CREATEDB": "rolcreatedb",
        "CREATEROLE": "rolcreaterole",
        "REPLICATION": "rolreplication",
        "BYPASSRLS": "rolbypassrls",
    }
    found = {
        row[0]: dict(zip(columns, row[1:], strict=True))
        for row in _rows(
            f"SELECT rolname, {', '.join(columns.values())} FROM pg_roles WHERE rolname = ANY(%s)", [[*ATTRIBUTES]]
        )
    }
    faults = list(_of_roles(found))
    yield from faults or [well(_("All %(count)d are as they should be.") % {"count": len(ATTRIBUTES)})]


def _of_roles(found: Mapping[str, Mapping[str, bool]]) -> Iterator[Finding]:
    for role, wanted in ATTRIBUTES.items():
        if role not in found:
            yield wrong(_("The role %(role)s is missing.") % {"role": role}, str(ROLES))
            continue
        words = set(wanted.split())
        differing = [word for word, has in found[role].items() if has != (word in words)]
        if differing:
            yield wrong(
                _("The role %(role)s should be %(wanted)s, and is not as to %(differing)s.")
                % {"role": role, "wanted": wanted, "differing": ", ".join(differing)},
                str(ROLES),
            )


@check("rights", gettext_lazy("Rights"), rank=103, needs="database")
def rights() -> Iterator[Finding]:
    """Every login may do what ``backend/sql/grants.sql`` says, and the application no more."""
    wanted, there = expected(connection), held(connection)
    lacking, beyond = sorted(wanted - there), sorted(there - wanted)
    for role, amiss in _by_role(lacking).items():
        yield wrong(_("%(role)s lacks %(rights)s.") % {"role": role, "rights": _listed(amiss)}, str(PREPARE))
    for role, amiss in _by_role(beyond).items():
        yield wrong(
            _("%(role)s may do what it should not: %(rights)s.") % {"role": role, "rights": _listed(amiss)},
            _("Find out who gave it (the trail of the database's owner), take it back by REVOKE, and run prepare."),
        )
    if not lacking and not beyond:
        yield well(_("They are as backend/sql/grants.sql says."))


def _by_role(amiss: list[Right]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for one in amiss:
        told.setdefault(one.role, []).append(f"{one.privilege} {one.thing}")
    return told


@check("walls", gettext_lazy("Walls between organisations"), rank=104, needs="database")
def walls() -> Iterator[Finding]:
    """Row-level security is on, and forced for the owner too, wherever there is a policy or an organisation's rows."""
    open_ = [
        name
        for (name,) in _rows(
            "SELECT relname FROM pg_class AS walled WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace"
            " AND (EXISTS (SELECT FROM pg_policy WHERE polrelid = walled.oid) OR relrowsecurity OR relforcerowsecurity"
            "   OR relname <> 'user_account' AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = walled.oid"
            "     AND attname = 'organisation_id' AND NOT attisdropped))"
            " AND NOT (relrowsecurity AND relforcerowsecurity"
            "   AND EXISTS (SELECT FROM pg_policy WHERE polrelid = walled.oid)) ORDER BY 1"
        )
    ]
    if open_:
        yield wrong(
            _("The wall is down on %(tables)s: organisations could see each other's rows.")
            % {"tables": _listed(open_)},
            _(
                "As the owner: ALTER TABLE … ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; where policies are"
                " missing, take them from */sql/walls.sql. Find out who took them down."
            ),
        )
    else:
        yield well(_("They stand, and hold for the owner too."))


@check("clock", gettext_lazy("Clock"), rank=105, needs="database")
def clock() -> Iterator[Finding]:
    """The database's clock is not moved, and this machine's agrees with it."""
    ((there, shift),) = _rows("SELECT clock_timestamp(), (SELECT sum(shift) FROM clock_offset)")
    off = abs((there - dt.datetime.now(dt.UTC)).total_seconds())
    if shift:
        yield wrong(
            _("The system's clock is moved by %(shift)s: days and deadlines are wrong.") % {"shift": shift},
            _("As the owner: DELETE FROM clock_offset. Nothing but tests may write it; find out who did."),
        )
    if off > CLOCKS_SECONDS:
        yield attention(
            _("This machine's clock and the database's differ by %(seconds).0f seconds.") % {"seconds": off},
            _("Have both follow the same time server (NTP)."),
        )
    if not shift and off <= CLOCKS_SECONDS:
        yield well(_("It is not moved, and this machine's agrees."))


@check("connections", gettext_lazy("Connections"), rank=106, needs="database")
def connections() -> Iterator[Finding]:
    """There is room for more."""
    ((used, most),) = _rows(
        "SELECT sum(numbackends)::int, current_setting('max_connections')::int FROM pg_stat_database"
    )
    share = used / most
    if share >= CONNECTIONS_SHARE:
        tell = wrong if share >= CONNECTIONS_FULL else attention
        yield tell(
            _("%(used)d of %(most)d connections are taken.") % {"used": used, "most": most},
            _("Look in pg_stat_activity who holds them; lower WEB_THREADS or raise max_connections."),
        )
    else:
        yield well(_("%(used)d of %(most)d connections are taken.") % {"used": used, "most": most})


@check("transactions", gettext_lazy("Long transactions"), rank=107, needs="database")
def transactions() -> Iterator[Finding]:
    """None is left open: it keeps old rows from being cleared, and rotations and readings of the ledger waiting."""
    faults = []
    for pid, login, state, minutes in _rows(
        "SELECT pid, usename, coalesce(state, '?'), extract(epoch FROM clock_timestamp() - xact_start)::int / 60"
        " FROM pg_stat_activity WHERE xact_start < clock_timestamp() - make_interval(mins => %s)"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY xact_start",
        [LONG_MINUTES],
    ):
        tell = wrong if minutes >= FOREVER_MINUTES else attention
        faults.append(
            tell(
                _("The transaction of process %(pid)d (%(login)s, %(state)s) is open for %(minutes)d minutes.")
                % {"pid": pid, "login": login, "state": state, "minutes": minutes},
                _("See whose it is; end it as the owner or a superuser: SELECT pg_terminate_backend(%(pid)d).")
                % {"pid": pid},
            )
        )
    for name, kept in _rows(
        "SELECT slot_name, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint FROM pg_replication_slots"
        " WHERE NOT active AND pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) > %s",
        [KEPT_LOG_BYTES],
    ):
        faults.append(
            attention(
                _("The replication slot %(name)s keeps %(gib).1f GiB of the log, and nobody receives it.")
                % {"name": name, "gib": kept / 1024**3},
                _("Start the caretaker of the backups; or drop the slot: SELECT pg_drop_replication_slot('%(name)s').")
                % {"name": name},
            )
        )
    yield from faults or [well(_("None is older than %(minutes)d minutes.") % {"minutes": LONG_MINUTES})]


@check("dead-rows", gettext_lazy("Dead rows"), rank=108, needs="database")
def dead_rows() -> Iterator[Finding]:
    """Autovacuum keeps up, and transaction numbers are far from their end."""
    faults = []
    for table, dead, vacuumed in _rows(
        "SELECT relname, n_dead_tup, coalesce(to_char(last_autovacuum, 'YYYY-MM-DD HH24:MI'), '–')"
        " FROM pg_stat_user_tables WHERE n_dead_tup > %s AND n_dead_tup > %s * (n_live_tup + n_dead_tup)"
        " ORDER BY n_dead_tup DESC",
        [DEAD_ROWS, DEAD_SHARE],
    ):
        faults.append(
            attention(
                _("%(table)s holds %(dead)d dead rows; it was last vacuumed %(when)s.")
                % {"table": table, "dead": dead, "when": vacuumed},
                _("See first whether a long transaction is open; then, as the owner: VACUUM (ANALYZE) %(table)s.")
                % {"table": table},
            )
        )
    ((age,),) = _rows("SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database()")
    if age > WRAPAROUND:
        faults.append(
            wrong(
                _("The oldest transaction number is %(age)d back: PostgreSQL stops writing at two thousand million.")
                % {"age": age},
                _("End long transactions, and as the owner: VACUUM (FREEZE)."),
            )
        )
    yield from faults or [well(_("Autovacuum keeps up."))]


@check("disk", gettext_lazy("Room on disk"), rank=109)
def disk() -> Iterator[Finding]:
    """There is room where this process can look: its own folder, and with the embedded services the database's."""
    folder: Path = settings.BASE_DIR
    room = shutil.disk_usage(folder)
    free = room.free / room.total
    said = _("%(percent)d %% (%(gib).1f GiB) are free at %(folder)s.") % {
        "percent": int(100 * free),
        "gib": room.free / 1024**3,
        "folder": folder,
    }
    if free < FREE_SHARE:
        tell = wrong if free < FREE_LEAST else attention
        yield tell(said, _("Make room, or give the disk more; while it is full, uploads are refused with 507."))
    else:
        yield well(said)
