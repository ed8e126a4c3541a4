"""Single rows to change one cell of, and what the checks find in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from programs.intake.cells import check_cells
from programs.intake.context import Context
from tests.programs.intake.checks.world import context, sheet_of

Found = set[tuple[str, str | None]]

MAN = "520102197801193853"  # born 1978-01-19
WOMAN = "520111198811039164"  # born 1988-11-03

TRAINED: Mapping[str, str | None] = {
    "name": "熊诗博",
    "id_type": "居民身份证",
    "id_number": MAN,
    "path": "培养",
    "programme": "T-BD-TRAIN",
    "cohort": "T-A-2019Q1",
    "started_on": "2019-01-26",
    "completed_on": "2019-03-04",
    "outcome": "完成",
}
INTRODUCED: Mapping[str, str | None] = {
    **TRAINED,
    "path": "引进",
    "programme": "T-BD-INTRO",
    "cohort": None,
    "employer": "满帮集团",
    "employer_uscc": "91520111MAP839UXM7",
}
MASTER: Mapping[str, str | None] = {
    **TRAINED,
    "education": "14",
    "school": "贵州财经大学",
    "graduated_on": "2004-07-17",
    "education_cert_no": "106711200402002402",
}
ENGINEER: Mapping[str, str | None] = {
    **TRAINED,
    "title": "高级工程师",
    "title_awarded_on": "2015-02-14",
    "title_cert_no": "GZ5861821277",
}


def check_rows(
    rows: Sequence[Mapping[str, str | None]],
    *,
    kinds: dict[str, int] | None = None,
    facts: Context | None = None,
) -> tuple[list[Found], list[dict[str, Any]]]:
    """Checks rows as one file; per row what was found, and the typed row."""
    checked = check_cells(sheet_of([dict(row) for row in rows], kinds), facts or context())
    found: list[Found] = [set() for _ in rows]
    for row, rule, column in checked.findings.select("row", "rule", "column").iter_rows():
        found[row - 2].add((rule, column))
    lines = checked.frame.to_dicts()
    for line, raised in zip(lines, found, strict=True):
        assert line["failed"] == any(rule.startswith("E") for rule, _ in raised)
    return found, lines


def check_row(base: Mapping[str, str | None], **changed: str | None) -> Found:
    """What is found in one row."""
    return check_rows([{**base, **changed}])[0][0]


def introduced_context() -> Context:
    """The context of the organisation that introduces people."""
    return context("T-HITECH")
