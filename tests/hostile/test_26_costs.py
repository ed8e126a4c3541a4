"""Hostile test 26: what refusing bombs costs: five seconds of processor time and three hundred megabytes at most.

The reader is ended by the kernel at five seconds, and the file then refused for another reason than is asserted here.
"""

from collections.abc import Callable

import pytest

from tests.hostile.table import Tell
from tests.programs.intake.readers import test_bombs as bombs

BOMBS: dict[str, tuple[Callable[[], bytes], set[tuple[str, str]]]] = {
    "a cell of 800 MB": (bombs.endless_cell, {("F06", "unpacks")}),
    "a cell of 800 MB that says it is of one": (lambda: bombs.endless_cell(said=1 << 20), {("F06", "unpacks")}),
    "five million rows": (lambda: bombs.many_rows(numbered=True), {("F04", "rows"), ("F06", "unpacks")}),
    "five million rows of text": (bombs.many_rows_of_text, {("F04", "rows")}),
}


@pytest.mark.hostile
def test_26_bombs_are_refused_within_five_seconds_and_three_hundred_megabytes(tell: Tell) -> None:
    for name, (make, expected) in BOMBS.items():
        assert bombs.refused(make()) in expected, name
    tell(26, struck=", ".join(BOMBS), acknowledged="–", survived="each refused within 5 s of processor time and 300 MB")
