"""What a briefing says: grammatical for none, one and many, up and down, in both languages, each figure with a link."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from programs.briefings.kinds import Kind, finished
from programs.briefings.models import Language
from programs.briefings.parts import Document, Heading, Paragraph, Span, Table, plain
from programs.briefings.writing import Matter, counted, write
from programs.snapshots.models import Snapshot
from programs.targets.figures import Landing
from tests.programs.briefings.frozen import AS_OF, LANDS, UNKNOWN, months, snapshot, target

WRONG = [
    r"\b1 (persons|people|others|targets|organisations|days|were|have|are)\b",
    r"(?<!No\. )(?<![\d.,])(?!1\b)[\d,]+ (person|organisation|target|was|is|has)\b",
    r"[−+]0(\.0+)?(?![\d.,])",
    r"%\(|None|  |--|\{|\bnan\b",
]
COUNTS = st.integers(0, 3) | st.integers(900, 4_200)


def written(language: str, now: Snapshot, before: Snapshot | None = None, kind: Kind = Kind.MONTH) -> Document:
    with translation.override(language):
        matter = Matter(now, finished(kind, now.as_of), before, None, "贵阳市人力资源和社会保障局", dt.date(2019, 7, 4))
        return write(matter)


def sentences(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield plain(block.text)
        elif isinstance(block, Heading):
            yield block.text
        elif isinstance(block, Table):
            yield block.caption
            yield from (plain(cell) for row in block.rows for cell in row)
        else:
            yield block.alternative


def spans(document: Document) -> Iterator[Span]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield from block.text
        elif isinstance(block, Table):
            yield from (span for row in block.rows for cell in row for span in cell)


@examples(max_examples=25)
@given(
    values=st.lists(COUNTS | st.just(-1), min_size=18, max_size=18),
    then=COUNTS,
    left=st.integers(0, 2),
    pending=st.integers(0, 2),
    goal=st.sampled_from([1, 2, 5_000]),
    landing=st.sampled_from([UNKNOWN, LANDS, Landing(1, 1, 1, 1.0)]),
    kind=st.sampled_from(list(Kind)),
)
def test_every_sentence_is_grammatical(
    values: list[int], then: int, left: int, pending: int, goal: int, landing: Landing, kind: Kind
) -> None:
    heads = months(values)
    left = left if sum(heads.values()) >= 2 else 0
    now = snapshot(target("all", heads, goal=goal, left=left, landing=landing), pending=pending)
    before = snapshot(target("all", months([then]), goal=5_000, as_of=dt.date(2019, 3, 31)), number=6)
    for language in Language.values:
        for one in (before, None):
            for sentence in sentences(written(language, now, one, kind)):
                for wrong in WRONG:
                    assert not re.search(wrong, sentence), (language, wrong, sentence)
                if language == "zh-hans":
                    assert not re.search(r"[a-z]{4,}", re.sub(r"[0-9a-f]{64}|digital-valley|all|chen", "", sentence)), (
                        sentence
                    )


def told(**values: Any) -> str:
    """All paragraphs in English of a target whose heads are ``values['heads']``."""
    heads = months(values.pop("heads"))
    before = values.pop("before", None)
    kind = values.pop("kind", Kind.MONTH)
    return " ".join(sentences(written("en", snapshot(target("all", heads, **values)), before, kind)))


def test_comparisons_say_up_down_level_and_undefined() -> None:
    year = [0] * 5 + [4] + [0] * 6
    up, down, level = (told(heads=[*year, 0, 0, 0, 0, 8, june]) for june in (6, 2, 4))
    assert "In June 2019, 6 were added. Year on year that is up by 50.0% (4 the year before)." in up
    assert "Against the period just before that is down by 25.0% (8 then)." in up
    assert "Year on year that is down by 50.0% (4 the year before)." in down
    assert "Year on year that is unchanged (4 the year before)." in level
    none = told(heads=[0] * 17 + [1])
    assert "In June 2019, 1 was added. In the same period of the year before it was 0: on such a base" in none
    assert "In the period just before it was 0: on such a base no period-on-period rate is defined." in none
    assert "There is no whole period of the year before to compare it with." in told(heads=[1] * 18, kind=Kind.YEAR)


def test_the_snapshot_before_is_compared_in_both_directions() -> None:
    before = snapshot(target("all", months([3]), as_of=dt.date(2019, 3, 31)), number=6)
    assert "“Big-data talents of all kinds” rose from 3 to 5, by 2." in told(heads=[3] + [0] * 16 + [2], before=before)
    assert "fell from 3 to 1, by 2." in told(heads=[1], before=before)
    assert "stands at 3 as it did then." in told(heads=[3], before=before)
    assert "Its goal was 5,000 then and is 6,000 now." in told(heads=[3], goal=6_000, before=before)


def test_behind_ahead_and_level_with_the_elapsed_time() -> None:
    assert "49.8% of its time has passed: it is 49.8 percentage points behind." in told(heads=[0])
    assert "percentage points ahead." in told(heads=[4_000])
    [elapsed] = [546 / 1096]
    level = round(1096 * elapsed)
    assert "it is level with the elapsed time." in told(heads=[level], goal=1096)


@pytest.mark.parametrize("language", Language.values)
def test_every_figure_leads_to_where_it_is_opened(language: str, settings: Any) -> None:
    settings.SITE_URL = "https://shugu.example/"
    now = snapshot(target("all", months([40] * 18), left=3, landing=LANDS), target("high-end", months([2] * 18)))
    before = snapshot(target("all", months([40] * 15), as_of=dt.date(2019, 3, 31)), number=6)
    document = written(language, now, before)
    found = list(spans(document))
    assert all(one.link.startswith("https://shugu.example/") for one in found if one.link)
    at = "as_of=2019-06-30&known_at=2019-07-03T17%3A12%3A33.123456%2B08%3A00"
    figures = [one for one in found if one.link and "/targets/" in one.link]
    assert len(figures) > 100
    assert all(at in one.link for one in figures if "as_of=2019-03-31" not in one.link)
    # A number without a link is a day, a period, the width of an interval, a pace's days, or part of a name.
    plainly = {re.sub(r"[^\d.]", "", one.text) for one in found if not one.link}
    figure = now.content["targets"][0]["figure"]
    for value in ("achieved", "goal", "still_here"):
        assert str(figure[value]) not in plainly
    for block in document.blocks:
        if isinstance(block, Table):
            for row in block.rows:
                for cell, column in zip(row, block.columns, strict=True):
                    assert not column.number or all(one.link or one.text == "—" for one in cell)


def test_the_tables_add_up_to_the_figure() -> None:
    now = snapshot(target("all", months([41] * 18), left=2))
    for table in (one for one in written("en", now).blocks if isinstance(one, Table) and one.total):
        *parts, total = [int(plain(row[1]).replace(",", "")) for row in table.rows]
        assert sum(parts) == total == 41 * 18
        assert int(plain(table.rows[-1][-1]).replace(",", "")) == 41 * 18 - 2
    ranked = next(one for one in written("en", now).blocks if isinstance(one, Table) and "organisation" in one.caption)
    assert len(ranked.rows) == 12
    assert plain(ranked.rows[-2][0]) == "2 other organisations"


def test_headings_are_counted_as_the_official_format_asks() -> None:
    document = written("zh-hans", snapshot(target("all", months([4] * 18)), target("high-end", months([1] * 18))))
    told = [block.text for block in document.blocks if isinstance(block, Heading)]
    assert told[:3] == ["一、总体情况", "二、各项指标进展", "（一）各类大数据人才"]
    assert "1. 按单位" in told
    assert told[-1] == "六、数据来源"
    assert document.name == "“中国数谷”人才计划工作简报（2019年6月）"
    assert document.dated == "2019年7月4日"
    assert [counted(one) for one in (1, 10, 11, 19, 20, 21)] == ["一", "十", "十一", "十九", "二十", "二十一"]


def test_a_snapshot_from_before_departures_were_counted_is_told_without_them() -> None:
    old = target("all", months([4] * 18))
    del old["figure"]["still_here"]
    for part in (part for parts in old["breakdown"].values() for part in parts):
        del part["still_here"]
    for point in old["course"]:
        del point["still_here"]
    told = " ".join(sentences(written("en", snapshot(old))))
    assert "left" not in told
    assert AS_OF.isoformat() in told
