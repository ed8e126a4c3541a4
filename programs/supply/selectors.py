"""Reading supply and demand: staff the city's, an organisation its own beside what may be told of the city's."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from backend.accounts import scope
from backend.accounts.models import User
from programs.supply import figures
from programs.supply.figures import Asked, Behind, Cell, Kind, Month

FEWEST = 5
"""With fewer other organisations behind it than these, nothing is told of the city: somebody could be recognised."""

MEASURES = ("needed", "in_training", "verified")


@dataclass(frozen=True, slots=True)
class City:
    """What an organisation is told of the city's cell; none: too few others stand behind it."""

    needed: int | None
    in_training: int | None
    verified: int | None
    gap: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A cell of the asker's; ``city`` for a partner, whose own cell says nothing of who counts."""

    cell: Cell
    city: City | None = None


def supply(actor: User | None, asked: Asked, by: str = "none", crossed: str = "none") -> list[Row]:
    """The cells in which the asker has anything, or the city has something that it may be told.

    A partner is told of the city where the table is of everything and not crossed, by dimensions that do not lie within
    each other: two tables that overlap otherwise could be subtracted from each other until one organisation is left.
    """
    if actor is None or not actor.is_authenticated:
        return []
    if actor.sees_everything:
        with scope.whole(actor):
            return [Row(cell) for cell in figures.cells(_whole(actor), asked, by, crossed)]
    own = figures.cells(actor, asked, by, crossed)
    city: Mapping[str, City] = {}
    if not asked.narrowed and crossed == "none" and by != "occupation_code":
        city = _city(actor, asked, by)
    nothing = City(None, None, None, None)
    mine = {cell.key: cell for cell in own}
    rows = [Row(cell, city.get(cell.key, nothing)) for cell in own]
    rows += [Row(_empty(key), told) for key, told in city.items() if key not in mine and told != nothing]
    return sorted(rows, key=lambda row: (row.cell.key, row.cell.crossed))


def months(actor: User | None, asked: Asked, by: str = "none") -> list[Month]:
    """By month, who is expected to complete and which places end: the asker's own, for staff the city's."""
    if actor is None or not actor.is_authenticated:
        return []
    with scope.whole(actor):
        return figures.months(_whole(actor), asked, by)


def opened(actor: User | None, asked: Asked, kind: Kind) -> list[Behind]:
    """What one cell is made of. Whoever is bound to districts is told of the people of these alone."""
    if actor is None or not actor.is_authenticated:
        return []
    if kind == Kind.VERIFIED:
        return figures.behind(actor, asked, kind)
    with scope.whole(actor):
        return figures.behind(_whole(actor), asked, kind)


def _whole(actor: User) -> User:
    """Who reads sums for ``actor``: numbers name nobody, and are the city's for an officer of some districts too."""
    return User(role=User.Role.MANAGER) if actor.districts else actor


def _city(actor: User, asked: Asked, by: str) -> dict[str, City]:
    # A partner's own transaction does not see the others. What leaves here of them is a sum over several.
    with scope.everything():
        found = figures.cells(User(role=User.Role.MANAGER), asked, by)
    others = {
        measure: {cell.key: cell.behind[measure] - {actor.organisation_id} for cell in found} for measure in MEASURES
    }
    told = {measure: tellable(others[measure]) for measure in MEASURES}
    return {
        cell.key: City(
            **{measure: getattr(cell, measure) if cell.key in told[measure] else None for measure in MEASURES},
            gap=cell.gap if cell.key in told["needed"] and cell.key in told["in_training"] else None,
        )
        for cell in found
    }


def tellable(behind: Mapping[str, Collection[int]]) -> set[str]:
    """The cells of one table that may be told, by the organisations behind each: five or more.

    What is not told could be found by subtracting what is told from the whole; so that is made of five or more too, if
    need be by keeping back more cells, those with the fewest behind them first.
    """
    kept = sorted(behind, key=lambda key: (len(behind[key]), key))
    back: set[int] = set()
    while kept and (len(behind[kept[0]]) < FEWEST or 0 < len(back) < FEWEST):
        back |= set(behind[kept.pop(0)])
    return set(kept)


def _empty(key: str) -> Cell:
    return Cell(key, "all", 0, 0, 0, 0, 0, 0, 0, 0, dict.fromkeys(MEASURES, frozenset()))
