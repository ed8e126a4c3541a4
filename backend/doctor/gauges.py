"""What operations counts, in Prometheus' text form: rooms declare gauges in a module of their own called ``gauges``.

Each is one statement, asked when ``/metrics`` is; those that the database cannot answer in time are left out together,
and ``shugu_gauges_read`` says so.
"""

import importlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction

from backend.failures import told
from backend.rooms import rooms_with

logger = logging.getLogger(__name__)

PATIENCE_MILLISECONDS = 2000
READ = "shugu_gauges_read"


@dataclass(frozen=True)
class Gauge:
    """One number, or one by each value of ``label``.

    ``statement`` gives (number,) or (value, number) rows as the bureau sees them; a null is not known, and left out.
    """

    name: str
    meaning: str
    statement: str
    label: str = ""

    def lines(self, rows: list[tuple[object, ...]]) -> Iterator[str]:
        """Its part of the answer."""
        yield f"# HELP {self.name} {self.meaning}\n# TYPE {self.name} gauge\n"
        for *value, number in rows:
            if number is not None:
                labelled = f'{{{self.label}="{value[0]}"}}' if value else ""
                yield f"{self.name}{labelled} {float(str(number))}\n"


_gauges: dict[str, Gauge] = {}


def gauge(name: str, meaning: str, statement: str, *, label: str = "") -> None:
    """Declare a gauge.

    Args:
        name: ``shugu_…``, with its unit at the end.
        meaning: in a sentence, for whoever looks at Prometheus.
        statement: cheap enough for every quarter of a minute; sees every organisation's rows.
        label: what its rows' first column tells apart.
    """
    _gauges[name] = Gauge(name, meaning, statement, label)


def gauges() -> list[Gauge]:
    """Every gauge of every room."""
    for room in rooms_with("gauges"):
        importlib.import_module(f"{room}.gauges")
    return sorted(_gauges.values(), key=lambda one: one.name)


def exposed() -> bytes:
    """All of them as they are now."""
    lines: list[str] = []
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('shugu.scope', 'all', true), set_config('statement_timeout', %s, true)",
                [str(PATIENCE_MILLISECONDS)],
            )
            for one in gauges():
                cursor.execute(one.statement)
                lines.extend(one.lines(cursor.fetchall()))
    except DatabaseError as error:
        logger.warning("The gauges could not be read: %s", told(error))
        lines = []
    meaning = "Whether the database answered for the gauges."
    lines.append(f"# HELP {READ} {meaning}\n# TYPE {READ} gauge\n{READ} {float(bool(lines))}\n")
    return "".join(lines).encode()
