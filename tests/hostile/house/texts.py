"""Text files as an enemy, or an unlucky clerk, would send them: each made from a table, its header first."""

import codecs
from collections.abc import Callable

from tests.hostile.house.tables import Table
from tests.programs.intake.readers.made import csv_text

MEGABYTE = 1 << 20
ROOMY = 50 * MEGABYTE
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

Make = Callable[[Table], bytes]


def text(table: Table, ending: str = "\r\n") -> str:
    """The table as CSV."""
    return csv_text(table, ending=ending)


def utf8(table: Table) -> bytes:
    """The table as CSV in UTF-8."""
    return text(table).encode()


def gb18030(table: Table) -> bytes:
    """The table as CSV in GB18030."""
    return text(table).encode("gb18030")


def header(table: Table) -> bytes:
    """The header alone."""
    return utf8(table[:1])


def body(table: Table) -> bytes:
    """The rows alone."""
    return utf8(table[1:])


def named(table: Table, name: str) -> Table:
    """The table with another name for its first person."""
    return [table[0], [name, *table[1][1:]], *table[2:]]


def wide(table: Table, columns: int = 20_000) -> bytes:
    """The table with very many columns more."""
    more = "," + ",".join(f"c{place}" for place in range(columns))
    head, *rows = text(table, "\n").splitlines()
    return "\n".join([head + more, *(row + "," * columns for row in rows)]).encode()


ENCODED: dict[str, tuple[Make, str]] = {
    "UTF-16 without a mark, low byte first": (lambda t: text(t).encode("utf-16-le"), "2 rows"),
    "UTF-16 without a mark, high byte first": (lambda t: text(t).encode("utf-16-be"), "2 rows"),
    "half a pair in UTF-16": (
        lambda t: text(t).encode("utf-16") + b"\x00\xd8" + "甲".encode("utf-16-le"),
        "F01 encoding",
    ),
    "half a pair in UTF-8": (lambda t: utf8(t) + b"\xed\xa0\x80", "F01 encoding"),
    "an odd byte behind UTF-16": (lambda t: text(t).encode("utf-16") + b"\x41", "F01 encoding"),
    "a slash written too long": (lambda t: utf8(t) + b"\xc0\xaf", "F01 mixed"),
    "UTF-32": (lambda t: text(t).encode("utf-32"), "F01 nul"),
    "UTF-7": (lambda t: text(t).encode("utf-7"), "F02"),
    "UTF-16 behind the mark of UTF-8": (lambda t: codecs.BOM_UTF8 + text(t).encode("utf-16-le"), "F01 nul"),
    "a mark in the middle": (lambda t: b"\n".join(codecs.BOM_UTF8 + line for line in utf8(t).splitlines()), "2 rows"),
    "two marks": (lambda t: codecs.BOM_UTF8 * 2 + utf8(t), "2 rows"),
    "a NUL in a name": (lambda t: utf8(named(t, "张\0三")), "F01 nul"),
    "NULs behind the end": (lambda t: utf8(t) + b"\0" * 4096, "F01 nul"),
}

SHAPED: dict[str, tuple[Make, str]] = {
    "one line of fifty megabytes": (lambda t: header(t) + b"x" * (ROOMY - 4096), "F04 line"),
    "one line of fifty megabytes of commas": (lambda t: header(t) + b"," * (ROOMY - 4096), "F04 line"),
    "one cell of fifty megabytes": (lambda t: header(t) + b'"' + b"x\n" * (ROOMY // 2 - 4096), "F01 cell"),
    "one cell of a megabyte": (lambda t: utf8(named(t, "长" * (MEGABYTE // 3))), "F01 cell"),
    "a quote never closed": (lambda t: header(t) + b'"' + body(t), "F01 quote"),
    "nothing but quotes": (lambda t: b'"' * 100_001, "F02"),
    "quotes and nothing in them": (lambda t: header(t) + b'"",' * 300_000, "F03"),
    "twenty thousand columns": (wide, "2 rows: W07"),
    "a header of a megabyte": (
        lambda t: header(t).strip() + b"," + "长".encode() * (MEGABYTE // 3) + b"\n" + body(t),
        "F01 cell",
    ),
    "a header of a hundred kilobytes": (
        lambda t: header(t).strip() + b"," + "长".encode() * 30_000 + b"\n" + body(t),
        "2 rows: W07",
    ),
    "CR alone": (lambda t: text(t, "\r").encode(), "2 rows"),
    "every line end there is": (
        lambda t: b"".join(line + end for line, end in zip(utf8(t).splitlines(), (b"\r\n", b"\n", b"\r"), strict=True)),
        "2 rows",
    ),
    "line feed before carriage return": (lambda t: text(t, "\n\r").encode(), "2 rows"),
    "line breaks in a name": (lambda t: utf8(named(t, "张\n一\r\n二")), "2 rows"),
    "a separator named first": (lambda t: b"sep=,\r\n" + utf8(t), "2 rows"),
    "a million lines": (lambda t: header(t) + b"x\n" * 1_000_000, "F04 rows"),
    "three million lines of commas": (lambda t: header(t) + b",,,\n" * 3_000_000, "F03"),
    "a million line feeds": (lambda t: b"\n" * 1_000_000, "F01 empty"),
    "more than fifty megabytes": (lambda t: utf8(t) + b"x\n" * (ROOMY // 2), "F04 bytes"),
}

LONG: dict[str, tuple[Make, str]] = {
    "ten thousand marks over one letter": (
        lambda t: utf8(named(t, "a" + "\u0301" * 10_000)),
        "2 rows",
    ),
    "marks that turn a name around": (lambda t: utf8(named(t, "\u202e三张\u2066")), "2 rows"),
    "a name of a hundred thousand letters": (lambda t: utf8(named(t, "长" * 100_000)), "2 rows"),
}

FOREIGN: dict[str, tuple[Make, str]] = {
    "a web page": (lambda _: b"<html><table><tr><td>x", "F01 html"),
    "a web page far down": (lambda _: b" \n" * 5_000 + b"<!doctype html><table>", "F01 html"),
    "a web page that a spreadsheet wrote": (
        lambda _: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n",
        "F01 html",
    ),
    "a drawing": (lambda _: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "F01 html"),
    "XML": (lambda _: b'<?xml version="1.0"?><Workbook/>', "F01 xml"),
    "JSON": (lambda _: b'[{"name": "x"}]', "F01 json"),
    "a program for Linux": (lambda _: b"\x7fELF\x02\x01\x01" + b"\0" * 60, "F01 program"),
    "a program for Windows": (lambda _: b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + b"\0" * 60, "F01 program"),
    "a program for macOS": (lambda _: b"\xcf\xfa\xed\xfe" + b"\0" * 60, "F01 program"),
    "a program for browsers": (lambda _: b"\0asm\x01\0\0\0", "F01 program"),
    "a shortcut": (lambda _: b"L\0\0\0\x01\x14\x02\0" + b"\0" * 60, "F01 program"),
    "a script": (lambda _: b"#!/bin/sh\nrm -rf /\n", "F01 program"),
    "a batch of commands": (lambda _: b"@echo off\r\ndel *.*\r\n", "F01 program"),
    "a page that is a program": (lambda _: b"<?php system($_GET[0]); ?>", "F01 program"),
    "the antivirus test file": (lambda _: EICAR, "F01 program"),
    "PDF": (lambda _: b"%PDF-1.7\n", "F01 pdf"),
    "PDF behind some bytes": (lambda _: b"\0\0\n%PDF-1.7\n" + b"\0" * 60, "F01 pdf"),
    "RTF": (lambda _: b"{\\rtf1 x}", "F01 rtf"),
    "a photograph": (lambda _: b"\xff\xd8\xff\xe0\0\x10JFIF\0", "F01 image"),
    "a picture": (lambda _: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "F01 image"),
    "a film": (lambda _: b"\0\0\0\x18ftypmp42\0\0\0\0", "F01 media"),
    "a database": (lambda _: b"SQLite format 3\0" + b"\0" * 84, "F01 database"),
    "a tape": (lambda _: b"list.csv".ljust(257, b"\0") + b"ustar\0" + b"0" * 200, "F01 archive"),
    "gzip": (lambda _: b"\x1f\x8b\x08\0\0\0\0\0", "F01 archive"),
    "RAR": (lambda _: b"Rar!\x1a\x07\x01\0", "F01 archive"),
    "7z": (lambda _: b"7z\xbc\xaf\x27\x1c\0\x04", "F01 archive"),
}

TEXTS = {**ENCODED, **SHAPED, **LONG, **FOREIGN}
