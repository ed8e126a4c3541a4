"""What of a number may be shown."""

import pytest

from backend.vault.masking import mask_number, scrub

NUMBER = "520111198811039164"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (NUMBER, "520*************64"),
        (f" {NUMBER} ", "520*************64"),
        ("13812345678", "138******78"),
        ("E12345678", "E******78"),
        ("12345", "1****"),
        ("123", "***"),
        ("", ""),
        (NUMBER * 9, "520*************64"),
    ],
)
def test_a_number_shows_its_ends_alone(text: str, shown: str) -> None:
    assert mask_number(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"身份证{NUMBER}号", "身份证520************号"),
        ("52011119881103916x,", "520************,"),
        ("520111 19881103 9164", "520************"),
        ("520111-19881103-9164", "520************"),
        ("５２０１１１１９８８１１０３９１６４", "５２０************"),
        ("110108711031168", "110************"),
        (f"{NUMBER}、{NUMBER}", "520************、520************"),
        ("护照E12345678号", "护照E********号"),
        ("H1234567801", "H********"),
        ("HA1234567", "H********"),
        ("ABC123456789012", "ABC************"),
    ],
)
def test_numbers_in_a_text_are_masked(text: str, shown: str) -> None:
    assert scrub(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2019-01-01 2019-03-31",
        "2019.1.1-2019.3.31",
        "T-BD-TRAIN",
        "0851-85888888 转 8001",
        "20190301120000",
        "张伟",
    ],
)
def test_what_is_no_identity_number_is_left_alone(text: str) -> None:
    assert scrub(text) == text
