"""Funnels as bars: each stage beside the one that most reached."""

from dataclasses import dataclass

from programs.desks.recruitment.words import Label
from programs.recruitment.figures import Funnel
from programs.recruitment.stages import WAY


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of a funnel: how many reached it, their share of all and of the stage before; ``bar`` in thousandths."""

    stage: str
    label: Label
    count: int
    bar: int
    of_all: float | None
    of_before: float | None


def steps(funnel: Funnel) -> list[Step]:
    """The stages of a funnel, in their order."""
    whole = funnel.sourced
    return [
        Step(
            stage.value,
            stage.label,
            funnel.reached[stage],
            round(1000 * funnel.reached[stage] / whole) if whole else 0,
            funnel.reached[stage] / whole if whole else None,
            funnel.conversion(stage),
        )
        for stage in WAY
    ]
