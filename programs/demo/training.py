"""What the demonstration's programmes teach, ask for and cost, and how their cohorts go: all made up here."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rich import box
from rich.table import Table

from programs.demo.client import Api
from programs.demo.screen import Screen, percent

Check = Callable[..., None]

LAID_DOWN: Mapping[str, Mapping[str, Any]] = {
    "GY-BD-TRAIN": {
        "funding_source": "municipal",
        "areas": (
            {
                "code": "STORE",
                "name_zh": "分布式存储与计算",
                "name_en": "Distributed storage and computing",
                "hours": 96,
            },
            {
                "code": "WAREHOUSE",
                "name_zh": "数据仓库与治理",
                "name_en": "Data warehousing and governance",
                "hours": 64,
            },
            {"code": "MINING", "name_zh": "数据挖掘与机器学习", "name_en": "Mining and machine learning", "hours": 80},
            {"code": "VISUAL", "name_zh": "数据可视化", "name_en": "Visualisation", "hours": 32.5},
            {"code": "PROJECT", "name_zh": "企业实战项目", "name_en": "A project at a company", "hours": 120},
        ),
        "requirements": (
            {"education": "31"},
            {
                "title": "083",
                "years": 2,
                "text_zh": "从事数据相关工作，由所在单位推荐。",
                "text_en": "Works with data, and is recommended by the employer.",
            },
        ),
    },
    "GY-BD-JOINT": {
        "funding_source": "provincial",
        "areas": (
            {"code": "THEORY", "name_zh": "大数据理论基础", "name_en": "Foundations of big data", "hours": 144},
            {"code": "METHOD", "name_zh": "统计与因果推断", "name_en": "Statistics and causal inference", "hours": 96},
            {"code": "BASE", "name_zh": "基地联合课题", "name_en": "Joint work at the base", "hours": 320},
        ),
        "requirements": (
            {"education": "21", "text_zh": "在读研究生，导师同意。", "text_en": "A postgraduate, with consent."},
        ),
    },
}
"""By programme, what is laid down about it besides its days."""

CONTACTS: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "GZU-BD-2019-WINTER": (
        {"name": "蒋老师", "role": "班主任", "email": "jiang.gzu@example.com", "phone": "0851-00000001"},
        {"name": "骆工", "role": "企业导师", "email": "luo.mentor@example.com"},
    ),
    "GZU-DS-2019-WINTER": ({"name": "谭老师", "role": "班主任", "email": "tan.gzu@example.com"},),
    "GZU-JOINT-2018": ({"name": "俞老师", "role": "基地负责人", "email": "yu.gzu@example.com"},),
    "GUFE-STAT-2019": ({"name": "汪老师", "role": "班主任", "email": "wang.gufe@example.com"},),
}
"""By cohort, whom to speak to."""


def _line(cohort: str, source: str, purpose: str, planned_yuan: int, spent_yuan: int) -> dict[str, Any]:
    return {
        "cohort": cohort,
        "funding_source": source,
        "purpose": purpose,
        "planned_fen": planned_yuan * 100,
        "spent_fen": spent_yuan * 100,
    }


BUDGETS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "GY-BD-TRAIN": (
        _line("", "municipal", "统一考核与证书", 600_000, 214_500),
        _line("GZU-BD-2018-SPRING", "municipal", "授课与实训", 60_000, 48_240),
        _line("GZU-BD-2019-WINTER", "municipal", "授课与实训", 1_650_000, 1_598_300),
        _line("GZU-BD-2019-WINTER", "employer", "企业实训场地", 240_000, 262_000),
        _line("GZU-DS-2019-WINTER", "municipal", "授课与实训", 1_100_000, 1_043_750),
        _line("GUFE-STAT-2019", "municipal", "授课与实训", 820_000, 391_000),
        _line("GUFE-STAT-2019", "provider", "教材", 60_000, 58_420),
    ),
    "GY-BD-JOINT": (
        _line("GZU-JOINT-2018", "provincial", "基地运行与课题", 2_400_000, 2_037_600),
        _line("GZU-JOINT-2018", "employer", "企业导师津贴", 480_000, 455_000),
    ),
}
"""By programme, its budget; a line without a cohort is the programme's own."""

SESSIONS = {"GZU-BD-2019-WINTER": (60, 4), "GZU-DS-2019-WINTER": (64, 4), "GZU-JOINT-2018": (120, 3)}
"""By cohort, how many sessions were held, and of how many hours each."""
REASONS = ("employment", "employment", "study", "absence", "health", "")


class Training:
    """The part of the walk that is about cohorts: attendance noted by the university, figures read by the manager.

    Args:
        screen: where it is shown.
        check: told whether something holds.
    """

    def __init__(self, screen: Screen, check: Check) -> None:
        self.screen = screen
        self._check = check

    def run(self, *, university: Api, manager: Api) -> None:
        """Notes who was there how often, and shows how the cohorts go."""
        self.screen.step(_("The university notes attendance, and the manager sees how each cohort goes"))
        noted = sum(self._note(university, cohort) for cohort in SESSIONS)
        self.screen.say(_("%(count)d attendance summaries noted") % {"count": noted})
        cohorts = [one for one in manager.every("training/cohorts/") if one["enrolled"]]
        self._table(cohorts)
        counted = all(one["in_progress"] + one["completed"] + one["withdrawn"] == one["enrolled"] for one in cohorts)
        heads = sum(one["heads"]["all"] for one in cohorts)
        trained = sum(
            part["achieved"] for part in manager.every("targets/all/breakdown/", by="path") if part["key"] == "trained"
        )
        self._check(
            counted and heads == trained,
            _("The cohorts' heads add up to the %(count)d trained people who count.") % {"count": trained},
            f"{heads} ≠ {trained}",
        )
        for one in manager.every("training/conflicts/"):
            self.screen.say(f"{one['cohort'] or one['programme']}: {one['message']} {one['advice']}")

    def _note(self, university: Api, cohort: str) -> int:
        """Summaries for everybody of one cohort; who was there how often follows from their partner reference."""
        held, each = SESSIONS[cohort]
        members = list(university.every(f"cohorts/{cohort}/attendance/"))
        rows = [_summary(member, held, each) for member in members]
        if not rows:
            return 0
        return int(university.put(f"cohorts/{cohort}/attendance/", {"rows": rows})["noted"])

    def _table(self, cohorts: list[dict[str, Any]]) -> None:
        table = Table(box=box.SIMPLE_HEAD)
        table.add_column(_("Cohort"), no_wrap=True)
        for title in (_("Enrolled"), _("Places left"), _("Completed"), _("Withdrawn"), _("Attendance"), _("Yuan each")):
            table.add_column(title, justify="right", overflow="fold")
        for one in cohorts:
            cost = one["cost_per_completion_fen"]
            table.add_row(
                one["code"],
                f"{one['enrolled']:,}",
                "–" if one["places_left"] is None else f"{one['places_left']:,}",
                _rate(one["completion_rate"]),
                _rate(one["dropout_rate"]),
                _rate(one["attendance_rate"]),
                "–" if cost is None else f"{cost / 100:,.0f}",
            )
        self.screen.console.print(table)


def _rate(value: float | None) -> str:
    return "–" if value is None else percent(value)


def _summary(member: Mapping[str, Any], held: int, each: int) -> dict[str, Any]:
    """How often somebody was there: most nearly always, who withdrew less than half of the time."""
    turn = int("".join(sign for sign in member["partner_ref"] if sign.isdigit()) or 0)
    missed = turn % 7 + (held // 2 if member["outcome"] == "withdrawn" else 0)
    until = member["completed_on"] or member["started_on"]
    return {
        "record": member["record"],
        "sessions_held": held,
        "sessions_attended": max(held - missed, 0),
        "hours": max(held - missed, 0) * each,
        "until": until,
        "withdrawal_reason": REASONS[turn % len(REASONS)] if member["outcome"] == "withdrawn" else "",
    }
