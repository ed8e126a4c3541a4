"""How many reports were expected, how many came, how many in time: by the formulas of ``docs/rates.md``."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts.models import User
from programs.periods.models import Obligation
from programs.periods.selectors import obligations

State = Obligation.State
REPORTS = Q(kind=Obligation.Kind.REPORTING)
RECEIVED = Q(state__in=[State.REPORTED, State.CONFIRMED_ZERO])
ON_TIME = RECEIVED & Q(on_time=True)
LATE = RECEIVED & Q(on_time=False)


class By(models.TextChoices):
    """What the rates are taken for, one row each."""

    PERIOD = "period", lazy("Period")
    ORGANISATION = "organisation", lazy("Organisation")
    PROGRAMME = "programme", lazy("Programme")
    ALL = "all", lazy("Everything together")


_PROGRAMME = "organisation__programmes"
_KEYS = {
    By.PERIOD: ("period__code", ("period__starts_on", "period__code")),
    By.ORGANISATION: ("organisation__code", ("organisation__code",)),
    By.PROGRAMME: (f"{_PROGRAMME}__code", (f"{_PROGRAMME}__code",)),
}


def due_over(rows: QuerySet[Obligation]) -> QuerySet[Obligation]:
    """Those whose due day is over, which alone are judged: what is not due yet is neither good nor bad."""
    return rows.filter(due_on__lt=clock.today())


def punctuality() -> Case:
    """Of one report what the on-time rate is of many: 1 on time, 0 late or overdue, none where it cannot be said yet.

    Over reports whose due day is over, its mean without the nones is the on-time rate.
    """
    return Case(
        When(ON_TIME, then=Value(1.0)),
        When(LATE | _overdue(), then=Value(0.0)),
        default=None,
        output_field=models.FloatField(),
    )


def _overdue() -> Q:
    return Q(state=State.MISSING, due_on__lt=clock.today())


def rates(
    actor: User | None,
    by: str = By.ALL,
    rows: QuerySet[Obligation] | None = None,
    kind: str = Obligation.Kind.REPORTING,
) -> list[dict[str, Any]]:
    """The counts and rates of the reports that ``actor`` may see, one row for each period, organisation or programme.

    Args:
        by: one of :class:`By`; ``all`` gives exactly one row, also where nothing is owed.
        rows: obligations of ``selectors.obligations(actor)``, narrowed; all whose due day is over, if it is not given.
        kind: of which kind of obligation; the kinds are never counted together.

    Returns:
        ``key``, then counts: ``expected`` (owed and not excused), ``reported``, ``confirmed_zero``, ``received`` (the
        two together), ``on_time``, ``late``, ``missing``, ``overdue`` (missing, and the due day over), ``excused``;
        then ``reporting_rate`` (received over expected) and ``on_time_rate`` (on time over expected), 1 being the
        whole, ``None`` where nothing was expected.
    """
    chosen = (due_over(obligations(actor)) if rows is None else rows).filter(kind=kind).order_by()
    counts = {
        "expected": Count("pk", filter=~Q(state=State.EXCUSED)),
        "reported": Count("pk", filter=Q(state=State.REPORTED)),
        "confirmed_zero": Count("pk", filter=Q(state=State.CONFIRMED_ZERO)),
        "received": Count("pk", filter=RECEIVED),
        "on_time": Count("pk", filter=ON_TIME),
        "late": Count("pk", filter=LATE),
        "missing": Count("pk", filter=Q(state=State.MISSING)),
        "overdue": Count("pk", filter=_overdue()),
        "excused": Count("pk", filter=Q(state=State.EXCUSED)),
    }
    # Some have the names of columns, which an aggregate must not take.
    named = {f"number_{name}": count for name, count in counts.items()}
    if by == By.ALL:
        return [_counted(By.ALL.value, counts, chosen.aggregate(**named))]
    if by == By.PROGRAMME:
        chosen = chosen.filter(of_programmes())
    path, ordering = _KEYS[By(by)]
    grouped = chosen.values(*dict.fromkeys((path, *ordering))).annotate(**named).order_by(*ordering)
    return [_counted(row[path], counts, row) for row in grouped]


def of_programmes(**named: Any) -> Q:
    """The condition that joins an obligation with each programme for which it is owed.

    Args:
        named: further conditions on the programme (``code="P"``).
    """
    within = Q(
        **{f"{_PROGRAMME}__starts_on__lte": F("period__ends_on"), f"{_PROGRAMME}__ends_on__gte": F("period__starts_on")}
    )
    scheme = Q(period__scheme=None) | Q(period__scheme__programme=None)
    scheme |= Q(period__scheme__programme=F(_PROGRAMME))
    return within & scheme & Q(**{f"{_PROGRAMME}__{name}": value for name, value in named.items()})


def _counted(key: str, names: Iterable[str], row: Mapping[str, Any]) -> dict[str, Any]:
    counts = {name: row[f"number_{name}"] for name in names}
    return {
        "key": key,
        **counts,
        "reporting_rate": rate(counts["received"], counts["expected"]),
        "on_time_rate": rate(counts["on_time"], counts["expected"]),
    }


def rate(part: int, whole: int) -> float | None:
    """``part`` over ``whole``, to four places; none on a base of nothing."""
    return round(part / whole, 4) if whole else None
