"""``candidates/1``: whom an organisation would like to bring in, as rows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Q

from backend.accounts.models import Organisation, User
from programs.intake.layout import Choice, Column
from programs.intake.rules import CELLS, ERROR, ROWS, WARNING, rule
from programs.intake.templates.template import Template
from programs.recruitment.rules_text import CANDIDATES as SAID
from programs.submissions.templates import PARTNERS

if TYPE_CHECKING:
    from programs.intake.templates.work import Work

CODE = "candidates/1"
STAGES = (
    Choice("sourced", "寻访", "Sourced"),
    Choice("applied", "应聘", "Application", ("Applied",)),
    Choice("screened", "初筛", "Screening", ("Screened",)),
    Choice("interview", "面试", "Interview"),
    Choice("offer", "录用意向", "Offer"),
    Choice("accepted", "接受录用", "Offer accepted", ("Accepted",)),
    Choice("declined", "未录用", "Turned down", ("Declined",)),
    Choice("withdrawn", "主动退出", "Stepped back", ("Withdrawn",)),
)
"""Where somebody may stand when they are entered; having arrived is reported and not entered."""

COLUMNS = (
    Column("ref", "候选人编号", "Candidate reference", "no", "text", aliases=("编号", "Reference")),
    Column("name", "姓名", "Name", "yes", "name"),
    Column("id_type", "证件类型", "ID type", "no", "code"),
    Column("id_number", "证件号码", "ID number", "no", "number_text", masked=True),
    Column("gender", "性别", "Gender", "no", "code"),
    Column("birth_date", "出生日期", "Date of birth", "no", "date", month="none"),
    Column("mobile", "手机号码", "Mobile", "no", "number_text", masked=True),
    Column("email", "电子邮箱", "E-mail", "no", "text", masked=True),
    Column("education", "学历", "Education", "no", "code"),
    Column("school", "毕业院校", "School", "no", "text", prose=True),
    Column("graduated_on", "毕业日期", "Graduated on", "no", "date", month="last"),
    Column("education_cert_no", "学历证书编号", "Education certificate no.", "no", "number_text", masked=True),
    Column("title", "职称", "Professional title", "no", "code"),
    Column("title_awarded_on", "职称取得日期", "Title awarded on", "no", "date", month="last"),
    Column("title_cert_no", "职称证书编号", "Title certificate no.", "no", "number_text", masked=True),
    Column("source", "来源", "Source", "yes", "code", table="candidate_source"),
    Column("campaign", "引才活动编号", "Campaign code", "no", "text"),
    Column("position", "岗位编号", "Position reference", "no", "text"),
    Column("owner", "负责人", "Looked after by", "no", "text"),
    Column("stage", "阶段", "Stage", "no", "code", choices=STAGES),
    Column("day", "阶段日期", "In the stage since", "no", "date"),
    Column("notes", "备注", "Notes", "no", "text", prose=True),
)
MOVING = ("stage", "day")
"""Columns that say where somebody stands, which is told at entry alone."""

LONGEST = {"ref": 60, "name": 200, "mobile": 40, "email": 200, "school": 200, "notes": 2000} | dict.fromkeys(
    ("id_number", "education_cert_no", "title_cert_no"), 60
)

RULES = (
    rule("C01", ERROR, CELLS, ("campaign",), SAID["C01"]),
    rule("C02", ERROR, CELLS, ("position",), SAID["C02"]),
    rule("C03", ERROR, CELLS, ("birth_date", "graduated_on", "title_awarded_on", "day"), SAID["C03"]),
    rule("C04", ERROR, ROWS, ("id_number", "ref"), SAID["C04"]),
    rule("C05", ERROR, ROWS, ("ref",), SAID["C05"]),
    rule("C06", ERROR, ROWS, ("name",), SAID["C06"]),
    rule("C07", WARNING, ROWS, ("stage",), SAID["C07"], adjustable=True),
    rule("C08", ERROR, CELLS, ("owner",), SAID["C08"]),
    rule("C09", ERROR, CELLS, tuple(LONGEST), SAID["C09"]),
)


def _work() -> "type[Work]":
    from programs.recruitment.candidates_work import CandidatesWork

    return CandidatesWork


def _choices(actor: User, organisation: Organisation | None) -> dict[str, Sequence[tuple[str, str]]]:
    from programs.recruitment import selectors

    campaigns = selectors.introductions(actor)
    wanted = selectors.positions(actor).filter(Q(state="open"))
    people = User.objects.filter(is_active=True)
    if organisation is not None and organisation.kind != Organisation.Kind.BUREAU:
        campaigns = campaigns.filter(organisations=organisation)
        wanted = wanted.filter(organisation=organisation)
        people = people.filter(organisation=organisation)
    elif organisation is None:
        # Of nobody in particular: what is everybody's alone.
        wanted, people = wanted.none(), people.none()
    return {
        "campaign": [(one.code, f"{one.code} {one.name_zh}") for one in campaigns.order_by("code")],
        "position": [(one.ref, f"{one.ref} {one.title}") for one in wanted.order_by("ref")],
        "owner": [(name, name) for name in people.order_by("username").values_list("username", flat=True)],
    }


CANDIDATES = Template(
    code=CODE,
    zh="候选人",
    en="Candidates",
    kinds=PARTNERS | {Organisation.Kind.BUREAU},
    columns=COLUMNS,
    rules=RULES,
    also=("W04",),
    document=("id_type", "id_number"),
    work=_work,
    choices=_choices,
)
