"""Snapshots that are in no database: frozen by the same arithmetic as published ones, from heads by day."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from programs.snapshots.freezing import plain
from programs.snapshots.models import Snapshot
from programs.targets.figures import Landing, Reason, Span, figure
from programs.targets.models import Plan
from programs.targets.series import course

FIRST, LAST = dt.date(2018, 1, 1), dt.date(2020, 12, 31)
AS_OF = dt.date(2019, 6, 30)
KNOWN_AT = dt.datetime(2019, 7, 3, 9, 12, 33, 123456, tzinfo=dt.UTC)
SPAN = Span(FIRST, LAST)
UNKNOWN = Landing(reason=Reason("too_few_months", 1, 6))
LANDS = Landing(low=3_900, median=4_700, high=5_600, probability=0.31)
ORGANISATIONS = [
    *("贵州大学", "贵州财经大学", "贵州师范大学", "贵阳学院", "贵州民族大学", "贵州理工学院", "贵州医科大学"),
    *(
        "贵阳高新技术产业开发区人才服务中心",
        "贵州轻工职业技术学院",
        "贵州电子信息职业技术学院",
        "贵州白山云科技股份有限公司",
    ),
    "朗玛信息技术股份有限公司",
]
DISTRICTS = [("520102", "南明区", "Nanming"), ("520103", "云岩区", "Yunyan"), ("unspecified", "未填", "Not given")]


def target(
    code: str,
    heads: Mapping[dt.date, int],
    *,
    goal: int = 5_000,
    left: int = 0,
    as_of: dt.date = AS_OF,
    landing: Landing = UNKNOWN,
    parts: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> dict[str, Any]:
    """A target as it is frozen; ``left`` of its heads have left, on its last day."""
    known = {day: count for day, count in heads.items() if day <= as_of}
    told = figure(goal=goal, span=SPAN, heads=known, as_of=as_of, landing=landing)
    gone = {max(known, default=FIRST): -left}
    points = course(by="month", goal=goal, span=SPAN, heads=known, as_of=as_of, departures=gone)
    return {
        "code": code,
        "name_zh": {"high-end": "高端大数据人才", "all": "各类大数据人才"}.get(code, code),
        "name_en": {"high-end": "High-end big-data talents", "all": "Big-data talents of all kinds"}.get(code, code),
        "counts": [code],
        "starts_on": FIRST.isoformat(),
        "ends_on": LAST.isoformat(),
        "figure": plain(asdict(told)) | {"still_here": told.achieved - left},
        "breakdown": dict(parts or split(told.achieved, left)),
        "course": [plain(asdict(point)) for point in points],
    }


def split(achieved: int, left: int = 0) -> dict[str, list[dict[str, Any]]]:
    """A figure taken apart by four dimensions, each adding up to it."""
    named = [(f"ORG-{place:02}", name, f"Organisation {place}") for place, name in enumerate(ORGANISATIONS, 1)]
    return {
        "organisation": _shared(named, achieved, left),
        "district": _shared(DISTRICTS, achieved, left),
        "segment": _shared([("core", "核心业态", "Core"), ("related", "关联业态", "Related")], achieved, left),
        "path": _shared([("trained", "培养", "Trained"), ("introduced", "引进", "Introduced")], achieved, left),
    }


def _shared(named: Sequence[tuple[str, str, str]], achieved: int, left: int) -> list[dict[str, Any]]:
    weights = [2 ** max(8 - place, 0) for place in range(len(named))]
    shares = [achieved * weight // sum(weights) for weight in weights]
    shares[0] += achieved - sum(shares)
    return [
        {"key": key, "zh": zh, "en": en, "achieved": share, "still_here": share - (left if not place else 0)}
        for place, ((key, zh, en), share) in enumerate(zip(named, shares, strict=True))
    ]


def snapshot(*targets: dict[str, Any], number: int = 7, as_of: dt.date = AS_OF, pending: int = 0) -> Snapshot:
    """A snapshot as it would be published."""
    plan = Plan(code="digital-valley-2020", name_zh="“中国数谷”人才计划", name_en="China Digital Valley talent plan")
    content = {
        "plan": {
            "code": plan.code,
            "name_zh": plan.name_zh,
            "name_en": plan.name_en,
            "starts_on": FIRST.isoformat(),
            "ends_on": LAST.isoformat(),
            "source": {},
        },
        "targets": list(targets),
    }
    return Snapshot(
        pk=number,
        number=number,
        plan=plan,
        title="半年数据",
        as_of=as_of,
        known_at=KNOWN_AT,
        pending=pending,
        rule="7d1f" * 16,
        content=content,
        digest="93ab" * 16,
        publisher="chen",
        published_at=KNOWN_AT,
    )


def months(values: Sequence[int]) -> dict[dt.date, int]:
    """So many heads in the middle of each month from the plan's first on."""
    return {dt.date(FIRST.year + place // 12, place % 12 + 1, 15): value for place, value in enumerate(values) if value}
