"""Masked names."""

import pytest

from talent.people.naming import mask_name


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张伟", "张*"),
        ("欧阳娜娜", "欧***"),
        ("Zhang Wei", "Z**** W**"),
        ("买买提·艾力", "买*****"),
        ("Ж", "*"),
        ("", ""),
        ("A" * 40, "A********"),
    ],
)
def test_only_the_first_character_is_shown(name: str, masked: str) -> None:
    assert mask_name(name) == masked
