"""What the hostile tests tell of themselves, and the table at the end of ``make hostile``."""

import time
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from tests.hostile import table
from tests.hostile.table import Tell


def pytest_itemcollected(item: pytest.Item) -> None:
    """``make hostile`` runs the quick ones of this folder too, which are not marked otherwise."""
    item.add_marker("forty")


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """``tell(number, struck=…, acknowledged=…, survived=…)``: this test's row of the table."""

    def note(number: int, *, struck: str, acknowledged: str, survived: str) -> None:
        row = {"number": number, "struck": struck, "acknowledged": acknowledged, "survived": survived}
        row["when"] = time.strftime("%Y-%m-%d %H:%M:%S")
        request.node.user_properties.append((table.PROPERTY, row))

    return note


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Prints and keeps the table, unless only the quick tests were asked for."""
    if "not hostile" in str(config.getoption("markexpr")) or config.getoption("collectonly"):
        return
    stats = terminalreporter.stats
    reports = [one for outcome in ("passed", "failed", "error", "skipped") for one in stats.get(outcome, ())]
    rows = table.told(table.rows_of(one for one in reports if isinstance(one, pytest.TestReport)))
    if not rows:
        return
    whole = table.kept(rows)
    shown = Table(title="What was struck when, and what survived", show_lines=True)
    for name in table.COLUMNS:
        shown.add_column(name, overflow="fold")
    for row in rows:
        shown.add_row(*(row[name] for name in table.COLUMNS))
    terminalreporter.write_line("")
    Console(width=170).print(shown)
    terminalreporter.write_line(f"{len(whole)} of the forty have been run here; all of them in var/hostile.md.")
