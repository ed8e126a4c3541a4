"""Each of the forty has its tests, where this folder's README says that they are."""

import re

import pytest

from tests.hostile.table import HERE, forty


def test_the_forty_are_all_there() -> None:
    assert sorted(forty()) == list(range(1, 41))


@pytest.mark.parametrize("number", range(1, 41))
def test_each_of_the_forty_has_a_test_of_its_number(number: int) -> None:
    _line, files = forty()[number]
    paths = [HERE / name for name in files]
    held = [path for path in paths if re.search(rf"^def test_{number:02}_", path.read_text("utf-8"), re.MULTILINE)]
    assert held, f"none of {files} holds a test_{number:02}_…"
