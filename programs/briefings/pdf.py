"""A document as a PDF, set by Typst from the one template, and charts as pictures for where SVG is not shown."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from programs.briefings import layout
from programs.briefings.drawing import draw, size
from programs.briefings.parts import Block, Chart, Document, Heading, Paragraph, Span, Table

TEMPLATE = Path(__file__).with_name("briefing.typ")
STANDARD = "ua-1"
"""PDF/UA: tagged, with title, language and alternative texts, so that it can be read aloud."""

PICTURE_DOTS = 220.0
_PICTURE = """#set page(width: {width}pt, height: {height}pt, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)
"""


def set_pdf(document: Document) -> bytes:
    """The document as a PDF in the official format, its faces embedded.

    Raises:
        FileNotFoundError: set-up has not laid the faces.
    """
    inputs = {"content": _content(document)}
    # The document's own day and not the moment of writing: the same content gives the same file.
    day = dt.datetime.combine(document.day, dt.time(), dt.UTC)
    return _compile(TEMPLATE, inputs, format="pdf", pdf_standards=[STANDARD], timestamp=int(day.timestamp()))


def picture(chart: Chart, language: str) -> bytes:
    """A chart as a PNG of ``PICTURE_DOTS`` to the inch."""
    width, height = size(chart)
    source = _PICTURE.format(width=width, height=height).encode()
    return _compile(source, {"svg": draw(chart, language)}, format="png", ppi=PICTURE_DOTS)


def _compile(source: Path | bytes, inputs: dict[str, str], **options: Any) -> bytes:
    # Not above: the engine starts threads, which a worker's pool must not be forked with.
    import typst

    # Nothing but the faces of set-up, so that a briefing looks the same on every machine.
    found = typst.compile(
        source,
        font_paths=[str(layout.font_folder())],
        ignore_system_fonts=True,
        sys_inputs=inputs,
        **options,
    )
    assert isinstance(found, bytes)
    return found


def _content(document: Document) -> str:
    return json.dumps(
        {
            "language": document.language,
            "title": document.name,
            "parts": document.title,
            "signed": document.signed,
            "dated": document.dated,
            "day": [document.day.year, document.day.month, document.day.day],
            "blocks": [_block(one, document.language) for one in document.blocks],
            "faces": {role: asdict(face) for role, face in layout.faces(document.language).items()},
            "measures": _measures(),
        },
        ensure_ascii=False,
    )


def _measures() -> dict[str, float]:
    return {
        "top": layout.TOP,
        "bottom": layout.BOTTOM,
        "left": layout.LEFT,
        "right": layout.RIGHT,
        "below": layout.BELOW,
        "line": layout.LINE,
        "character": layout.CHARACTER,
        "inset": layout.DATE_INSET,
        "title": layout.TITLE_SIZE,
        "body": layout.BODY_SIZE,
        "number": layout.NUMBER_SIZE,
        "table": layout.TABLE_SIZE,
        "caption": layout.CAPTION_SIZE,
    }


def _block(block: Block, language: str) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": block.text}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": _spans(block.text)}
    if isinstance(block, Table):
        return {
            "kind": "table",
            "caption": block.caption,
            "total": block.total,
            "whole": len(block.rows) <= layout.WHOLE_ROWS,
            "columns": [asdict(column) for column in block.columns],
            "rows": [[_spans(cell) for cell in row] for row in block.rows],
        }
    return {
        "kind": "chart",
        "caption": block.caption,
        "alternative": block.alternative,
        "svg": draw(block, language),
    }


def _spans(text: Sequence[Span]) -> list[dict[str, str]]:
    return [{"text": span.text, "link": span.link} for span in text]
