"""What was spent on campaigns: their programmes' budget lines, as far as the reader sees them."""

from collections.abc import Callable, Iterable, Mapping

from django.db.models import Sum

from backend.accounts.models import User
from programs.catalogue import selectors


def spent(actor: User) -> Callable[[Iterable[str]], Mapping[str, int]]:
    """What tells by codes of campaigns what was spent on each, in fen; without a line that the actor sees it does not.

    A partner sees the lines of its own cohorts alone, and so none of a campaign.
    """

    def of(codes: Iterable[str]) -> Mapping[str, int]:
        lines = selectors.budget_lines(actor).filter(programme__code__in=list(codes)).order_by()
        return dict(lines.values_list("programme__code").annotate(spent=Sum("spent_fen")))

    return of
