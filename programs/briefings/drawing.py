"""Charts as SVG: the same drawing goes into the PDF and into the Word file.

Lengths are points; a chart is as wide as the text. Lines differ by their dashes as well as by their colours, so that a
copy in black and white can be read.
"""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from programs.briefings.numbers import heads
from programs.briefings.parts import BarChart, Chart, CourseChart, Line

WIDTH = 442.0
COURSE_HEIGHT = 212.0
BAR, GAP = 12.0, 6.0
SIZE = 10.5
INK, MUTED, GRID = "#222222", "#5f5f5f", "#d9d9d9"
BLUE, ORANGE = "#1f4e8c", "#b35c00"
LEFT, RIGHT, TOP, BOTTOM = 46.0, 14.0, 26.0, 20.0
LABELS = 168.0
FACES = {
    "zh-hans": "Noto Serif SC, FangSong, 仿宋, SimSun, serif",
    "en": "Libertinus Serif, Times New Roman, Liberation Serif, serif",
}


def draw(chart: Chart, language: str) -> str:
    """A chart as a whole SVG file; ``alternative`` is its title."""
    height, inside = _course(chart) if isinstance(chart, CourseChart) else _bars(chart)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:g}pt" height="{height:g}pt"'
        f' viewBox="0 0 {WIDTH:g} {height:g}" font-family={quoteattr(FACES[language])} font-size="{SIZE:g}"'
        f' fill="{INK}"><title>{escape(chart.alternative)}</title>{"".join(inside)}</svg>'
    )


def size(chart: Chart) -> tuple[float, float]:
    """Width and height of a chart in points."""
    return WIDTH, COURSE_HEIGHT if isinstance(chart, CourseChart) else _height(chart)


def _course(chart: CourseChart) -> tuple[float, list[str]]:
    span = max((chart.last - chart.first).days, 1)
    values = [value for line in (chart.achieved, chart.plan) for _day, value in line.points]
    top = _ceiling(max([*values, chart.fan.high if chart.fan else 0, 1]))
    bottom = COURSE_HEIGHT - BOTTOM

    def across(day: dt.date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max((day - chart.first).days, 0), span) / span

    def down(value: float) -> float:
        return bottom - (bottom - TOP) * min(max(value, 0), top) / top

    def path(points: Sequence[tuple[dt.date, float]]) -> str:
        return " ".join(
            f"{'L' if place else 'M'}{across(day):.2f} {down(value):.2f}" for place, (day, value) in enumerate(points)
        )

    found = []
    step = _step(top)
    for place in range(round(top / step) + 1):
        at = down(place * step)
        found.append(_rule(LEFT, at, WIDTH - RIGHT, at, GRID if place else INK))
        found.append(_words(LEFT - 5, at + SIZE * 0.34, heads(round(place * step)), "end", MUTED))
    for day, label in _days(chart.first, chart.last):
        found.append(_rule(across(day), bottom, across(day), bottom + 4, INK))
        found.append(_words(across(day) + 2, bottom + SIZE + 4, label, "start", MUTED))
    names = [(chart.achieved, BLUE, "", 1.8), (chart.plan, MUTED, "5 3", 1.2)]
    if chart.still_here is not None:
        names.append((chart.still_here, ORANGE, "1.5 2.5", 1.4))
    if chart.fan is not None and chart.achieved.points:
        begins, ends = chart.achieved.points[-1], chart.fan.day
        edge = [begins, (ends, chart.fan.low), (ends, chart.fan.high)]
        found.append(f'<path d="{path(edge)} Z" fill="{BLUE}" fill-opacity="0.16"/>')
        found.append(_curve(path([begins, (ends, chart.fan.median)]), BLUE, "2 2", 1.0))
    for line, colour, dashes, width in reversed(names):
        if line.points:
            found.append(_curve(path(line.points), colour, dashes, width))
    found += _legend(chart, names)
    return COURSE_HEIGHT, found


def _legend(chart: CourseChart, names: Sequence[tuple[Line, str, str, float]]) -> Iterator[str]:
    place = LEFT
    for line, colour, dashes, width in names:
        yield _curve(f"M{place:.2f} 9 L{place + 22:.2f} 9", colour, dashes, width)
        yield _words(place + 27, 9 + SIZE * 0.34, line.name, "start")
        place += 27 + _width(line.name) + 16
    if chart.fan is not None:
        yield f'<rect x="{place:.2f}" y="4.5" width="22" height="9" fill="{BLUE}" fill-opacity="0.16"/>'
        yield _words(place + 27, 9 + SIZE * 0.34, chart.fan_name, "start")


def _bars(chart: BarChart) -> tuple[float, list[str]]:
    most = max(value for _label, value in chart.bars)
    numbers = max(_width(heads(value)) for _label, value in chart.bars)
    room = WIDTH - LABELS - numbers - 8
    found = []
    for place, (label, value) in enumerate(chart.bars):
        at = GAP + place * (BAR + GAP)
        long = max(room * value / most, 0.8)
        middle = at + BAR / 2 + SIZE * 0.34
        found.append(_words(LABELS - 6, middle, _shortened(label, LABELS - 6), "end"))
        found.append(f'<rect x="{LABELS:g}" y="{at:.2f}" width="{long:.2f}" height="{BAR:g}" fill="{BLUE}"/>')
        found.append(_words(LABELS + long + 5, middle, heads(value), "start"))
    height = _height(chart)
    found.append(_rule(LABELS, GAP / 2, LABELS, height - GAP / 2, INK))
    return height, found


def _height(chart: BarChart) -> float:
    return GAP + len(chart.bars) * (BAR + GAP)


def _days(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, str]]:
    """Where the axis is marked: years, or months where there are few of them."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    every = 12 if months > 30 else 3 if months > 8 else 1
    year, month = first.year, first.month
    while dt.date(year, month, 1) <= last:
        day = dt.date(year, month, 1)
        if (month - 1) % every == 0 and day >= first:
            yield day, str(year) if every == 12 else f"{year}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _ceiling(value: float) -> float:
    step = _step(value)
    return step * math.ceil(value / step)


def _step(value: float) -> float:
    """A round step of which four to six reach ``value``; never less than one head."""
    rough = max(value / 5, 1)
    size = 10 ** math.floor(math.log10(rough))
    return float(
        next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough and size * factor % 1 == 0)
    )


def _width(text: str) -> float:
    """How wide a text is, near enough: Chinese characters are square, others about half of that."""
    return sum(SIZE if ord(letter) > 0x2E7F else SIZE * 0.5 for letter in text)


def _shortened(text: str, room: float) -> str:
    if _width(text) <= room:
        return text
    while text and _width(text) + SIZE > room:
        text = text[:-1]
    return text.rstrip() + "…"


def _rule(x: float, y: float, to_x: float, to_y: float, colour: str) -> str:
    where = f'x1="{x:.2f}" y1="{y:.2f}" x2="{to_x:.2f}" y2="{to_y:.2f}"'
    return f'<line {where} stroke="{colour}" stroke-width="0.6"/>'


def _curve(path: str, colour: str, dashes: str, width: float) -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    joined = 'stroke-linejoin="round" stroke-linecap="butt"'
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" {joined}{dashed}/>'


def _words(x: float, y: float, text: str, anchor: str, colour: str = INK) -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
