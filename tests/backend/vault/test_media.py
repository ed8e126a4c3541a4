"""What a file is by its content: three kinds are taken, and what poses as one of them is not."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.vault.files.media import Outline, Refused, outline
from backend.vault.files.pictures import draw
from tests.support.scans import chunk, jpeg, pdf, png, png_of

MOST = 60_000_000
SCRIPT = b"<script>alert(1)</script>"


def fault(data: bytes) -> str:
    """Why it is refused, whether by its outline or on decoding; empty if it is not."""
    try:
        of = outline(data, most_pixels=MOST)
        draw(data, of, most_pixels=MOST, most_pages=5)
    except Refused as refused:
        return refused.fault
    return ""


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (jpeg(), Outline("jpeg", 600, 400)),
        (jpeg(progressive=True), Outline("jpeg", 600, 400)),
        (jpeg() + b"\0" * 64, Outline("jpeg", 600, 400)),
        (png(), Outline("png", 300, 500)),
        (png(mode="I;16"), Outline("png", 300, 500)),
        (pdf(2), Outline("pdf")),
    ],
    ids=["jpeg", "progressive", "padded", "png", "sixteen bits", "pdf"],
)
def test_what_is_taken(data: bytes, found: Outline) -> None:
    assert outline(data, most_pixels=MOST) == found
    drawn = draw(data, found, most_pixels=MOST, most_pages=5)
    assert drawn.pages == (2 if found.media == "pdf" else 1)
    assert outline(drawn.thumbnail, most_pixels=MOST).media == "jpeg"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"GIF89a" + b"\0" * 40, "unknown"),
        (b"<html></html>", "unknown"),
        (b"PK\x03\x04" + b"\0" * 40, "unknown"),
        (b" " + pdf(), "unknown"),
        (jpeg()[:-200], "damaged"),
        (jpeg()[:-2] + SCRIPT + jpeg()[-2:], "disguised"),
        (jpeg() + SCRIPT, "disguised"),
        (jpeg() + b"PK\x03\x04 and an archive", "disguised"),
        (jpeg(comment=b"<svg onload=alert(1)>"), "disguised"),
        (png()[:-20], "damaged"),
        (png()[:40] + b"x" + png()[41:], "damaged"),
        (png() + b"more", "disguised"),
        (png_of(8, 8, b"\0" * 72, chunk(b"tEXt", b"Comment\0" + SCRIPT)), "disguised"),
        (png_of(60_000, 60_000, b"\0" * 100), "oversized"),
        (png_of(800, 800, b"\0" * 100), "damaged"),
        (pdf()[:-30], "damaged"),
        (pdf().replace(b"trailer", b"trailer\n<< /Encrypt 9 0 R >>", 1), "encrypted"),
        (pdf(6), "oversized"),
        (b"%PDF-1.7\n" + b"\0" * 50 + b"\nstartxref\n9\n%%EOF", "damaged"),
    ],
)
def test_what_is_refused(data: bytes, why: str) -> None:
    assert fault(data) == why


@given(st.binary(max_size=400), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b""]))
def test_whatever_comes_is_told_or_refused(tail: bytes, head: bytes) -> None:
    with suppress(Refused):
        outline(head + tail, most_pixels=MOST)


@given(st.integers(0, 2000), st.integers(0, 255))
def test_a_photograph_with_one_byte_changed_is_told_or_refused(place: int, value: int) -> None:
    data = bytearray(jpeg((64, 64)))
    data[place % len(data)] = value
    with suppress(Refused):
        assert outline(bytes(data), most_pixels=MOST).media == "jpeg"
