"""Reading indicators and their values. They are the bureau's: a partner sees none of them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, QuerySet

from backend.accounts.models import User
from backend.accounts.scope import visible
from programs.targets.books import Moment
from programs.targets.indicators.models import Indicator, IndicatorValue


@dataclass(frozen=True, slots=True)
class Known:
    """An indicator with the latest value that was known of it, or ``None``."""

    indicator: Indicator
    latest: IndicatorValue | None

    @property
    def completion_rate(self) -> float | None:
        """The value over the goal; ``None`` without a value, and where the goal is a ceiling."""
        if self.latest is None or self.indicator.direction != Indicator.Direction.AT_LEAST:
            return None
        return round(float(self.latest.value / self.indicator.goal), 6)

    @property
    def reached(self) -> bool | None:
        """Whether the value is what the goal asks for; ``None`` without one."""
        if self.latest is None:
            return None
        value, goal = self.latest.value, self.indicator.goal
        return value >= goal if self.indicator.direction == Indicator.Direction.AT_LEAST else value <= goal


def indicators(actor: User | None) -> QuerySet[Indicator]:
    """The indicators of every plan, in the order of their plan's file."""
    found = Indicator.objects.select_related("plan").order_by("plan__code", "position")
    return _for_the_bureau(found, actor)


def reported(actor: User | None, indicator: Indicator, moment: Moment) -> QuerySet[IndicatorValue]:
    """Every value reported of an indicator for a day up to the moment's, as known then, corrected ones too.

    Each says whether it is ``superseded``: corrected by a later one for the same day, which was known as well.
    """
    later = IndicatorValue.objects.filter(
        indicator=OuterRef("indicator"),
        as_of=OuterRef("as_of"),
        recorded_at__gt=OuterRef("recorded_at"),
        recorded_at__lte=moment.known_at,
    )
    found = IndicatorValue.objects.filter(
        indicator=indicator, as_of__lte=moment.as_of, recorded_at__lte=moment.known_at
    ).annotate(superseded=ExpressionWrapper(Exists(later), output_field=BooleanField()))
    return _for_the_bureau(found.select_related("indicator", "reported_by"), actor)


def known(actor: User | None, found: Iterable[Indicator], moment: Moment) -> list[Known]:
    """Indicators with the latest value of each: of the last day, as it was known at the moment."""
    wanted = list(found)
    values = IndicatorValue.objects.filter(
        indicator__in=wanted, as_of__lte=moment.as_of, recorded_at__lte=moment.known_at
    )
    latest = _for_the_bureau(values, actor).order_by("indicator", "-as_of", "-recorded_at").distinct("indicator")
    by_indicator = {one.indicator_id: one for one in latest}
    return [Known(one, by_indicator.get(one.pk)) for one in wanted]


def courses(actor: User | None, found: Iterable[Indicator], moment: Moment) -> dict[int, list[tuple[dt.date, Decimal]]]:
    """By indicator its values by day, as they were known at the moment, the earliest day first."""
    rows = IndicatorValue.objects.filter(
        indicator__in=list(found), as_of__lte=moment.as_of, recorded_at__lte=moment.known_at
    )
    latest = _for_the_bureau(rows, actor).order_by("indicator", "as_of", "-recorded_at").distinct("indicator", "as_of")
    courses: dict[int, list[tuple[dt.date, Decimal]]] = {}
    for one in latest:
        courses.setdefault(one.indicator_id, []).append((one.as_of, one.value))
    return courses


def _for_the_bureau(queryset: QuerySet, actor: User | None) -> QuerySet:
    # No row here belongs to a partner's organisation: ``visible`` lets staff through, and a partner to nothing.
    return visible(queryset, actor) if actor is None or actor.sees_everything else queryset.none()
