"""What a plan file says of the goals that are not counted here: indicators, whose values are reported by hand."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from programs.targets.plantable import Table

DIRECTIONS = ("at_least", "at_most")


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    """An indicator; ``said`` is the goal in the words in which it was published, ``source`` where."""

    code: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    goal: Decimal
    direction: str
    said_zh: str
    said_en: str
    source: str
    place: str


def indicator(table: Table) -> IndicatorEntry:
    """The indicator that stands in a table of the file. Raises BadPlan for what is wrong in it."""
    goal = table.number("goal")
    if not goal:
        raise table.bad("goal", _("must be more than 0"))
    entry = IndicatorEntry(
        code=table.code("code"),
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        unit_zh=table.text("unit_zh"),
        unit_en=table.text("unit_en"),
        goal=goal,
        direction=table.choice("direction", DIRECTIONS, default=DIRECTIONS[0]),
        said_zh=table.text("said_zh"),
        said_en=table.text("said_en"),
        source=table.text("source"),
        place=table.place.removesuffix("."),
    )
    table.nothing_else()
    return entry
