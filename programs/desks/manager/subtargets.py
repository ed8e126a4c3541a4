"""A target's parts as its page shows them: by dimension, those furthest behind first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from programs.targets.planparts import BY, Sum
from programs.targets.readings import Reading
from programs.targets.subtargets import selectors
from programs.targets.subtargets.selectors import SubTarget

PARTS = {
    "organisation": lazy("Goals by organisation"),
    "district": lazy("Goals by district"),
    "segment": lazy("Goals by segment"),
    "year": lazy("Goals by year"),
}
HEADS = {
    "organisation": lazy("Organisation"),
    "district": lazy("District"),
    "segment": lazy("Segment"),
    "year": lazy("Year"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A part, and where the people behind it are; no address where its days are not the target's."""

    part: SubTarget
    url: str
    of_days: bool

    @property
    def bars(self) -> tuple[int, int]:
        """Completion and elapsed time in thousandths; the first ends at the goal."""
        return min(round(self.part.completion_rate * 1000), 1000), round(self.part.elapsed_rate * 1000)

    @property
    def reached(self) -> bool:
        return self.part.remaining == 0


def parted(reading: Reading, to: Callable[..., str]) -> list[dict[str, Any]]:
    """The parts of a target by dimension, each with what its parts come to; ``to`` gives a page's address."""
    found, sums, target = selectors.subtargets(reading), selectors.allotted(reading), reading.target
    span = reading.terms.target.starts_on, reading.terms.target.ends_on
    shown = []
    for by in BY:
        rows = [
            Row(
                one,
                to("web:target-people", target.code, **{by: one.key}) if by != "year" and whole else "",
                by != "year" and not whole,
            )
            for one in found
            if one.by == by
            for whole in [(one.starts_on, one.ends_on) == span]
        ]
        if rows:
            own: list[Sum] = [one for one in sums if one.by == by]
            shown.append({"by": by, "title": PARTS[by], "head": HEADS[by], "rows": rows, "sums": own})
    return shown
