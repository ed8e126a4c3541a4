"""Indicators as they are answered and shown."""

from decimal import Decimal
from typing import Any

from programs.targets.indicators.selectors import Known


def plain(value: Decimal) -> str:
    """A value without places that say nothing: ``12.5``, ``100``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def separated(value: Decimal) -> str:
    """The same with separators: ``12,345.5``."""
    whole, point, places = plain(value).partition(".")
    return f"{int(whole):,}{point}{places}"


def answered(one: Known) -> dict[str, Any]:
    """An indicator with its latest value, as it is answered."""
    indicator, latest = one.indicator, one.latest
    names = ("code", "name_zh", "name_en", "unit_zh", "unit_en", "direction", "said_zh", "said_en", "source")
    return {
        **{name: getattr(indicator, name) for name in names},
        "plan": indicator.plan.code,
        "goal": plain(indicator.goal),
        "value": plain(latest.value) if latest else None,
        "value_as_of": latest.as_of if latest else None,
        "value_source": latest.source if latest else "",
        "completion_rate": one.completion_rate,
        "reached": one.reached,
    }
