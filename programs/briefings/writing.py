"""A briefing as a document: what a snapshot holds, in sections, in the language that is active."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from programs.briefings import breaking_down, sources, wording
from programs.briefings.breaking_down import DIMENSIONS, RANKED, Target
from programs.briefings.comparing import compared
from programs.briefings.kinds import Period
from programs.briefings.numbers import heads
from programs.briefings.parts import Block, Document, Heading, Paragraph, Span, Text, filled
from programs.briefings.references import References
from programs.snapshots.models import Snapshot
from programs.snapshots.restating import Restatement
from programs.snapshots.showing import label_of
from programs.snapshots.telling import joined

TENS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Matter:
    """What a briefing is written from.

    ``before`` is the snapshot of the same plan before it, ``restated`` that one as it stood when this one was read;
    ``None`` for the first. ``signed`` is in whose name it is written, in the language that is active.
    """

    snapshot: Snapshot
    period: Period
    before: Snapshot | None
    restated: Restatement | None
    signed: str
    day: dt.date

    @property
    def targets(self) -> Sequence[Target]:
        targets: Sequence[Target] = self.snapshot.content["targets"]
        return targets


def write(matter: Matter) -> Document:
    """The briefing in the language that is active."""
    sections = [
        (_("Overview"), _overview(matter)),
        (_("The targets one by one"), _targets(matter)),
        (_("Beside the snapshot before"), _since(matter)),
        (_("What the figures are made of"), _parts(matter)),
        (_("What was restated"), sources.restated(matter.snapshot, matter.restated)),
        (_("Sources"), sources.told(matter.snapshot)),
    ]
    blocks: list[Block] = []
    for place, (title, inside) in enumerate(sections, 1):
        blocks.append(Heading(1, numbered(1, place, title)))
        blocks += inside
    return Document(
        language=get_language() or "",
        title=wording.title(label_of(matter.snapshot.content["plan"]), matter.period),
        signed=matter.signed,
        dated=wording.on(matter.day),
        day=matter.day,
        blocks=tuple(blocks),
    )


def numbered(level: int, place: int, title: str) -> str:
    """A heading with its number, as the official format counts: 一、 then （一） then 1."""
    if (get_language() or "").startswith("zh"):
        number = counted(place)
        return {1: f"{number}、{title}", 2: f"（{number}）{title}", 3: f"{place}. {title}"}[level]
    return {1: f"{place}. {title}", 2: f"({place}) {title}", 3: f"{place}) {title}"}[level]


def counted(place: int) -> str:
    """A number below a hundred in Chinese: 一, 十, 十二, 二十."""
    tens, ones = divmod(place, 10)
    front = "" if not tens else "十" if tens == 1 else f"{TENS[tens - 1]}十"
    return front + (TENS[ones - 1] if ones else "")


def _overview(matter: Matter) -> Iterator[Block]:
    snapshot, to = matter.snapshot, References(matter.snapshot)
    lead = filled(
        ngettext(
            "This briefing tells of %(n)s target of the plan %(plan)s: what had happened by the end of %(day)s, as"
            " the books stood when snapshot No. %(number)s was read.",
            "This briefing tells of %(n)s targets of the plan %(plan)s: what had happened by the end of %(day)s, as"
            " the books stood when snapshot No. %(number)s was read.",
            len(matter.targets),
        ),
        n=Span(heads(len(matter.targets)), to.page()),
        plan=label_of(snapshot.content["plan"]),
        day=wording.on(snapshot.as_of),
        number=Span(str(snapshot.number), to.page()),
    )
    yield Paragraph(lead)
    if snapshot.note:
        yield Paragraph((Span(" ".join(snapshot.note.split())),))
    if matter.targets:
        yield breaking_down.overview(matter.targets, to)


def _targets(matter: Matter) -> Iterator[Block]:
    to = References(matter.snapshot)
    for place, target in enumerate(matter.targets, 1):
        yield Heading(2, numbered(2, place, label_of(target)))
        yield Paragraph(_told_of(matter, target, to))
        yield Paragraph(_period_of(matter, target, to))
        chart = breaking_down.course(target)
        if chart is not None:
            yield chart
        table = breaking_down.recent(target, matter.period, to)
        if table.rows:
            yield table


def _told_of(matter: Matter, target: Target, to: References) -> Text:
    figure, link = target["figure"], to.target(target["code"])
    return run_on(
        [
            wording.standing(label_of(target), figure, matter.snapshot.as_of, link),
            wording.against_time(figure, link),
            wording.still_here(figure, link),
            *wording.pace(figure, link),
            wording.landing(figure, target["ends_on"], link),
        ]
    )


def _period_of(matter: Matter, target: Target, to: References) -> Text:
    course, period = target["course"], matter.period
    link = to.target(target["code"], per=period.kind.value)
    year, before = compared(course, period, period.year_before), compared(course, period, period.before)
    if year is None or before is None:
        return filled(_("%(period)s lies outside this target’s time."), period=period.label)
    return run_on(
        [
            wording.new(period, year.heads, link),
            wording.year_on_year(year, link),
            wording.period_on_period(before, link),
        ]
    )


def _since(matter: Matter) -> Iterator[Block]:
    before = matter.before
    if before is None:
        yield Paragraph(filled(_("This is the first snapshot of the plan, so there is none to compare it with.")))
        return
    to, then = References(matter.snapshot), References(before)
    lead = filled(
        _("The snapshot before is No. %(number)s, as of %(day)s."),
        number=Span(str(before.number), then.page()),
        day=wording.on(before.as_of),
    )
    yield Paragraph(lead)
    published = {target["code"]: target["figure"] for target in before.content["targets"]}
    for target in matter.targets:
        name, code = label_of(target), target["code"]
        if code not in published:
            yield Paragraph(filled(_("“%(target)s” was no target of it."), target=name))
            continue
        told = wording.since(name, target["figure"], published[code], (to.target(code), then.target(code)))
        yield Paragraph(run_on(told))


def _parts(matter: Matter) -> Iterator[Block]:
    to = References(matter.snapshot)
    for place, target in enumerate(matter.targets, 1):
        yield Heading(2, numbered(2, place, label_of(target)))
        if not target["figure"]["achieved"]:
            yield Paragraph(filled(_("Nobody counts towards it yet.")))
            continue
        dimensions = [by for by in DIMENSIONS if target["breakdown"].get(by)]
        for at, by in enumerate(dimensions, 1):
            yield Heading(3, numbered(3, at, str(DIMENSIONS[by][0])))
            table = breaking_down.parts(target, by, to)
            if table is not None:
                yield table
            chart = breaking_down.bars(target, by) if by == RANKED else None
            if chart is not None:
                yield chart


def run_on(texts: Sequence[Text]) -> Text:
    """Sentences one after the other, as a language sets them; those that say nothing are left out."""
    between = joined(["", ""])
    found: list[Span] = []
    for text in texts:
        if not text:
            continue
        if found and between:
            found.append(Span(between))
        found += text
    return tuple(found)
