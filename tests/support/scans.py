"""Scans of certificates, good ones and others."""

import io
import struct
import zlib

import pypdfium2
from PIL import Image


def jpeg(size: tuple[int, int] = (600, 400), colour: str = "navy", **options: object) -> bytes:
    """A photograph."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", **options)
    return out.getvalue()


def png(size: tuple[int, int] = (300, 500), mode: str = "RGBA") -> bytes:
    """A picture with a transparent ground."""
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG")
    return out.getvalue()


def pdf(pages: int = 1) -> bytes:
    """A document of empty pages."""
    document = pypdfium2.PdfDocument.new()
    for _page in range(pages):
        document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """A piece of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, pixels: bytes = b"", *more: bytes) -> bytes:
    """A PNG that claims a size and holds what it is given."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    whole = [chunk(b"IHDR", head), *more, chunk(b"IDAT", zlib.compress(pixels)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(whole)
