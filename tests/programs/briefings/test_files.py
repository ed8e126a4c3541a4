"""The files keep the official format, read back from themselves, and say what the description says."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import docx
import pypdfium2
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from pypdfium2 import raw

from programs.briefings import layout
from programs.briefings.drawing import draw
from programs.briefings.parts import Document, Heading, Paragraph, Span, Table, plain
from programs.briefings.pdf import picture, set_pdf
from programs.briefings.word import write_word
from tests.programs.briefings.frozen import LANDS, months, snapshot, target
from tests.programs.briefings.test_words import spans, written

LANGUAGES = ("zh-hans", "en")


@pytest.fixture(scope="module")
def made() -> dict[str, tuple[Document, bytes, bytes]]:
    """A briefing of two targets in both languages: its description, the Word file and the PDF."""
    high = target("high-end", months([3, 0, 5, 12, 9, 14] * 3), left=4, landing=LANDS)
    all_kinds = target("all", months([310, 290, 410, 380, 505, 460] * 3), goal=100_000, left=37)
    now = snapshot(high, all_kinds)
    before = snapshot(target("high-end", months([3, 0, 5])), target("all", months([310])), number=6)
    found = {}
    for language in LANGUAGES:
        document = written(language, now, before)
        found[language] = document, write_word(document, picture), set_pdf(document)
    return found


def texts(document: Document) -> Iterator[str]:
    yield document.name
    for block in document.blocks:
        if isinstance(block, Heading):
            yield block.text
        elif isinstance(block, Paragraph):
            yield plain(block.text)
        else:
            yield block.caption
            if isinstance(block, Table):
                yield from (column.heading for column in block.columns)
                yield from (plain(cell) for row in block.rows for cell in row)
    yield from (document.signed, document.dated)


def bare(text: str) -> str:
    """A text without what a line break, a font's own forms or a hyphen at a line's end may change."""
    return re.sub(r"[\s\u00ad\u200b\ufffe-]", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_file_keeps_the_format(made: Any, language: str) -> None:
    document, data, _pdf = made[language]
    file: Any = docx.Document(io.BytesIO(data))
    [section] = file.sections
    near = 300  # in 1/914400 of an inch: what is lost in rounding to twentieths of a point
    for measured, wanted in (
        (section.page_width, 210),
        (section.page_height, 297),
        (section.top_margin, 37),
        (section.left_margin, 28),
        (section.page_width - section.left_margin - section.right_margin, 156),
        (section.page_height - section.top_margin - section.bottom_margin, 225),
    ):
        assert abs(measured - Mm(wanted)) < 20 * near, wanted
    grid = section._sectPr.find(qn("w:docGrid"))
    pitch = int(grid.get(qn("w:linePitch"))) / 20
    assert pitch * layout.LINES <= 225 / 25.4 * 72 < pitch * (layout.LINES + 1)
    faces = layout.faces(language)
    for style, role, size in (
        ("Title", layout.TITLE, 22),
        ("Normal", layout.BODY, 16),
        ("Heading 1", layout.BLACK, 16),
        ("Heading 2", layout.KAI, 16),
        ("Heading 3", layout.BODY, 16),
        ("Briefing Page Number", layout.SONG, 14),
    ):
        one = file.styles[style]
        assert one.font.size.pt == size, style
        assert one.element.rPr.rFonts.get(qn("w:eastAsia")) == faces[role].word
    if language == "zh-hans":
        assert {face.word for face in faces.values()} == {
            "仿宋_GB2312",
            "方正小标宋简体",
            "黑体",
            "楷体_GB2312",
            "宋体",
        }
        nearer = int(file.styles["Normal"].element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
        character = layout.BODY_SIZE + nearer
        assert character * layout.CHARACTERS <= 156 / 25.4 * 72 < character * (layout.CHARACTERS + 1)
    assert file.core_properties.language == {"zh-hans": "zh-CN", "en": "en-GB"}[language]
    fonts = zipfile.ZipFile(io.BytesIO(data)).read("word/fontTable.xml").decode()
    assert "Noto Serif SC" in fonts
    assert f'w:name="{faces[layout.BODY].word}"' in fonts
    used = {paragraph.style.name for paragraph in file.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "Normal", "Briefing Caption", "Briefing Date"} <= used
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        [paragraph] = footer.paragraphs
        assert paragraph.text == "— 1 —"
        assert "PAGE" in paragraph._p.xml
        assert paragraph.paragraph_format.alignment is not None
        assert getattr(paragraph.paragraph_format, f"{side}_indent").pt == 14
    dated = next(one for one in file.paragraphs if one.style.name == "Briefing Date")
    assert dated.text == document.dated
    assert dated.paragraph_format.right_indent.pt == pytest.approx(4 * layout.CHARACTER, abs=0.5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_file_says_what_the_description_says(made: Any, language: str) -> None:
    document, data, _pdf = made[language]
    file: Any = docx.Document(io.BytesIO(data))
    tables = [block for block in document.blocks if isinstance(block, Table)]
    assert len(file.tables) == len(tables)
    for table, block in zip(file.tables, tables, strict=True):
        told = [[cell.text for cell in row.cells] for row in table.rows]
        assert told == [
            [column.heading for column in block.columns],
            *([plain(it) for it in row] for row in block.rows),
        ]
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    paragraphs = [one.text for one in file.paragraphs]
    for block in document.blocks:
        if isinstance(block, Paragraph):
            assert plain(block.text) in paragraphs
    linked = [relation.target_ref for relation in file.part.rels.values() if relation.is_external]
    assert set(linked) == {one.link for one in spans(document) if one.link}
    archive = zipfile.ZipFile(io.BytesIO(data))
    drawn = [name for name in archive.namelist() if name.endswith(".svg")]
    assert len(drawn) == len(document.charts) == file.element.xml.count("svgBlip")
    for name in drawn:
        ElementTree.fromstring(archive.read(name))
    pictures = list(file.element.iter(qn("wp:docPr")))
    assert [one.get("descr") for one in pictures] == [chart.alternative for chart in document.charts]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_keeps_the_format_and_says_the_same(made: Any, language: str) -> None:
    document, _word, data = made[language]
    pdf = pypdfium2.PdfDocument(data)
    whole = ""
    lines: list[Any] = []
    for page in pdf:
        assert page.get_size() == pytest.approx((210 / 25.4 * 72, 297 / 25.4 * 72), abs=0.02)
        text = page.get_textpage()
        whole += text.get_text_bounded()
        lines += [text.get_rect(place) for place in range(text.count_rects())]
    for left, bottom, right, top in lines:
        # The space at a line’s end, and a full stop that hangs out of it, stand beyond the edge.
        assert 28 / 25.4 * 72 - 1 <= left <= right <= 184 / 25.4 * 72 + 8
        assert bottom > 20 / 25.4 * 72
        assert top < (297 - 37) / 25.4 * 72 + 2
    found = bare(whole)
    for number in range(1, len(pdf) + 1):
        assert f"—{number}—" in found
        found = found.replace(f"—{number}—", "", 1)
    for text in texts(document):
        assert bare(text) in found, text
    assert set(links(pdf)) == {one.link for one in spans(document) if one.link}
    names = faces_in(pdf)
    own = {"zh-hans": {"NotoSerifSC-Regular", "NotoSerifSC-Bold"}, "en": {"LibertinusSerif-Regular"}}[language]
    assert own <= names
    assert all(name.startswith(("Noto", "Libertinus")) for name in names), names
    assert pdf.get_metadata_dict()["Title"] == document.name
    assert b"/Lang" in data
    assert b"/MarkInfo" in data


def test_a_page_holds_22_lines_of_28_characters(made: Any) -> None:
    document = Document(
        "zh-hans", ("行",), "局", "2019年7月4日", made["en"][0].day, (Paragraph((Span("数" * 28 * 60),)),)
    )
    pdf = pypdfium2.PdfDocument(set_pdf(document))
    text = pdf[1].get_textpage()
    full = [line for line in text.get_text_bounded().split() if set(line) == {"数"}]
    assert [len(line) for line in full] == [layout.CHARACTERS] * layout.LINES


def test_a_chart_draws_its_numbers(made: Any) -> None:
    document = made["en"][0]
    course, bars = document.charts[0], document.charts[-1]
    drawn = draw(course, "en")
    for words in ("Achieved", "Plan", "Still here", "Landing, 80% interval", "2019"):
        assert words in drawn
    told = draw(bars, "en")
    assert all(f">{value:,}<" in told for _label, value in bars.bars)
    assert picture(bars, "en").startswith(b"\x89PNG")


def links(pdf: pypdfium2.PdfDocument) -> Iterator[str]:
    """The addresses that a PDF's annotations lead to."""
    for page in pdf:
        place = raw.c_int(0)
        link = raw.FPDF_LINK()
        while raw.FPDFLink_Enumerate(page, place, link):
            action = raw.FPDFLink_GetAction(link)
            size = raw.FPDFAction_GetURIPath(pdf, action, None, 0)
            buffer = (raw.c_char * size)()
            raw.FPDFAction_GetURIPath(pdf, action, buffer, size)
            yield buffer.value.decode()


def faces_in(pdf: pypdfium2.PdfDocument) -> set[str]:
    """The faces of a PDF's text, every one of which is embedded."""
    names = set()
    for page in pdf:
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=4):
            font = raw.FPDFTextObj_GetFont(item)
            assert raw.FPDFFont_GetIsEmbedded(font) == 1
            size = raw.FPDFFont_GetBaseFontName(font, None, 0)
            buffer = (raw.c_char * size)()
            raw.FPDFFont_GetBaseFontName(font, buffer, size)
            names.add(buffer.value.decode().partition("+")[2] or buffer.value.decode())
    return names
