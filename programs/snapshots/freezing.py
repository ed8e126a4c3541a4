"""What a snapshot holds: a plan's figures read at one moment, with every label in both languages."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils import translation

from backend.accounts.models import User
from programs.snapshots.canonical import written
from programs.targets import selectors
from programs.targets.books import Moment
from programs.targets.loading import rules_in_force
from programs.targets.models import Plan, Target
from programs.targets.readings import Reading
from programs.targets.selectors import DIMENSIONS

LANGUAGES = {"zh": "zh-hans", "en": "en"}
COURSE = "month"


def freeze(actor: User, plan: Plan, moment: Moment) -> dict[str, Any]:
    """A plan and its targets at a moment, as plain values.

    A target has its ``figure`` as it is shown, its ``breakdown`` by each dimension as a list of ``{key, zh, en,
    achieved}``, and its ``course`` by month.
    """
    return {
        "plan": {
            "code": plan.code,
            "name_zh": plan.name_zh,
            "name_en": plan.name_en,
            "starts_on": plan.starts_on.isoformat(),
            "ends_on": plan.ends_on.isoformat(),
            "source": plain(plan.source),
        },
        "targets": [_target(actor, target, moment) for target in selectors.targets(actor).filter(plan=plan)],
    }


def rule_in_force(plan: Plan) -> str:
    """The digest of who counts by the plan as it is in force; goals and names have no part in it."""
    rules = {
        code: {
            "span": plain(span),
            "qualifying": sorted("|".join(map(str, entry)) for entry in entries),
        }
        for code, (span, entries) in rules_in_force(plan.code).items()
    }
    return hashlib.sha256(written(rules).encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON holds it: days and moments as texts, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def parts_of(reading: Reading, by: str) -> list[dict[str, Any]]:
    """The parts of a figure by one dimension: ``{key, zh, en, achieved, still_here}``."""
    labels: dict[str, dict[str, str]] = {}
    for name, language in LANGUAGES.items():
        with translation.override(language):
            parts = reading.parts(by)
            labels[name] = {part.key: part.label for part in parts}
    return [
        {
            "key": part.key,
            **{name: labels[name][part.key] for name in LANGUAGES},
            "achieved": part.achieved,
            "still_here": part.still_here,
        }
        for part in parts
    ]


def _target(actor: User, target: Target, moment: Moment) -> dict[str, Any]:
    reading = Reading(actor, target, moment)
    asked = reading.terms.target
    return {
        "code": target.code,
        "name_zh": asked.name_zh,
        "name_en": asked.name_en,
        "counts": list(target.counts),
        "starts_on": asked.starts_on.isoformat(),
        "ends_on": asked.ends_on.isoformat(),
        "figure": plain(asdict(reading.figure())) | {"still_here": reading.still_here()},
        "breakdown": {by: parts_of(reading, by) for by in DIMENSIONS},
        "course": [plain(asdict(point)) for point in reading.course(COURSE)],
    }
