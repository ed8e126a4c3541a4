"""What a file from outside is by its content: a PDF, a JPEG or a PNG, sound in its outline, and nothing else besides.

This looks at the outline alone, in plain Python, and decodes nothing: it is what a request can afford. Whether the
content can be decoded is found out by ``pictures`` in a process of its own.
"""

import re
import struct
import zlib
from dataclasses import dataclass

PDF, JPEG, PNG = "pdf", "jpeg", "png"
TYPES = {PDF: "application/pdf", JPEG: "image/jpeg", PNG: "image/png"}

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LARGEST_CHUNK = 1 << 31
# What a browser, a script host or an unpacker would take for its own, wherever it stands in the file.
_ELSEWHERE = re.compile(rb"<(?:script|html|!doctype\s|iframe|\?php)|%PDF-\d", re.IGNORECASE)
# The same where only words stand: too short to be told from pixels by chance.
_IN_WORDS = re.compile(rb"<svg|<body|javascript:|PK\x03\x04|\x7fELF|Rar!", re.IGNORECASE)
_PDF_LINE = re.compile(rb"%PDF-[12]\.\d")
_PDF_END = re.compile(rb"%%EOF\s*\Z")
_STARTXREF = re.compile(rb"startxref\s+\d+\s")
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True, slots=True)
class Outline:
    """What a file is; ``width`` and ``height`` in pixels, ``None`` for a PDF."""

    media: str
    width: int | None = None
    height: int | None = None


class Refused(ValueError):
    """A file that is not taken; ``fault`` says why.

    ``unknown``: none of the three; ``damaged``: cut off or out of shape; ``disguised``: it holds something else
    besides; ``encrypted``: a PDF under a password; ``oversized``: more pixels or pages than are taken; ``active``:
    a PDF with scripts or files in it.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def outline(data: bytes, *, most_pixels: int) -> Outline:
    """What ``data`` is, told by content alone.

    Raises:
        Refused: it is none of the three, out of shape, disguised, encrypted, or larger than ``most_pixels``.
    """
    if data.startswith(b"\xff\xd8\xff"):
        found = _jpeg(data)
    elif data.startswith(_PNG_SIGNATURE):
        found = _png(data)
    elif data.startswith(b"%PDF-"):
        return _pdf(data)
    else:
        raise Refused("unknown")
    assert found.width is not None
    assert found.height is not None
    if found.width * found.height > most_pixels:
        raise Refused("oversized")
    if _ELSEWHERE.search(data):
        raise Refused("disguised")
    return found


def _pdf(data: bytes) -> Outline:
    if not _PDF_LINE.match(data) or not _PDF_END.search(data[-2048:]) or not _STARTXREF.search(data[-2048:]):
        raise Refused("damaged")
    # The dictionaries that name the encryption are never compressed or encrypted themselves.
    if re.search(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)", data):
        raise Refused("encrypted")
    if re.search(rb"<(?:script|html|!doctype\s|\?php)", data[:1024], re.IGNORECASE):
        raise Refused("disguised")
    return Outline(PDF)


def _png(data: bytes) -> Outline:
    place, size, shape, pixels = len(_PNG_SIGNATURE), len(data), None, False
    while True:
        if place + 12 > size:
            raise Refused("damaged")
        length, name = struct.unpack_from(">I4s", data, place)
        body = place + 8
        if length >= _LARGEST_CHUNK or body + length + 4 > size:
            raise Refused("damaged")
        (check,) = struct.unpack_from(">I", data, body + length)
        if zlib.crc32(data[place + 4 : body + length]) != check:
            raise Refused("damaged")
        if shape is None:
            if name != b"IHDR" or length != 13:
                raise Refused("damaged")
            shape = struct.unpack_from(">II", data, body)
        elif name == b"IDAT":
            pixels = True
        elif name not in (b"PLTE", b"IEND") and _IN_WORDS.search(data, body, body + length):
            raise Refused("disguised")
        place = body + length + 4
        if name == b"IEND":
            break
    if not pixels or 0 in shape:
        raise Refused("damaged")
    if data[place:].strip(b"\0"):
        raise Refused("disguised")
    return Outline(PNG, *shape)


def _jpeg(data: bytes) -> Outline:
    """Marker by marker: one frame, a scan, an end; what cameras put behind the end must be pictures or padding."""
    place, size, shape, scanned = 2, len(data), None, False
    while True:
        if place + 2 > size or data[place] != 0xFF:
            raise Refused("damaged")
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        place += 2
        if marker == 0xD9:
            break
        if marker in _BARE:
            continue
        if place + 2 > size:
            raise Refused("damaged")
        (length,) = struct.unpack_from(">H", data, place)
        if length < 2 or place + length > size:
            raise Refused("damaged")
        if marker in _FRAMES:
            if shape is not None or length < 8:
                raise Refused("damaged")
            height, width = struct.unpack_from(">HH", data, place + 3)
            shape = width, height
        elif (marker >= 0xE0 and marker != 0xFF) and _IN_WORDS.search(data, place, place + length):
            raise Refused("disguised")
        place += length
        if marker == 0xDA:
            scanned = True
            place = _end_of_scan(data, place)
    if shape is None or not scanned or 0 in shape:
        raise Refused("damaged")
    _behind(data[place:])
    return Outline(JPEG, *shape)


def _end_of_scan(data: bytes, place: int) -> int:
    """Where the next marker stands: behind the coded pixels, in which 0xFF is followed by 0 or a restart."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            raise Refused("damaged")
        if data[place + 1] == 0 or data[place + 1] in _BARE:
            place += 2
        elif data[place + 1] == 0xFF:
            place += 1
        else:
            return place


def _behind(rest: bytes) -> None:
    if _IN_WORDS.search(rest):
        raise Refused("disguised")
