"""The threat model: its invariants are numbered, and the tests that they name are there and run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "threat-model.md"
INVARIANT = re.compile(r"^(\d+)\. (.+)$")
TEST = re.compile(r"^ +- `([\w/]+\.py)::((?:Test\w+::)?test_\w+)`$")


def invariants(text: str) -> dict[int, list[tuple[str, str]]]:
    """By number, the tests that an invariant names: file and function."""
    found: dict[int, list[tuple[str, str]]] = {}
    section = text.partition("\n## Invariants\n")[2].partition("\n## ")[0]
    number = 0
    for line in section.strip().splitlines():
        if told := INVARIANT.match(line):
            number = int(told[1])
            found[number] = []
        elif named := TEST.match(line):
            found[number].append((named[1], named[2]))
        else:
            raise ValueError(f"neither an invariant nor a test: {line}")
    return found


def missing(path: str, name: str) -> bool:
    """Whether a file has no such test where pytest finds it, in a class of tests if one is named."""
    file = ROOT / path
    if not file.is_file() or not file.name.startswith("test_"):
        return True
    body: list[ast.stmt] = ast.parse(file.read_text("utf-8")).body
    *classes, test = name.split("::")
    for one in classes:
        body = [inner for node in body if isinstance(node, ast.ClassDef) and node.name == one for inner in node.body]
    return test not in {node.name for node in body if isinstance(node, ast.FunctionDef)}


def test_every_invariant_names_tests_that_are_there() -> None:
    found = invariants(PAGE.read_text("utf-8"))
    assert list(found) == list(range(1, len(found) + 1)), "they count from 1 without a gap"
    assert [number for number, tests in found.items() if not tests] == [], "nothing holds these"
    gone = [
        f"{number}: {path}::{name}" for number, tests in found.items() for path, name in tests if missing(path, name)
    ]
    assert gone == []


def test_threats_lead_to_invariants() -> None:
    text = PAGE.read_text("utf-8")
    table = text.partition("\n## Threats\n")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("|")][2:]
    told = {int(number) for row in rows for number in re.findall(r"\b\d+\b", row[3])}
    assert told == set(invariants(text)), "every threat is met by invariants that are there, and each meets one"


def test_a_test_that_is_not_there_is_noticed() -> None:
    own = "tests/scripts/test_threat_model.py"
    assert not missing(own, "test_a_test_that_is_not_there_is_noticed")
    assert missing(own, "test_of_another_name")
    assert missing("tests/scripts/test_nothing.py", "test_a_test_that_is_not_there_is_noticed")
    with pytest.raises(ValueError, match="neither"):
        invariants("\n## Invariants\n\n1. One holds.\n   - by hand\n")
