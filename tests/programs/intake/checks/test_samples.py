"""The partner files with known outcomes, one after the other against books that remember them."""

import json
from typing import Any

import polars as pl
import pytest

from programs.intake.cells import check_cells
from programs.intake.cross import cross_check
from programs.intake.found import Checked
from programs.intake.rules import RULES
from tests.programs.intake.checks.world import SAMPLES, Books, context, read_sample

FILES = sorted(path.name.removesuffix(".expected.json") for path in SAMPLES.glob("*.expected.json"))


@pytest.fixture(scope="module")
def outcomes() -> dict[str, tuple[dict[str, Any], Checked, Checked]]:
    """Per file: what is expected, what was found, and what is found when the file is sent again once it is taken."""
    books, found = Books(), {}
    for name in FILES:
        expected = json.loads((SAMPLES / f"{name}.expected.json").read_text("utf-8"))
        organisation = expected["organisation"]
        cells = check_cells(read_sample(SAMPLES / name), context(organisation, expected["period"]))
        first = cross_check(cells, books.known(cells, organisation))
        books.take(first, organisation)
        found[name] = (expected, first, cross_check(cells, books.known(cells, organisation)))
    return found


def test_all_five_files_are_there() -> None:
    assert len(FILES) == 5


@pytest.mark.parametrize("name", FILES)
def test_a_file_raises_what_was_planted_and_nothing_else(name: str, outcomes: dict[str, Any]) -> None:
    expected, checked, _ = outcomes[name]
    found: dict[int, set[tuple[str, str]]] = {}
    for row, column, rule in checked.findings.select("row", "column", "rule").iter_rows():
        found.setdefault(row, set()).add((rule, column))
    planted: dict[int, set[tuple[str, str]]] = {}
    for row, column, rule in expected["findings"]:
        planted.setdefault(row, set()).add((rule, column))
    assert found == planted


@pytest.mark.parametrize("name", FILES)
def test_rows_fare_as_expected(name: str, outcomes: dict[str, Any]) -> None:
    expected, checked, _ = outcomes[name]
    fates = dict(checked.frame.group_by("fate").len().iter_rows())
    taken = checked.frame.filter(pl.col("fate").is_in(["new", "amendment"]))["row"]
    warned = checked.findings.filter(pl.col("rule").str.starts_with("W"))["row"].unique()
    assert {
        "rows": checked.frame.height,
        "accepted": taken.len(),
        "accepted_with_warnings": int(taken.is_in(warned.implode()).sum()),
        "unchanged": fates.get("unchanged", 0),
        "rejected": fates.get("rejected", 0),
    } == expected["counts"]
    rejected = checked.frame.filter(pl.col("fate") == "rejected")["row"].to_list()
    assert rejected == expected["rejected_rows"]
    errors = checked.findings.filter(
        pl.col("rule").replace_strict({c: r.severity for c, r in RULES.items()}) == "error"
    )
    assert sorted(errors["row"].unique()) == rejected


@pytest.mark.parametrize("name", FILES)
def test_a_file_sent_again_is_unchanged(name: str, outcomes: dict[str, Any]) -> None:
    expected, first, again = outcomes[name]
    fates = dict(again.frame.group_by("fate").len().iter_rows())
    on_books = expected["counts"]["accepted"] + expected["counts"]["unchanged"]
    assert fates.get("unchanged", 0) == on_books
    assert fates.get("rejected", 0) == expected["counts"]["rejected"]
    assert (
        again.findings.filter(pl.col("rule").str.starts_with("W"))["row"]
        .drop_nulls()
        .is_in(first.frame.filter(pl.col("fate") == "rejected")["row"].implode())
        .all()
    )
