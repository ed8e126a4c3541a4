"""The official format of GB/T 9704 in numbers, for the Word file and the PDF alike, and the typefaces by their roles.

A page holds 22 lines of 28 characters of 三号 (16 pt) in an area of 156 × 225 mm: a line is 28.99 pt high, and a
character stands 15.79 pt from the next, a fifth of a point nearer than its own size.

The faces that the format names are licensed: the Word file names them, with free ones after them; the PDF embeds free
ones alone, which come with the pages' packages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

MM = 72 / 25.4
PAGE = (210.0, 297.0)
TOP, LEFT, TEXT_WIDTH, TEXT_HEIGHT = 37.0, 28.0, 156.0, 225.0
RIGHT, BOTTOM = PAGE[0] - LEFT - TEXT_WIDTH, PAGE[1] - TOP - TEXT_HEIGHT
LINES, CHARACTERS = 22, 28
BELOW = 7.0
"""Millimetres from the text down to the page number."""

TITLE_SIZE, BODY_SIZE, NUMBER_SIZE, TABLE_SIZE, CAPTION_SIZE = 22.0, 16.0, 14.0, 10.5, 12.0
"""二号, 三号, 四号, 五号 and 小四, in points."""

WHOLE_ROWS = 14
"""A table of so many rows stands on one page; a longer one may end on the next, under its heading again."""

LINE = TEXT_HEIGHT * MM / LINES
CHARACTER = TEXT_WIDTH * MM / CHARACTERS
DATE_INSET = 4
"""Characters between the date and the right edge of the text."""


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface by its role: its name in Word with others that may stand in for it, and the free one of the PDF."""

    word: str
    instead: tuple[str, ...]
    free: str
    weight: str = "regular"


BODY, TITLE, BLACK, KAI, SONG = "body", "title", "black", "kai", "song"
"""仿宋, 小标宋, 黑体, 楷体, 宋体."""

CHINESE: Mapping[str, Face] = {
    BODY: Face("仿宋_GB2312", ("仿宋", "FangSong", "Noto Serif SC", "Noto Serif CJK SC"), "Noto Serif SC"),
    TITLE: Face(
        "方正小标宋简体", ("方正小标宋_GBK", "小标宋", "Noto Serif SC", "Noto Serif CJK SC"), "Noto Serif SC", "bold"
    ),
    BLACK: Face("黑体", ("SimHei", "Noto Sans SC", "Noto Sans CJK SC"), "Noto Sans SC", "medium"),
    KAI: Face(
        "楷体_GB2312",
        ("楷体", "KaiTi", "LXGW WenKai", "Noto Serif SC", "Noto Serif CJK SC"),
        "Noto Serif SC",
        "semibold",
    ),
    SONG: Face("宋体", ("SimSun", "Noto Serif SC", "Noto Serif CJK SC"), "Noto Serif SC"),
}
_SERIF = ("Liberation Serif", "Noto Serif", "Noto Serif SC")
_LATIN = "Libertinus Serif"  # which Typst itself brings along
ENGLISH: Mapping[str, Face] = {
    BODY: Face("Times New Roman", _SERIF, _LATIN),
    TITLE: Face("Times New Roman", _SERIF, _LATIN, "bold"),
    BLACK: Face("Times New Roman", _SERIF, _LATIN, "bold"),
    KAI: Face("Times New Roman", _SERIF, _LATIN, "semibold"),
    SONG: Face("Times New Roman", _SERIF, _LATIN),
}
FONTS = ("NotoSerifSC-Regular.ttf", "NotoSerifSC-SemiBold.ttf", "NotoSerifSC-Bold.ttf", "NotoSansSC-Medium.ttf")


def faces(language: str) -> Mapping[str, Face]:
    """The faces of a language, by role."""
    return ENGLISH if language == "en" else CHINESE


def font_folder() -> Path:
    """Where set-up has laid the free faces.

    Raises:
        FileNotFoundError: one is missing; without it the PDF would have other faces, or none.
    """
    folder = settings.BASE_DIR / "var" / "fonts"
    for name in FONTS:
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{name} is missing: run make setup.")
    return folder
