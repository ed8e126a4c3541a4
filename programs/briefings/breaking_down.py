"""The tables and charts of a briefing: a target's course, and what its figure is made of."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from programs.briefings import numbers, wording
from programs.briefings.comparing import added, compared, day, greatest, last_of, periods
from programs.briefings.kinds import Period
from programs.briefings.parts import BarChart, Column, CourseChart, Fan, Line, Span, Table, Text
from programs.briefings.references import References
from programs.snapshots.showing import label_of

Target = Mapping[str, Any]
DIMENSIONS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "organisation": (lazy("By organisation"), lazy("Organisation")),
    "district": (lazy("By district"), lazy("District")),
    "segment": (lazy("By segment"), lazy("Segment")),
    "path": (lazy("By path"), lazy("Path")),
}
RANKED = "organisation"
PERIODS_SHOWN = 6
NONE = "—"


def overview(targets: Sequence[Target], to: References) -> Table:
    """Every target in a row: figure, goal, completion against the elapsed time."""
    rows = []
    for target in targets:
        figure, link = target["figure"], to.target(target["code"])
        ahead = (figure["completion_rate"] - figure["elapsed_rate"]) * 100
        told = [
            numbers.heads(figure["achieved"]),
            numbers.heads(figure["goal"]),
            numbers.percent(figure["completion_rate"]),
            numbers.percent(figure["elapsed_rate"]),
            numbers.signed_tenths(ahead),
        ]
        rows.append(((Span(label_of(target)),), *((Span(one, link),) for one in told)))
    columns = (
        Column(_("Target"), 2.2, number=False),
        Column(_("Achieved"), 1.2),
        Column(_("Goal"), 1.1),
        Column(_("Completion"), 1.4),
        Column(_("Time elapsed"), 1.2),
        Column(_("Points ahead or behind"), 1.4),
    )
    return Table(_("Where the targets stand"), columns, tuple(rows))


def recent(target: Target, period: Period, to: References) -> Table:
    """The latest periods of the briefing's kind up to its own, each beside the plan, the year and the period before."""
    course, link = target["course"], to.target(target["code"], per=period.kind.value)
    rows = []
    for one in [it for it in periods(course, period.kind) if it <= period][-PERIODS_SHOWN:]:
        found, last = added(course, one), last_of(course, one)
        year, before = compared(course, one, one.year_before), compared(course, one, one.before)
        if found is None or last is None or year is None or before is None:
            continue
        told = [
            numbers.heads(found.heads),
            *(NONE if rate is None else _signed_percent(rate) for rate in (year.rate, before.rate)),
            numbers.heads(last["cumulative"]),
            numbers.heads(round(last["plan"])),
        ]
        rows.append(((Span(one.short),), *((Span(it, link),) if it != NONE else (Span(it),) for it in told)))
    columns = (
        Column(_("Period"), 1.9, number=False),
        Column(_("New"), 1.0),
        Column(_("Year on year"), 1.2),
        Column(_("On the period before"), 1.2),
        Column(_("Cumulative"), 1.2),
        Column(_("Plan"), 1.1),
    )
    return Table(_("The latest periods of “%(target)s”") % {"target": label_of(target)}, columns, tuple(rows))


def course(target: Target) -> CourseChart | None:
    """The S-curve beside the plan's line, with where it lands; ``None`` before anything of it has begun."""
    points = target["course"]
    if not points:
        return None
    figure, name = target["figure"], label_of(target)
    first, last = day(target["starts_on"]), day(target["ends_on"])
    achieved = Line(_("Achieved"), tuple((day(one["ends_on"]), one["cumulative"]) for one in points))
    here = [one.get("still_here") for one in points]
    staying = None
    if None not in here and here != [one["cumulative"] for one in points]:
        staying = Line(_("Still here"), tuple((day(one["ends_on"]), one["still_here"]) for one in points))
    landing = figure["landing"]
    fan = None
    if landing["median"] is not None and day(points[-1]["ends_on"]) < last:
        fan = Fan(last, landing["low"], landing["median"], landing["high"])
    planned = tuple((day(one["ends_on"]), float(one["plan"])) for one in points)
    values = {
        "target": name,
        "achieved": numbers.heads(points[-1]["cumulative"]),
        "plan": numbers.heads(round(points[-1]["plan"])),
        "goal": numbers.heads(figure["goal"]),
    }
    told = _(
        "The course of “%(target)s”: %(achieved)s achieved, where the plan’s line stands at %(plan)s and ends at"
        " %(goal)s."
    )
    return CourseChart(
        caption=_("The course of “%(target)s” beside its plan") % values,
        alternative=told % values,
        first=first,
        last=last,
        achieved=achieved,
        plan=Line(_("Plan"), ((first, 0.0), *planned, (last, float(figure["goal"])))),
        still_here=staying,
        fan=fan,
        fan_name=_("Landing, 80% interval"),
    )


def parts(target: Target, by: str, to: References) -> Table | None:
    """A figure taken apart by one dimension, adding up to it; ``None`` where there is nothing to take apart."""
    found = target["breakdown"].get(by, [])
    if not found:
        return None
    title, heading = DIMENSIONS[by]
    total = target["figure"]["achieved"]
    most = {"most": 10} if by == RANKED else {"most": len(found)}
    shown, rest, others = greatest(found, **most)
    here = all(part.get("still_here") is not None for part in found)
    rows = [
        _part(label_of(part), part["achieved"], total, part.get("still_here") if here else None, here, link)
        for part in shown
        for link in [to.people(target["code"], **{by: part["key"]})]
    ]
    whole = to.target(target["code"], by=by)
    if rest:
        staying = (
            sum(part["still_here"] for part in found) - sum(part["still_here"] for part in shown) if here else None
        )
        rows.append(_part(wording.others(rest, by), others, total, staying, here, whole))
    staying = sum(part["still_here"] for part in found) if here else None
    rows.append(_part(_("Total"), sum(part["achieved"] for part in found), total, staying, here, whole))
    columns = [Column(str(heading), 3.4, number=False), Column(_("People")), Column(_("Share"))]
    if here:
        columns.append(Column(_("Still here")))
    caption = _("“%(target)s”: %(by)s") % {"target": label_of(target), "by": str(title)}
    return Table(caption, tuple(columns), tuple(rows), total=True)


def bars(target: Target, by: str) -> BarChart | None:
    """The greatest parts as bars, the others as one; ``None`` where there are fewer than two."""
    shown, rest, others = greatest(target["breakdown"].get(by, []))
    drawn = [(label_of(part), part["achieved"]) for part in shown if part["achieved"] > 0]
    if rest and others > 0:
        drawn.append((wording.others(rest, by), others))
    if len(drawn) < 2:
        return None
    caption = _("“%(target)s”: %(by)s") % {"target": label_of(target), "by": str(DIMENSIONS[by][0])}
    told = "; ".join(f"{label}: {numbers.heads(value)}" for label, value in drawn)
    return BarChart(caption, f"{caption}. {told}", tuple(drawn))


def _part(name: str, heads: int, total: int, staying: int | None, here: bool, link: str) -> tuple[Text, ...]:
    share = numbers.percent(heads / total) if total else NONE
    told = [numbers.heads(heads), share, *([numbers.heads(staying or 0)] if here else [])]
    return ((Span(name),), *((Span(one, link if one != NONE else ""),) for one in told))


def _signed_percent(rate: float) -> str:
    return numbers.signed_tenths(rate * 100) + "%"
