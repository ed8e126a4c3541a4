"""The figures of a snapshot as rows, and a restatement as plain values."""

from collections.abc import Iterator, Mapping
from typing import Any

from backend.naming import in_english
from programs.snapshots import telling
from programs.snapshots.models import Snapshot
from programs.snapshots.restating import Restated, Restatement
from programs.targets.parameters import told

WHOLE, COURSE = "whole", "month"
FIGURE_COLUMNS = (
    *("target", "part", "key", "label", "achieved", "goal", "remaining"),
    *("completion_rate", "elapsed_rate", "pace", "required_pace", "cumulative", "plan"),
)


def figure_rows(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """Every number of a snapshot: by target the whole figure, each part of each dimension, and each month."""
    for target in snapshot.content["targets"]:
        figure = target["figure"]
        shared = FIGURE_COLUMNS[4:11]
        yield _row(target, WHOLE, "", label_of(target), **{name: figure[name] for name in shared})
        for by, parts in target["breakdown"].items():
            for part in parts:
                yield _row(target, by, part["key"], label_of(part), achieved=part["achieved"])
        for point in target["course"]:
            numbers = {"achieved": point["increment"], "cumulative": point["cumulative"], "plan": point["plan"]}
            yield _row(target, COURSE, point["period"], point["period"], **numbers)


def label_of(frozen: Mapping[str, Any]) -> str:
    """What a frozen plan, target or part is called in the reader's language."""
    language = "en" if in_english() else "zh"
    return str(frozen.get(language) or frozen.get(f"name_{language}") or frozen.get("name_zh"))


def restated(restatement: Restatement) -> dict[str, Any]:
    """A restatement with its sentences in the reader's language."""
    snapshot = restatement.snapshot
    return {
        "id": snapshot.pk,
        **told(restatement.moment),
        "published_known_at": snapshot.known_at,
        "published_at": snapshot.published_at,
        "changed": restatement.changed,
        "rule": {"then": snapshot.rule, "now": restatement.rule_now, "changed": restatement.rule_changed},
        "targets": [_target(restatement, one) for one in restatement.targets],
        "text": telling.text(restatement),
    }


def _target(restatement: Restatement, one: Restated) -> dict[str, Any]:
    names = ("goal", "achieved", "remaining", "completion_rate")
    return {
        "target": one.code,
        "then": {name: one.then[name] for name in names},
        "now": one.now and {name: one.now[name] for name in names},
        "delta": one.delta,
        "goal_changed": one.goal_changed,
        "reproduced": one.reproduced,
        "entries": [
            {"reason": it.reason, "delta": it.delta, "counted": it.counted, "taken_back": it.taken_back}
            for it in one.moved
        ],
        "parts": {
            by: [
                {"key": part.key, "label": part.label, "then": part.then, "now": part.now, "delta": part.delta}
                for part in parts
            ]
            for by, parts in one.parts.items()
        },
        "text": telling.told_of(restatement, one),
    }


def _row(target: Mapping[str, Any], part: str, key: str, label: str, **numbers: Any) -> dict[str, Any]:
    known = {"target": target["code"], "part": part, "key": key, "label": label, **numbers}
    return {name: known.get(name) for name in FIGURE_COLUMNS}
