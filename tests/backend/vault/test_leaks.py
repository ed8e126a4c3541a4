"""The scan for numbers finds them in every disguise, or it proves nothing."""

import base64
import io
import json
import zipfile
import zlib

import pytest

from tests.support.leaks import Finder, resident_runs

NUMBER, PASSPORT = "52011119881103916X", "E12345678"
finder = Finder([NUMBER, PASSPORT])


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside", data)
    return out.getvalue()


DISGUISES = {
    "plain": lambda number: number.encode(),
    "lower": lambda number: number.lower().encode(),
    "in a sentence": lambda number: f"号码{number}无效".encode(),
    "spaced": lambda number: f"{number[:6]} {number[6:]}".encode(),
    "apart": lambda number: " ".join(number).encode(),
    "dashed": lambda number: f"{number[:6]}-{number[6:8]}-{number[8:]}".encode(),
    "full width": lambda number: "".join(chr(ord(sign) + 0xFEE0) for sign in number).encode(),
    "utf-16": lambda number: number.encode("utf-16-le"),
    "utf-16 big": lambda number: number.encode("utf-16-be"),
    "backwards": lambda number: number[::-1].encode(),
    "hex": lambda number: number.encode().hex().encode(),
    "hex in a row": lambda number: b"(1,\\x01" + number.encode().hex().encode() + b",2)",
    "json escapes": lambda number: "".join(f"\\u{ord(sign):04x}" for sign in number).encode(),
    "json of full width": lambda number: json.dumps("".join(chr(ord(sign) + 0xFEE0) for sign in number)).encode(),
    "xml escapes": lambda number: "".join(f"&#{ord(sign)};" for sign in number).encode(),
    "percent": lambda number: "".join(f"%{ord(sign):02x}" for sign in number).encode(),
    "base64": lambda number: base64.b64encode(number.encode()),
    "base64 inside": lambda number: base64.b64encode(f'[[], {{"x": "{number}"}}]'.encode()),
    "base64 behind": lambda number: b"id=" + base64.b64encode(b"ab" + number.encode() + b"c"),
    "base64 twice": lambda number: base64.b64encode(base64.b64encode(number.encode())),
    "base64 of addresses": lambda number: base64.urlsafe_b64encode(b"\xff\xfe" + number.encode()),
    "zipped": lambda number: zipped(number.encode()),
    "gzipped": lambda number: zlib.compress(number.encode(), wbits=31),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("number", [NUMBER, PASSPORT])
def test_a_number_is_found_in_every_disguise(number: str, disguise: str) -> None:
    found = finder.leaks("here", DISGUISES[disguise](number))
    assert {leak.number for leak in found} == {number}


@pytest.mark.parametrize("text", ["", "520*************6X", "E******78", "520111198811039164", "2019-01-01 2019-03-31"])
def test_what_is_masked_or_somebody_elses_is_none_of_them(text: str) -> None:
    assert finder.leaks("here", text.encode()) == set()


def test_runs_that_are_resident_numbers_are_told_from_others() -> None:
    text = b"(520111198811039164) 52011119881103916X 520111198813039164 20190101120000123456"
    assert resident_runs(text) == {"520111198811039164"}
