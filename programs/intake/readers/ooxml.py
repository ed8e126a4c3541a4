"""An XLSX package looked through as a stream, before a workbook reader touches it.

The reader lays a sheet's cells out in one rectangle, so a cell at the far corner costs gigabytes; this pass measures
that rectangle, counts the rows, refuses XML entities in any part, and picks up error cells, whose text is lost later.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from programs.intake.readers.archive import Archive
from programs.intake.readers.limits import MEGABYTE, Limits, Refused
from programs.intake.readers.ruler import Ruler

WORKBOOK, RELATIONS, STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedstrings.xml"
_LONGEST_ROW = 8 * MEGABYTE
_SMALL_PART = 4 * MEGABYTE
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(slots=True)
class Page:
    """One worksheet of a package.

    Attributes:
        name: its name.
        part: the archive's part that holds it, None if it is missing or no worksheet.
        visible: neither hidden nor very hidden.
        errors: text of error cells such as ``#N/A`` by row from 1 and column from 0.
    """

    name: str
    part: str | None
    visible: bool
    errors: dict[int, dict[int, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Package:
    """What the pass found: the worksheets in the workbook's order, and whether dates count from 1904."""

    pages: list[Page]
    date1904: bool


def look_through(archive: Archive, limits: Limits) -> Package:
    """Looks through a package that may be a workbook.

    Raises:
        Refused: F01 for what is no XLSX or is damaged; F04 for a visible sheet of more rows than allowed; F06 for
            entities, for a part that unpacks to more than it says, for a sheet that claims what it does not fill.
    """
    _refuse_foreign(archive)
    for name in (WORKBOOK, RELATIONS):
        _refuse_declarations(archive.read(name, _SMALL_PART), name)
    workbook, relations = (_tree(archive.read(name, _SMALL_PART)) for name in (WORKBOOK, RELATIONS))
    properties = workbook.find("{*}workbookPr")
    package = Package(
        pages=_pages(archive, workbook, relations),
        date1904=properties is not None and properties.get("date1904", "").lower() in ("1", "true", "on"),
    )
    lengths = _shared_lengths(archive)
    written = sum(_measure(archive, page, lengths, limits) for page in package.pages if page.part and page.visible)
    if written > limits.max_cell_bytes:
        raise Refused("F06", reason="unpacks", part=None)
    looked = {WORKBOOK, RELATIONS, STRINGS, *(page.part for page in package.pages if page.part and page.visible)}
    for name in archive.names():
        if name not in looked and not name.startswith(("xl/media/", "xl/embeddings/")):
            _refuse_declarations_in(archive, name)
    return package


def _refuse_foreign(archive: Archive) -> None:
    if WORKBOOK in archive and RELATIONS in archive and "[content_types].xml" in archive:
        return
    reason = "archive"
    if "mimetype" in archive:
        kind = archive.read("mimetype", 1000)
        reason = "ods" if b"spreadsheet" in kind else "document" if b"opendocument" in kind else reason
    elif "xl/workbook.bin" in archive:
        reason = "xlsb"
    elif any(name.startswith(("word/", "ppt/")) for name in archive.names()):
        reason = "document"
    elif "[content_types].xml" in archive:
        reason = "damaged"
    raise Refused("F01", reason=reason, line=None)


def _tree(xml: bytes) -> Element:
    try:
        found: Element = fromstring(xml, forbid_dtd=True)
    except DefusedXmlException:
        raise Refused("F06", reason="entities", part=None) from None
    except (ParseError, ValueError, LookupError):
        raise Refused("F01", reason="damaged", line=None) from None
    return found


def _pages(archive: Archive, workbook: Element, relations: Element) -> list[Page]:
    targets = {
        relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/").lower()
        for relation in relations
        if relation.get("Type", "").endswith("/worksheet")
    }
    pages = []
    for sheet in workbook.iterfind("{*}sheets/{*}sheet"):
        part = targets.get(sheet.get(_RELATION_ID) or sheet.get(_STRICT_RELATION_ID))
        pages.append(
            Page(
                name=sheet.get("name", ""),
                part=part if part is not None and part in archive else None,
                visible=sheet.get("state", "visible") == "visible",
            )
        )
    return pages


def _refuse_declarations(piece: bytes, part: str) -> None:
    if b"<!" in piece and any(declaration in piece for declaration in _DECLARATIONS):
        raise Refused("F06", reason="entities", part=part)


def _refuse_declarations_in(archive: Archive, name: str) -> None:
    tail = b""
    for number, chunk in enumerate(archive.chunks(name)):
        if not number and not chunk.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
            return
        _refuse_declarations(tail + chunk, name)
        tail = chunk[-16:]


def _blocks(archive: Archive, part: str, mark: bytes) -> Iterator[bytes]:
    """A part in pieces that begin with ``mark`` (but for the first), each as long as about a megabyte of XML allows.

    Raises:
        Refused: F06 where ``mark`` does not come for many megabytes: one row or one text of such a length.
    """
    held = b""
    for chunk in archive.chunks(part):
        held += chunk
        _refuse_declarations(held, part)
        cut = held.rfind(mark)
        if cut > 0:
            yield held[:cut]
            held = held[cut:]
        elif len(held) > _LONGEST_ROW:
            raise Refused("F06", reason="unpacks", part=part)
    yield held


def _prefix(archive: Archive, part: str, element: bytes) -> bytes:
    """The namespace prefix, with its colon, that a part's root element and so its cells are written with."""
    head = next(archive.chunks(part), b"")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head[:64]:
        raise Refused("F01", reason="damaged", line=None)
    found = re.search(rb"<([\w.-]+:)?" + element + rb"[\s>/]", head)
    if not found:
        raise Refused("F01", reason="damaged", line=None)
    return found[1] or b""


def _shared_lengths(archive: Archive) -> list[int]:
    """About how many bytes each shared string comes to."""
    if STRINGS not in archive:
        return []
    prefix = _prefix(archive, STRINGS, b"sst")
    mark = b"<" + prefix + b"si"
    pieces = re.compile(re.escape(mark) + rb"[\s>/]")
    lengths: list[int] = []
    for block in _blocks(archive, STRINGS, mark):
        starts = [found.start() for found in pieces.finditer(block)]
        lengths += [after - start for start, after in pairwise([*starts, len(block)])]
    return lengths


def _measure(archive: Archive, page: Page, lengths: list[int], limits: Limits) -> int:
    """Bytes that a sheet's shared strings come to where that is worth asking; error cells go to the page."""
    part = page.part or ""
    ruler = Ruler(_prefix(archive, part, b"worksheet"), lengths, limits)
    try:
        for block in _blocks(archive, part, ruler.row):
            ruler.glance(block)
            if ruler.crowded:
                break
        if ruler.doubtful:
            ruler.begin()
            for block in _blocks(archive, part, ruler.row):
                ruler.glance(block)
                ruler.count(block)
            ruler.check()
    except Refused as refusal:
        if "part" in refusal.params:
            refusal.params["part"] = page.name[:100]
        raise
    page.errors = ruler.errors
    return ruler.written
