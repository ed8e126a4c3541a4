"""Workbooks as an enemy, or an unlucky clerk, would send them: each made from a table, its header first."""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

import msoffcrypto.format.ooxml
import openpyxl

from tests.hostile.house.tables import Table
from tests.programs.intake.readers.made import SHEET_PART, parts_of, saved, with_parts, xlsx, zipped
from tests.programs.intake.readers.test_bombs import with_raw_part
from tests.programs.intake.readers.test_workbook import xls as xls_of

Make = Callable[[Table], bytes]
_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_doubled(table: Table, name: str) -> bytes:
    """A workbook with one more member that some reader takes for its sheet."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for part, data in parts_of(xlsx(table)).items():
            archive.writestr(part, data)
        archive.writestr(name, f'<worksheet xmlns="{_NAMESPACE}"/>')
    return file.getvalue()


def with_said_size(table: Table, said: int) -> bytes:
    """A workbook whose directory tells another size of its sheet."""
    sheet = parts_of(xlsx(table))[SHEET_PART]
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    return with_raw_part(squeezed.compress(sheet) + squeezed.flush(), len(sheet) + said, zlib.crc32(sheet))


def with_formula(table: Table, formula: str) -> bytes:
    """A workbook whose first name is a formula that was never calculated."""
    book = openpyxl.Workbook()
    for row in table:
        book.worksheets[0].append(list(row))
    book.worksheets[0].cell(2, 1).value = formula
    return saved(book)


def with_links(table: Table) -> bytes:
    """A workbook with a DDE link, an external workbook and a connection."""
    dde = f'<externalLink xmlns="{_NAMESPACE}"><ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>'
    outside = f'<externalLink xmlns="{_NAMESPACE}"><externalBook/></externalLink>'
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    )
    web = (
        f'<connections xmlns="{_NAMESPACE}"><connection id="1" type="4"><webPr url="http://127.0.0.1:9/"/></connection>'
    )
    return with_parts(
        xlsx(table),
        {
            "xl/externalLinks/externalLink1.xml": dde.encode(),
            "xl/externalLinks/externalLink2.xml": outside.encode(),
            "xl/externalLinks/_rels/externalLink2.xml.rels": relation.encode(),
            "xl/connections.xml": f"{web}</connections>".encode(),
        },
    )


def with_macros(table: Table) -> bytes:
    """A workbook with macros, renamed."""
    kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts = parts_of(xlsx(table))
    types = parts["[Content_Types].xml"].replace(plain, kind)
    return with_parts(xlsx(table), {"[Content_Types].xml": types, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" * 900})


def nested(table: Table, depth: int = 5) -> bytes:
    """An archive in an archive in an archive, ten megabytes of nothing at the bottom."""
    data = b"0" * 10_000_000
    for level in range(depth):
        data = zipped({f"{level}.zip": data})
    return data


def encrypted(table: Table) -> bytes:
    """A workbook under a password."""
    sealed = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(xlsx(table))).encrypt("geheim", sealed)
    return sealed.getvalue()


def xls(table: Table) -> bytes:
    """An old workbook."""
    return xls_of(("a", table))


def xls_far(table: Table) -> bytes:
    """An old workbook whose last cell is filled too."""
    return xls_of(("a", [*table, *[[]] * (65_535 - len(table)), [*[None] * 255, 1]]))


def xls_encrypted(table: Table) -> bytes:
    """An old workbook under a password: FILEPASS in the place of a record that nobody misses."""
    data = xls(table)
    place = data.index(b"\x5c\x00\x70\x00")
    return data[:place] + b"\x2f\x00" + data[place + 2 :]


def xls_circle(table: Table) -> bytes:
    """An old workbook whose stream says that it is two gigabytes long, and whose chain of sectors runs in a circle."""
    data = bytearray(xls(table))
    sector, directory = (struct.unpack_from("<I", data, place)[0] for place in (76, 48))
    entry = 512 * (directory + 1)
    while bytes(data[entry : entry + 16]) != "Workbook".encode("utf-16-le"):
        entry += 128
    first = here = struct.unpack_from("<I", data, entry + 116)[0]
    chain = 512 * (sector + 1)
    while (after := struct.unpack_from("<I", data, chain + 4 * here)[0]) < 0xFFFFFFFA:
        here = after
    struct.pack_into("<I", data, chain + 4 * here, first)
    struct.pack_into("<I", data, entry + 120, 0x7FFFFFFF)
    return bytes(data)


def xls_repeated(table: Table) -> bytes:
    """An old workbook with one long text in every cell, which is kept in the file once."""
    return xls([*table, *[["".join(f"{n:06}" for n in range(5_000))] * 7] * 20_000])


def with_nul(table: Table) -> bytes:
    """A workbook with the character that no database holds, in a coded column and in a header."""
    spoilt = [[*table[0], "a_x0000_b"], *([*row[:3], row[3] + "_x0000_x", *row[4:]] for row in table[1:])]
    return xlsx(spoilt)


def xls_with_nul(table: Table) -> bytes:
    """The same in an old workbook, and in its sheet's name."""
    spoilt = [[*table[0], "a\0b"], *([*row[:3], row[3] + "\0x", *row[4:]] for row in table[1:])]
    return xls_of(("s1", spoilt)).replace(b"\0s1", b"\0s\0")


WORKBOOKS: dict[str, tuple[Make, str]] = {
    "names that climb out": (
        lambda t: with_parts(xlsx(t), {"../../../../etc/cron.d/x": b"*", "/etc/passwd": b"x", "C:\\x.exe": b"MZ"}),
        "2 rows",
    ),
    "a member twice": (lambda t: with_doubled(t, SHEET_PART), "F01 damaged"),
    "a member twice but for case": (lambda t: with_doubled(t, SHEET_PART.upper()), "F01 damaged"),
    "a member twice but for its slashes": (lambda t: with_doubled(t, SHEET_PART.replace("/", "\\")), "F01 damaged"),
    "a directory that tells too little": (lambda t: with_said_size(t, -100), "F06 unpacks"),
    "a directory that tells too much": (lambda t: with_said_size(t, 100), "F01 damaged"),
    "a directory that tells gigabytes": (lambda t: with_said_size(t, 3_000_000_000), "F06 unpacks"),
    "an archive around the workbook": (lambda t: zipped({"名单.xlsx": xlsx(t)}), "F01 archive"),
    "archives in archives": (nested, "F01 archive"),
    "an archive inside the workbook": (
        lambda t: with_parts(xlsx(t), {"xl/embeddings/oleObject1.bin": nested(t, 2)}),
        "2 rows",
    ),
    "a formula that calls a program": (lambda t: with_formula(t, "=cmd|' /C calc'!A0"), "1 of 2 rows: 2 E01 name"),
    "a formula that fetches": (
        lambda t: with_formula(t, '=WEBSERVICE("http://127.0.0.1:9/")'),
        "1 of 2 rows: 2 E01 name",
    ),
    "NULs in cells": (with_nul, "0 of 2 rows: W07, 2 E02 path, 3 E02 path"),
    "NULs in an old one": (xls_with_nul, "0 of 2 rows: W07, 2 E02 path, 3 E02 path"),
    "links to outside": (with_links, "2 rows"),
    "macros": (with_macros, "2 rows"),
    "a password": (encrypted, "F05"),
    "half of it": (lambda t: xlsx(t)[: len(xlsx(t)) // 2], "F01 damaged"),
    "all but the last bytes": (lambda t: xlsx(t)[:-10], "F01 damaged"),
    "rubbish behind it": (lambda t: xlsx(t) + b"rubbish" * 1000, "2 rows"),
    "rubbish before it": (lambda t: b"rubbish" + xlsx(t), "F01 nul"),
    "a program before it": (lambda t: b"MZ\x90\0" + b"\0" * 60 + xlsx(t), "F01 program"),
    "an old one": (xls, "2 rows"),
    "an old one with its last cell": (xls_far, "F06 claims"),
    "an old one under a password": (xls_encrypted, "F05"),
    "an old one in a circle": (xls_circle, "F01 damaged"),
    "half of an old one": (lambda t: xls(t)[: len(xls(t)) // 2], "F01 damaged"),
    "an old one whose inside is gone": (lambda t: xls(t)[:512].ljust(len(xls(t)), b"\0"), "F01 damaged"),
}
