"""The Word file's page, styles, language and typefaces, by the measures of ``layout``."""

import datetime as dt
import math
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from programs.briefings import layout
from programs.briefings.layout import BLACK, BODY, KAI, SONG, TITLE, Face
from programs.briefings.parts import Document

CAPTION, CELL, CELL_HEAD = "Briefing Caption", "Briefing Cell", "Briefing Cell Head"
NUMBER, SIGNED, DATE, PICTURE, LINK = (
    "Briefing Page Number",
    "Briefing Signature",
    "Briefing Date",
    "Briefing Picture",
    "Briefing Link",
)
WORD_OF_TODAY = "15"
"""Without it Word lays the file out as its versions of long ago did, and says so in its title."""

INK = RGBColor(0, 0, 0)
LINK_INK = RGBColor(0x1F, 0x38, 0x64)
TAGS = {"zh-hans": "zh-CN", "en": "en-GB"}


def prepare(file: WordDocument, document: Document) -> None:
    """Page, grid, styles, language and properties of a briefing."""
    faces = layout.faces(document.language)
    chinese = document.language != "en"
    _page(file)
    _styles(file, faces, chinese)
    _table_style(file)
    _language(file, TAGS[document.language])
    _fonts(file, [*layout.CHINESE.values(), *layout.ENGLISH.values()])
    properties = file.core_properties
    properties.title, properties.author = document.name, document.signed
    properties.language = TAGS[document.language]
    properties.comments = ""
    # The small picture of the library's own empty page.
    for key, relation in list(file.part.package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            file.part.package.rels.pop(key)
    # The document's own day and not the moment of writing: the same content gives the same file.
    properties.created = properties.modified = dt.datetime.combine(document.day, dt.time(), dt.UTC)


def _page(file: WordDocument) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(layout.PAGE[0]), Mm(layout.PAGE[1])
    section.top_margin, section.bottom_margin = Mm(layout.TOP), Mm(layout.BOTTOM)
    section.left_margin, section.right_margin = Mm(layout.LEFT), Mm(layout.RIGHT)
    number = layout.NUMBER_SIZE / layout.MM
    section.footer_distance = Mm(layout.BOTTOM - layout.BELOW - number)
    section.header_distance = Mm(15)
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)
    # Lines alone: programs differ over a grid of characters, so these are set nearer by the body's own style.
    pitch = int(layout.LINE * 20)
    section._sectPr.append(parse_xml(f'<w:docGrid {nsdecls("w")} w:type="lines" w:linePitch="{pitch}"/>'))


def _styles(file: WordDocument, faces: Any, chinese: bool) -> None:
    body = _style(file, "Normal", faces[BODY], layout.BODY_SIZE)
    body.paragraph_format.first_line_indent = Pt(2 * layout.BODY_SIZE)
    body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    if chinese:
        # By characters, so that two of them and not a length are left free.
        body.element.get_or_add_pPr().find(qn("w:ind")).set(qn("w:firstLineChars"), "200")
        # In twentieths of a point, rounded so that the last character finds its place.
        nearer = math.floor((layout.CHARACTER - layout.BODY_SIZE) * 20)
        _spaced(body, nearer)
    title = _style(file, "Title", faces[TITLE], layout.TITLE_SIZE, bold=not chinese)
    _plain(title)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(layout.LINE)
    title.paragraph_format.line_spacing = Pt(layout.TITLE_SIZE * 1.5)
    _off_the_grid(title)
    _spaced(title, 0)
    for level, role in ((1, BLACK), (2, KAI), (3, BODY)):
        heading = _style(file, f"Heading {level}", faces[role], layout.BODY_SIZE, bold=not chinese and level < 3)
        heading.paragraph_format.keep_with_next = True
        heading.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
        if not chinese:
            _plain(heading)
    for name, role, size, side in (
        (CAPTION, BLACK, layout.CAPTION_SIZE, WD_ALIGN_PARAGRAPH.CENTER),
        (CELL, BODY, layout.TABLE_SIZE, WD_ALIGN_PARAGRAPH.LEFT),
        (CELL_HEAD, BLACK, layout.TABLE_SIZE, WD_ALIGN_PARAGRAPH.LEFT),
        (PICTURE, BODY, layout.TABLE_SIZE, WD_ALIGN_PARAGRAPH.CENTER),
        (NUMBER, SONG, layout.NUMBER_SIZE, WD_ALIGN_PARAGRAPH.RIGHT),
        (SIGNED, BODY, layout.BODY_SIZE, WD_ALIGN_PARAGRAPH.RIGHT),
        (DATE, BODY, layout.BODY_SIZE, WD_ALIGN_PARAGRAPH.RIGHT),
    ):
        style = _style(file, name, faces[role], size, bold=not chinese and role == BLACK)
        _plain(style)
        style.paragraph_format.alignment = side
        if name in (CAPTION, CELL, CELL_HEAD, PICTURE):
            style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
            _off_the_grid(style)
            _spaced(style, 0)
    file.styles[CAPTION].paragraph_format.keep_with_next = True
    file.styles[CAPTION].paragraph_format.space_before = Pt(8)
    file.styles[CAPTION].paragraph_format.space_after = Pt(4)
    file.styles[SIGNED].paragraph_format.keep_with_next = True
    file.styles[CELL].paragraph_format.space_before = file.styles[CELL].paragraph_format.space_after = Pt(2)
    head = file.styles[CELL_HEAD].paragraph_format
    head.space_before = head.space_after = Pt(2)
    link = file.styles.add_style(LINK, WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb = LINK_INK


def _style(file: WordDocument, name: str, face: Face, size: float, *, bold: bool = False) -> Any:
    """A paragraph style with a face for every script, black, and without what Word's own styles bring along."""
    known = {style.name for style in file.styles}
    style: Any = file.styles[name] if name in known else file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    properties = style.element.get_or_add_rPr()
    for child in list(properties):
        properties.remove(child)
    names = " ".join(f'w:{script}="{face.word}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    properties.insert(0, parse_xml(f"<w:rFonts {nsdecls('w')} {names}/>"))
    style.font.size, style.font.bold, style.font.color.rgb = Pt(size), bold, INK
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(0)
    for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        style.element.pPr.remove(border)
    if name != "Normal":
        style.base_style = file.styles["Normal"]
    else:
        # Exactly, and not by the grid alone, which not every program keeps to.
        form.line_spacing = Pt(int(layout.LINE * 20) / 20)
    style.quick_style = True
    return style


def _plain(style: Any) -> None:
    """No indent of the first line."""
    style.paragraph_format.first_line_indent = Pt(0)
    style.element.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), "0")


def _spaced(style: Any, twentieths: int) -> None:
    """How much farther from each other characters stand."""
    size = style.element.rPr.find(qn("w:sz"))
    size.addprevious(parse_xml(f'<w:spacing {nsdecls("w")} w:val="{twentieths}"/>'))


def _off_the_grid(style: Any) -> None:
    """Lines as high as their own size, and not as those of the body."""
    spacing = style.element.pPr.find(qn("w:spacing"))
    spacing.addprevious(parse_xml(f'<w:snapToGrid {nsdecls("w")} w:val="0"/>'))


def _table_style(file: WordDocument) -> None:
    """Rules above and below, and a thin one under the heading."""
    style = file.styles.add_style("Briefing Table", WD_STYLE_TYPE.TABLE)
    style.element.append(
        parse_xml(
            f'<w:tblPr {nsdecls("w")}><w:tblBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="000000"/>'
            '<w:bottom w:val="single" w:sz="8" w:space="0" w:color="000000"/></w:tblBorders>'
            '<w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        )
    )
    style.element.append(
        parse_xml(
            f'<w:tblStylePr {nsdecls("w")} w:type="firstRow"><w:tblPr/><w:tcPr><w:tcBorders>'
            '<w:bottom w:val="single" w:sz="4" w:space="0" w:color="000000"/></w:tcBorders></w:tcPr></w:tblStylePr>'
        )
    )


def _language(file: WordDocument, tag: str) -> None:
    """The language of what is written, for spelling and for reading aloud."""
    defaults = file.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    latin = "en-US" if tag == "zh-CN" else tag
    defaults.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="{latin}" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'))
    settings = file.settings.element
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), WORD_OF_TODAY)
    for old in settings.findall(qn("w:themeFontLang")):
        old.set(qn("w:val"), latin)
        old.set(qn("w:eastAsia"), "zh-CN")


def _fonts(file: WordDocument, faces: list[Face]) -> None:
    """Names each face's free stand-ins, which Word and others take where the licensed one is not installed."""
    table = next(part for part in file.part.package.iter_parts() if part.partname == "/word/fontTable.xml")
    entries = {face.word: _font(face) for face in faces}
    table._blob = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f"<w:fonts {nsdecls('w')}>{''.join(entries.values())}</w:fonts>"
    ).encode()


def _font(face: Face) -> str:
    """A face in the font table: its stand-ins, its script and its kind, which programs go by where it is missing."""
    script = "86" if face in layout.CHINESE.values() else "00"
    kind = "swiss" if face is layout.CHINESE[BLACK] else "roman"
    return (
        f'<w:font w:name="{face.word}"><w:altName w:val="{",".join(face.instead)}"/>'
        f'<w:charset w:val="{script}"/><w:family w:val="{kind}"/><w:pitch w:val="variable"/></w:font>'
    )
