"""``positions/1``: what employers need people for, as rows."""

from typing import TYPE_CHECKING

from programs.intake.layout import Column
from programs.intake.rules import CELLS, ERROR, ROWS, WARNING, rule
from programs.intake.templates.template import Template
from programs.recruitment.rules_text import POSITIONS as SAID

if TYPE_CHECKING:
    from programs.intake.templates.work import Work

CODE = "positions/1"
COLUMNS = (
    Column("ref", "岗位编号", "Position reference", "yes", "text", aliases=("编号", "Reference")),
    Column("title", "岗位名称", "Job title", "yes", "text", prose=True),
    Column("occupation", "职业", "Occupation", "yes", "code", aliases=("职业编码", "Occupation code")),
    Column("level", "层次", "Level", "yes", "code"),
    Column("wanted", "需求人数", "People wanted", "yes", "number", least=1, most=100_000),
    Column("segment", "业态", "Segment", "no", "code"),
    Column("district", "工作区县", "District", "no", "code"),
    Column("opened_on", "开放日期", "Open since", "no", "date"),
    Column("open_until", "截止日期", "Open until", "yes", "date", month="last"),
    Column("notes", "备注", "Notes", "no", "text", prose=True),
)
LONGEST = {"ref": 40, "title": 200, "notes": 2000}

RULES = (
    rule("P01", ERROR, CELLS, ("opened_on", "open_until"), SAID["P01"]),
    rule("P02", ERROR, ROWS, ("ref",), SAID["P02"]),
    rule("P03", WARNING, ROWS, ("wanted",), SAID["P03"], adjustable=True),
    rule("P04", WARNING, ROWS, ("ref",), SAID["P04"], adjustable=True),
    rule("P05", ERROR, CELLS, tuple(LONGEST), SAID["P05"]),
)


def _work() -> "type[Work]":
    from programs.recruitment.positions_work import PositionsWork

    return PositionsWork


POSITIONS = Template(code=CODE, zh="岗位需求", en="Positions", columns=COLUMNS, rules=RULES, work=_work)
