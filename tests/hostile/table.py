"""The table that ``make hostile`` ends with: what was struck when, what had been acknowledged, what survived.

Which test holds which of the forty is said in this folder's README; a test is known by the number in its name.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest

HERE = Path(__file__).parent
FORTY = HERE / "README.md"
VAR = HERE.parents[1] / "var"
NUMBERED = re.compile(r"::test_(\d\d)_")
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
PROPERTY = "hostile"
COLUMNS = ("number", "test", "when", "struck", "acknowledged", "survived", "tests")


class Tell(Protocol):
    """``tell(6, struck=…, acknowledged=…, survived=…)``: a row of the table."""

    def __call__(self, number: int, *, struck: str, acknowledged: str, survived: str) -> None: ...


def forty() -> dict[int, tuple[str, list[str]]]:
    """By number: the line, and the files (``file.py`` or ``folder/file.py``) that hold its tests."""
    rows = ROW.findall(FORTY.read_text("utf-8"))
    return {int(number): (line, re.findall(r"`([^`]+\.py)`", files)) for number, line, files in rows}


def rows_of(reports: Iterable[pytest.TestReport]) -> dict[int, dict[str, Any]]:
    """The rows of what was run: by number, what the tests told, and how many passed or not."""
    found: dict[int, dict[str, Any]] = {}
    for report in reports:
        for name, told in report.user_properties:
            if name == PROPERTY and isinstance(told, dict):
                row = found.setdefault(told["number"], {"outcomes": Counter(), "told": []})
                row["told"].append(told)
        numbered = NUMBERED.search(report.nodeid)
        if numbered and (report.when == "call" or report.outcome != "passed"):
            row = found.setdefault(int(numbered[1]), {"outcomes": Counter(), "told": []})
            row["outcomes"][report.outcome] += 1
    return found


def told(found: Mapping[int, Mapping[str, Any]]) -> list[dict[str, str]]:
    """The table's rows, in the order of the numbers."""
    lines = forty()
    rows = []
    for number, row in sorted(found.items()):
        parts = {name: " / ".join(one[name] for one in row["told"]) for name in COLUMNS[3:6]}
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(row["outcomes"].items()))
        when = row["told"][-1]["when"] if row["told"] else time.strftime("%Y-%m-%d %H:%M:%S")
        line = lines.get(number, ("", []))[0]
        rows.append({"number": str(number), "test": line, "when": when, **parts, "tests": outcomes})
    return rows


def kept(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows with those of earlier runs whose tests were not run now; written to ``var/hostile.json`` and ``.md``."""
    VAR.mkdir(exist_ok=True)
    before = VAR / "hostile.json"
    known = json.loads(before.read_text("utf-8")) if before.exists() else {}
    known |= {row["number"]: row for row in rows}
    whole = [known[number] for number in sorted(known, key=int)]
    before.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", "utf-8")
    lines = [f"| {' | '.join(COLUMNS)} |", f"| {' | '.join('---' for _ in COLUMNS)} |"]
    lines += [f"| {' | '.join(row[name] or '–' for name in COLUMNS)} |" for row in whole]
    (VAR / "hostile.md").write_text("\n".join(lines) + "\n", "utf-8")
    return whole
