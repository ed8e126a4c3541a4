"""What was spent on campaigns, by their programmes' budget lines."""

from collections.abc import Iterable, Mapping

from django.db.models import Sum

from programs.catalogue.models import BudgetLine


def spent(codes: Iterable[str]) -> Mapping[str, int]:
    """By code of a campaign's programme, what was spent on it in fen; without a budget line that the reader sees it is
    left out."""
    lines = BudgetLine.objects.filter(programme__code__in=list(codes)).order_by()
    sums = lines.values_list("programme__code").annotate(total=Sum("spent_fen"))
    return {code: int(total) for code, total in sums}
