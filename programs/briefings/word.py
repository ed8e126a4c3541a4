"""A document as an editable Word file: named styles, real tables, links, and charts as SVG with a picture beside it."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, Twips
from docx.table import _Cell

from programs.briefings import layout
from programs.briefings.drawing import draw, size
from programs.briefings.parts import Block, Chart, Document, Heading, Paragraph, Span, Table
from programs.briefings.word_styles import CAPTION, CELL, CELL_HEAD, DATE, LINK, NUMBER, PICTURE, SIGNED, prepare

Picture = Callable[[Chart, str], bytes]
ROLES = {1: "Heading 1", 2: "Heading 2", 3: "Heading 3"}
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_SVG_USE = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_PAGE_FIELD = (
    f'<w:fldChar {nsdecls("w")} w:fldCharType="begin"/>',
    f'<w:instrText {nsdecls("w")} xml:space="preserve">PAGE</w:instrText>',
    f'<w:fldChar {nsdecls("w")} w:fldCharType="separate"/>',
    f"<w:t {nsdecls('w')}>1</w:t>",
    f'<w:fldChar {nsdecls("w")} w:fldCharType="end"/>',
)


def write_word(document: Document, picture: Picture) -> bytes:
    """The document as a .docx.

    Args:
        document: what it says.
        picture: draws a chart in a language as a PNG, for programs that show no SVG.
    """
    file = docx.Document()
    prepare(file, document)
    writer = _Writer(file, document.language, picture)
    writer.add("Title", _title(document))
    for block in document.blocks:
        writer.write(block)
    _sign(writer, document)
    _number_pages(file)
    kept = io.BytesIO()
    file.save(kept)
    return kept.getvalue()


class _Writer:
    """Adds blocks to a file. Styles are named by their ids: looking them up by name takes longer than all the rest."""

    def __init__(self, file: WordDocument, language: str, picture: Picture) -> None:
        self._file, self._language, self._picture = file, language, picture
        self._ids = {style.name: style.style_id for style in file.styles}

    def add(self, style: str, text: str = "") -> Any:
        """A paragraph at the end."""
        paragraph = self._file.add_paragraph()
        paragraph._p.style = self._ids[style]
        if text:
            paragraph.add_run(text)
        return paragraph

    def write(self, block: Block) -> None:
        if isinstance(block, Heading):
            self.add(ROLES[block.level], block.text)
        elif isinstance(block, Paragraph):
            self._fill(self.add("Normal"), block.text)
        elif isinstance(block, Table):
            self.add(CAPTION, block.caption)
            self._table(block)
        else:
            self.add(CAPTION, block.caption)
            self._chart(block)

    def _fill(self, paragraph: Any, text: Sequence[Span]) -> None:
        for span in text:
            run = paragraph.add_run(span.text)
            if span.link:
                relation = paragraph.part.relate_to(span.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                link = parse_xml(f'<w:hyperlink {nsdecls("w", "r")} r:id="{relation}" w:history="1"/>')
                run._r.style = self._ids[LINK]
                link.append(run._r)
                paragraph._p.append(link)

    def _table(self, block: Table) -> None:
        columns = block.columns
        whole = round(layout.TEXT_WIDTH * layout.MM * 20)
        shares = sum(column.share for column in columns)
        widths = [Twips(round(whole * column.share / shares)) for column in columns]
        table = self._file.add_table(rows=len(block.rows) + 1, cols=len(columns), style="Briefing Table")
        table.autofit = False
        heading = tuple((Span(column.heading),) for column in columns)
        for place, (line, row) in enumerate(zip(table._tbl.tr_lst, (heading, *block.rows), strict=True)):
            total = block.total and place == len(block.rows)
            for cell, text, column, width in zip(line.tc_lst, row, columns, widths, strict=True):
                cell.width = width
                paragraph = self._cell(_Cell(cell, table), text, CELL if place else CELL_HEAD, bold=total)
                if column.number:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                if len(block.rows) <= layout.WHOLE_ROWS and place < len(block.rows):
                    paragraph.paragraph_format.keep_with_next = True
            properties = line.get_or_add_trPr()
            properties.append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
            if not place:
                properties.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        for grid, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
            grid.w = width
        # What follows would cling to the table's last line.
        self.add(PICTURE)

    def _cell(self, cell: _Cell, text: Sequence[Span], style: str, *, bold: bool = False) -> Any:
        [paragraph] = cell.paragraphs
        paragraph._p.style = self._ids[style]
        self._fill(paragraph, text)
        if bold:
            for run in paragraph._p.iter(qn("w:r")):
                run.get_or_add_rPr().append(parse_xml(f"<w:b {nsdecls('w')}/>"))
        return paragraph

    def _chart(self, chart: Chart) -> None:
        paragraph = self.add(PICTURE)
        width, height = size(chart)
        drawn = io.BytesIO(self._picture(chart, self._language))
        shape = paragraph.add_run().add_picture(drawn, Pt(width), Pt(height))
        properties = shape._inline.docPr
        properties.set("name", chart.caption)
        properties.set("descr", chart.alternative)
        name = PackURI(f"/word/media/chart{properties.id}.svg")
        part = Part(name, "image/svg+xml", draw(chart, self._language).encode(), paragraph.part.package)
        relation = paragraph.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
        blip = next(shape._inline.iter(qn("a:blip")))
        blip.append(
            parse_xml(
                f'<a:extLst {nsdecls("a", "r")}><a:ext uri="{_SVG_USE}">'
                f'<asvg:svgBlip xmlns:asvg="{_SVG}" r:embed="{relation}"/></a:ext></a:extLst>'
            )
        )


def _sign(writer: _Writer, document: Document) -> None:
    """The name in the middle above the date, whose right edge stands four characters in."""
    writer.add("Normal")
    inset = layout.DATE_INSET * layout.CHARACTER
    over = (_width(document.dated) - _width(document.signed)) / 2
    for text, style, indent in (
        (document.signed, SIGNED, max(inset + over, 0.0)),
        (document.dated, DATE, inset),
    ):
        paragraph = writer.add(style, text)
        paragraph.paragraph_format.right_indent = Pt(round(indent * 2) / 2)


def _number_pages(file: WordDocument) -> None:
    """— 1 —, to the right on odd pages and to the left on even ones, a character in from the edge."""
    file.settings.odd_and_even_pages_header_footer = True
    section = file.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        [paragraph] = footer.paragraphs
        paragraph.style = NUMBER
        form = paragraph.paragraph_format
        form.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == "right" else WD_ALIGN_PARAGRAPH.LEFT
        setattr(form, f"{side}_indent", Pt(layout.NUMBER_SIZE))
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
        paragraph.add_run("— ")
        for piece in _PAGE_FIELD:
            paragraph.add_run()._r.append(parse_xml(piece))
        paragraph.add_run(" —")


def _title(document: Document) -> str:
    """The title in one line where it surely fits, whatever face there is, otherwise in its parts."""
    fits = _width(document.name, layout.TITLE_SIZE) <= layout.TEXT_WIDTH * layout.MM * 0.9
    return document.name if fits else "\n".join(document.title)


def _width(text: str, size: float = layout.BODY_SIZE) -> float:
    """How wide a text is, near enough: Chinese characters are square, others about half of that."""
    return sum(size * (1.0 if ord(letter) > 0x2E7F else 0.5) for letter in text)
