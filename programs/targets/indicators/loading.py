"""Putting a plan file's indicators into force."""

from django.utils.translation import gettext as _

from programs.targets.indicators.models import Indicator, IndicatorValue
from programs.targets.models import Plan
from programs.targets.planfile import PlanFile

_STATED = ("name_zh", "name_en", "unit_zh", "unit_en", "goal", "direction", "said_zh", "said_en", "source")


def check_indicators(plan: PlanFile) -> None:
    """Refuse a plan file that takes another plan's indicator, or lacks one that has values.

    Raises:
        BadPlan: the first of these.
    """
    owners = dict(Indicator.objects.values_list("code", "plan__code"))
    for one in plan.indicators:
        owner = owners.get(one.code, plan.code)
        if owner != plan.code:
            told = _("names “%(code)s”, which belongs to the plan %(owner)s; give it another code")
            raise plan.bad(f"{one.place}.code", told % {"code": one.code, "owner": owner})
    for indicator in _gone(plan):
        if IndicatorValue.objects.filter(indicator=indicator).exists():
            told = _("lack %(indicator)s, of which values were reported and which stays with the plan")
            raise plan.bad("indicators", told % {"indicator": indicator.code})


def put_indicators(plan: PlanFile, row: Plan) -> None:
    """Take the indicators over as the file states them; those that it no longer names leave."""
    for position, entry in enumerate(plan.indicators):
        stated = {name: getattr(entry, name) for name in _STATED}
        Indicator.objects.update_or_create(code=entry.code, defaults={**stated, "plan": row, "position": position})
    for indicator in _gone(plan):
        indicator.delete()


def _gone(plan: PlanFile) -> list[Indicator]:
    named = [one.code for one in plan.indicators]
    return list(Indicator.objects.filter(plan__code=plan.code).exclude(code__in=named))
