"""What a file is, told by its content: names and endings play no part."""

import gzip
import random

import pytest

from programs.intake.readers import refusals
from programs.intake.readers.files import read_file
from programs.intake.readers.limits import Limits
from tests.programs.intake.readers.made import fatal, parts_of, table, xlsx, zipped

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

FOREIGN = {
    "pdf": b"%PDF-1.7\n1 0 obj\n",
    "rtf": b"{\\rtf1 x}",
    "image": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "html": b"\xef\xbb\xbf\r\n <!DOCTYPE html><html><table><tr><td>x</td></tr></table></html>",
    "xml": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
    "program": b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff",
    "archive": gzip.compress(table()),
    "old": b"\x09\x04\x06\x00\x00\x04\x10\x00\x00\x00",
}


@pytest.mark.parametrize("reason", FOREIGN)
def test_foreign_files_are_named(reason: str) -> None:
    assert fatal(read_file(FOREIGN[reason], Limits())) == ("F01", {"reason": reason, "line": None})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image"),
        (b"GIF89a\x01\0\x01\0", "image"),
        (b"BM\x36\0\0\0\0\0", "image"),
        (b"\x7fELF\x02\x01\x01\0", "program"),
        (b"#!/bin/sh\nrm x\n", "program"),
        (EICAR, "program"),
        (b"\n" + EICAR, "program"),
        (EICAR.decode().encode("utf-16"), "program"),
        ("<table><tr><td>姓名".encode("utf-16"), "html"),
        ("<TABLE><tr><td>姓名</td></tr></TABLE>".encode("gb18030"), "html"),
        (b"MIME-Version: 1.0\nX-Document-Type: Workbook\n", "html"),
        (b"Rar!\x1a\x07\x01\0", "archive"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "archive"),
        (zipped({}), "archive"),
        (zipped({"a.csv": table()}), "archive"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}), "ods"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}), "document"),
        (zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"x"}), "xlsb"),
        (zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "document"),
        (zipped({"[Content_Types].xml": b"<x/>"}), "damaged"),
        (b"PK\x03\x04" + b"x" * 100, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        (bytes(range(1, 256)) * 40, "binary"),
    ],
)
def test_more_foreign_files(data: bytes, reason: str) -> None:
    assert fatal(read_file(data, Limits())) == ("F01", {"reason": reason, "line": None})


def test_random_bytes_are_refused() -> None:
    chance = random.Random(4)
    for _ in range(200):
        assert fatal(read_file(chance.randbytes(chance.randrange(40, 4000)), Limits()))[0] == "F01"


def test_a_workbook_cut_off_anywhere_is_refused() -> None:
    whole = xlsx([["姓名"]])
    for length in range(4, len(whole) - 22, 97):
        assert fatal(read_file(whole[:length], Limits())) == ("F01", {"reason": "damaged", "line": None})


def test_a_damaged_byte_inside_a_workbook_never_passes_for_a_table() -> None:
    whole = xlsx([["姓名"]])
    chance = random.Random(5)
    for _ in range(100):
        place = chance.randrange(len(whole))
        data = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        assert fatal(read_file(data, Limits()))[0] in ("F01", "F02", "F05", "F06")


def test_a_text_may_begin_like_a_signature() -> None:
    assert fatal(read_file(b"BMI,MZ\n1,2", Limits()))[0] == "F02"


def test_a_workbook_without_a_sheet_is_no_table() -> None:
    parts = {name: data for name, data in parts_of(xlsx([["姓名"]])).items() if "worksheets" not in name}
    assert fatal(read_file(zipped(parts), Limits()))[0] == "F02"


def test_every_reason_has_words_in_both_languages() -> None:
    for reason in refusals.WORDS:
        assert refusals.words(reason, "zh-hans") != refusals.words(reason, "en")
