"""Hostile test 29: what is no table is refused with a sentence that says what it is, whatever it is called."""

from tests.hostile.house.clerk import Clerk
from tests.hostile.house.fates import fates
from tests.hostile.house.texts import EICAR

CALLED_CSV: dict[str, tuple[bytes, str]] = {
    "a web page": (b"<!DOCTYPE html><html><body><table><tr><td>x</td></tr></table></body></html>", "F01 html"),
    "a program": (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + b"\0" * 200, "F01 program"),
    "the antivirus test file": (EICAR, "F01 program"),
    "the antivirus test file in UTF-16": (EICAR.decode().encode("utf-16"), "F01 program"),
}


def test_29_a_web_page_a_program_and_the_antivirus_test_file(clerk: Clerk) -> None:
    told = fates(clerk, {case: data for case, (data, _expected) in CALLED_CSV.items()})
    assert told == {case: expected for case, (_data, expected) in CALLED_CSV.items()}
    assert clerk.records() == []
