"""What training is called on pages: states, sources of money, amounts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from backend.reference import selectors as reference
from programs.catalogue.models import BudgetLine
from programs.training.conflicts import Kind
from programs.training.figures import UNSTATED, Tally, share
from programs.training.filters import ENDED, PLANNED, RUNNING, STATES

STATE_TONES = {PLANNED: "queued", RUNNING: "active", ENDED: "cancelled"}
KIND_TONES = {
    Kind.OVER_CAPACITY: "failed",
    Kind.OUTSIDE_PROGRAMME: "failed",
    Kind.OVERLAP: "warning",
    Kind.PROGRAMME_CAPACITY: "warning",
    Kind.EMPTY: "warning",
    Kind.UNFINISHED: "warning",
}
_STATES = dict(STATES)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why people withdrew: the reason, how many, and their share of all who did."""

    code: str
    label: str
    people: int
    share: float | None


def state_label(state: str) -> Any:
    """What a cohort's state is called."""
    return _STATES[state]


def hours(value: Any) -> str:
    """Hours with their half, where there is one: 1,234.5, 96; a dash for none."""
    return "–" if value is None else f"{value:,.1f}".removesuffix(".0")


def yuan(fen: int | None) -> str:
    """An amount in yuan with its fen: 12,345.60; a dash for none."""
    return "–" if fen is None else f"{fen // 100:,}.{fen % 100:02d}"


def reasons(tally: Tally) -> list[Reason]:
    """Why people withdrew, the most frequent first."""
    names = reference.labels("withdrawal_reason")
    found = [
        Reason(
            code,
            _("No reason given") if code == UNSTATED else names.get(code, code),
            people,
            share(people, tally.withdrawn),
        )
        for code, people in tally.withdrawn_by_reason.items()
    ]
    return sorted(found, key=lambda one: (-one.people, one.label))


def money(lines: Iterable[BudgetLine]) -> Mapping[str, Any]:
    """Budget lines as a page shows them, with what they come to; ``over`` where more is spent than was planned."""
    names = reference.labels("funding_source")
    rows: Sequence[Any] = [
        {
            "line": one,
            "source": names.get(one.funding_source, one.funding_source),
            "planned": yuan(one.planned_fen),
            "spent": yuan(one.spent_fen),
            "rate": share(one.spent_fen, one.planned_fen),
            "over": one.spent_fen > one.planned_fen,
        }
        for one in lines
    ]
    planned = sum(row["line"].planned_fen for row in rows)
    spent = sum(row["line"].spent_fen for row in rows)
    total = {"planned": yuan(planned), "spent": yuan(spent), "rate": share(spent, planned), "over": spent > planned}
    return {"rows": rows, "total": total}
