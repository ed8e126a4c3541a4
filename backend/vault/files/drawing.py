"""The drawing process: one file in, one small picture out, within limits that it sets on itself first.

Started by ``pictures`` as ``python -m backend.vault.files.drawing IN OUT PARENT MEDIA LIMITS`` with two open file
descriptors. It writes a line of JSON (``pages``, ``width``, ``height``, or ``fault``) and then a JPEG.
"""

import io
import json
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

from backend.confined import confine

if TYPE_CHECKING:
    from PIL import Image

SIDE = 480
"""The longer side of the picture, in pixels."""

_QUALITY = 82


class Fault(Exception):
    """Why the file is refused; one of ``media.Refused``'s faults."""


def image(data: bytes, media: str, limits: dict[str, int]) -> tuple[int, int, int, "Image.Image"]:
    """Pages, width and height of an image, and the image itself, wholly decoded and the right way up."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = limits["pixels"]
    try:
        with Image.open(io.BytesIO(data), formats=[media.upper()]) as opened:
            width, height = opened.size
            if width * height > limits["pixels"]:
                raise Fault("oversized")
            if getattr(opened, "n_frames", 1) > 1 and media == "png":
                raise Fault("disguised")
            opened.draft("RGB", (SIDE * 2, SIDE * 2))
            opened.load()
            return 1, width, height, ImageOps.exif_transpose(opened)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise Fault("oversized" if isinstance(error, Image.DecompressionBombError) else "damaged") from error


def document(data: bytes, limits: dict[str, int]) -> tuple[int, int, int, "Image.Image"]:
    """Pages of a PDF, the first one's width and height in points, and a drawing of it."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        opened = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        encrypted = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD or "assword" in str(error)
        raise Fault("encrypted" if encrypted else "damaged") from error
    pages = len(opened)
    if pages < 1:
        raise Fault("damaged")
    if pages > limits["pages"]:
        raise Fault("oversized")
    if raw.FPDF_GetSecurityHandlerRevision(opened) >= 0:
        raise Fault("encrypted")
    if raw.FPDFDoc_GetJavaScriptActionCount(opened) > 0 or raw.FPDFDoc_GetAttachmentCount(opened) > 0:
        raise Fault("active")
    try:
        page = opened[0]
        width, height = page.get_size()
        if not (0 < width < 20_000 and 0 < height < 20_000):
            raise Fault("oversized")
        drawn = page.render(scale=SIDE / max(width, height), may_draw_forms=False).to_pil()
    except pypdfium2.PdfiumError as error:
        raise Fault("damaged") from error
    return pages, round(width), round(height), drawn


def small(picture: "Image.Image") -> bytes:
    """A small JPEG with nothing in it but pixels."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA", "P"):
        whole = picture.convert("RGBA")
        ground = Image.new("RGBA", whole.size, "white")
        picture = Image.alpha_composite(ground, whole)
    elif picture.mode.startswith("I"):
        picture = picture.point(lambda value: value / 256)
    picture = picture.convert("RGB")
    picture.thumbnail((SIDE, SIDE))
    plain = Image.new("RGB", picture.size)
    plain.paste(picture)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def main(arguments: list[str]) -> int:
    """Draws the file that the arguments name; 0 if it was drawn or refused."""
    source, target, parent, media = int(arguments[0]), int(arguments[1]), int(arguments[2]), arguments[3]
    limits = json.loads(arguments[4])
    confine(parent, limits["memory"], limits["cpu_seconds"])
    with open(source, "rb", closefd=False) as file:
        data = file.read()
    drawn: tuple[int, int, int, Any]
    with open(target, "wb", closefd=False) as out:
        try:
            drawn = document(data, limits) if media == "pdf" else image(data, media, limits)
            picture = small(drawn[3])
        except Fault as fault:
            _tell(out, {"fault": str(fault)})
            return 0
        except MemoryError:
            _tell(out, {"fault": "oversized"})
            return 0
        _tell(out, {"pages": drawn[0], "width": drawn[1], "height": drawn[2]})
        out.write(picture)
    return 0


def _tell(out: BinaryIO, told: dict[str, Any]) -> None:
    out.write(json.dumps(told).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
