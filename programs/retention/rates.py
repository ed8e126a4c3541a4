"""How many stayed: by the formulas of ``docs/staying.md``."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from programs.periods.rates import rate
from programs.retention.models import RetentionCheck, Said

State = RetentionCheck.State
ANSWERED = Q(state=State.ANSWERED)
AWAY = Q(left_on__isnull=False, left_on__lte=F("falls_on")) & (Q(returned_on=None) | Q(returned_on__gt=F("falls_on")))
KNOWN = ANSWERED & ~Q(said=Said.UNKNOWN)


class By(models.TextChoices):
    """What the rates are taken for, one row each."""

    MONTHS = "months", lazy("Months")
    ORGANISATION = "organisation", lazy("Organisation")
    PATH = "path", lazy("Path")
    PERIOD = "period", lazy("Period")
    ALL = "all", lazy("Everything together")


_KEYS = {By.MONTHS: "months", By.ORGANISATION: "organisation__code", By.PATH: "path", By.PERIOD: "period__code"}


def rates(rows: QuerySet[RetentionCheck], by: str = By.ALL) -> list[dict[str, Any]]:
    """Counts and rates of the questions whose day has come.

    Args:
        rows: questions of ``selectors.checks(actor)``, narrowed.

    Returns:
        ``key``, ``asked`` (not withdrawn, the day has come), ``answered``, ``unknown`` of them, ``stayed`` and ``gone``
        on the day itself; ``answer_rate`` (answered over asked) and ``retention_rate`` (stayed over stayed and gone),
        ``None`` where there are none.
    """
    asked = rows.filter(falls_on__lte=clock.today()).exclude(state=State.WITHDRAWN).order_by()
    counts = {
        "asked": Count("pk"),
        "answered": Count("pk", filter=ANSWERED),
        "unknown": Count("pk", filter=ANSWERED & Q(said=Said.UNKNOWN)),
        "stayed": Count("pk", filter=KNOWN & ~AWAY),
        "gone": Count("pk", filter=KNOWN & AWAY),
    }
    # Some have the names of columns, which an aggregate must not take.
    named = {f"number_{name}": count for name, count in counts.items()}
    if by == By.ALL:
        return [_counted(By.ALL.value, counts, asked.aggregate(**named))]
    path = _KEYS[By(by)]
    return [_counted(str(row[path] or ""), counts, row) for row in asked.values(path).annotate(**named).order_by(path)]


def _counted(key: str, names: Iterable[str], row: Mapping[str, Any]) -> dict[str, Any]:
    counts = {name: row[f"number_{name}"] for name in names}
    return {
        "key": key,
        **counts,
        "answer_rate": rate(counts["answered"], counts["asked"]),
        "retention_rate": rate(counts["stayed"], counts["stayed"] + counts["gone"]),
    }
