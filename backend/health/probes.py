"""Is each thing that we need there? Every probe answers within its own patience, whatever state its target is in."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psycopg
from django.db import connections
from psycopg.conninfo import make_conninfo

from backend.failures import told
from backend.health import heartbeat
from backend.vault import keys

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0


class NoWorker(Exception):
    """No worker has been heard of for as long as a heartbeat lasts."""


@dataclass
class Finding:
    """What one probe found: ``detail`` is empty when all is well."""

    detail: str = "did not answer in time"

    @property
    def ok(self) -> bool:
        return not self.detail


def database() -> None:
    """PostgreSQL takes a new connection of ours and answers a query."""
    with psycopg.connect(_address(), autocommit=True) as connection:
        connection.execute("SELECT shugu_now()")


def _address() -> str:
    options = connections["default"].get_connection_params()
    wanted = ("host", "port", "user", "password", "dbname", "sslmode", "sslrootcert")
    given = {name: str(options[name]) for name in wanted if options.get(name)}
    return make_conninfo(**given, connect_timeout=2, options="-c statement_timeout=1000")


def broker() -> None:
    """Valkey answers."""
    with heartbeat.client() as connection:
        connection.ping()


def worker() -> None:
    """A worker's consumer has been alive lately."""
    with heartbeat.client() as connection:
        if not connection.exists(heartbeat.key()):
            raise NoWorker


def vault() -> None:
    """``FIELD_KEYS`` opens every data key; what it lacks is logged and stands on the page of the keys."""
    with psycopg.connect(_address(), autocommit=True) as connection:
        rows = connection.execute(
            "SELECT id, purpose, suite, wrapped_by, wrapped FROM vault_key ORDER BY id"
        ).fetchall()
    keys.check_rows(rows)


PROBES: Mapping[str, Callable[[], None]] = {"database": database, "broker": broker, "worker": worker, "vault": vault}


def findings(probes: Mapping[str, Callable[[], None]] = PROBES) -> dict[str, Finding]:
    """What the probes found, side by side: all of them in ``PATIENCE_SECONDS`` at most."""
    found = {name: Finding() for name in probes}
    threads = [
        threading.Thread(target=_note, args=(probe, found[name]), name=f"probe-{name}", daemon=True)
        for name, probe in probes.items()
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return {name: Finding(finding.detail) for name, finding in found.items()}


def _note(probe: Callable[[], None], finding: Finding) -> None:
    try:
        probe()
    except Exception as error:  # noqa: BLE001 - whatever a probe meets is its finding
        # Monitors need no login, so they learn the kind of failure; hosts and names stay in the log.
        finding.detail = f"failed: {type(error).__name__}"
        logger.warning("A readiness probe failed: %s", told(error))
    else:
        finding.detail = ""
