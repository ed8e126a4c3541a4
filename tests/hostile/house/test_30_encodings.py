"""Hostile test 30: text in two encodings, or cut off: the line is named, and nothing is taken."""

from tests.hostile.house.clerk import Clerk
from tests.support.partner import as_csv


def test_30_mixed_and_cut_off_gb18030_names_the_line_and_takes_nothing(clerk: Clerk) -> None:
    rows = [clerk.row(n) for n in range(6)]
    chinese, unicode = as_csv(rows, "gb18030").splitlines(True), as_csv(rows).splitlines(True)
    cases = {
        "UTF-8 from line 5 on": (b"".join(chinese[:4] + unicode[4:]), 5, "mixes two encodings"),
        "GB18030 from line 4 on": (b"".join(unicode[:3] + chinese[3:]), 4, "mixes two encodings"),
        "cut off within a character": (cut_off(b"".join(chinese)), 7, "cut off"),
        "a stray byte": (b"".join(chinese[:3]) + b"\xff" + b"".join(chinese[3:]), 4, "neither UTF-8 nor"),
    }
    for case, (data, line, words) in cases.items():
        shown = clerk.taken_in(clerk.upload(data, confirm="auto"))
        assert shown["status"] == "rejected", case
        [found] = clerk.findings(shown["id"])
        assert (found["rule"], found["row"]) == ("F01", None), case
        assert f"Line {line}: " in found["message"], (case, found["message"])
        assert words in found["message"], case
        [chinese_found] = clerk.findings(shown["id"], "zh-hans")
        assert f"第 {line} 行" in chinese_found["message"]
    assert clerk.records() == []


def cut_off(data: bytes) -> bytes:
    """The bytes up to the middle of their last character of two bytes."""
    place = max(place for place, byte in enumerate(data) if byte >= 0x80)
    return data[:place]
