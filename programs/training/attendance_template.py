"""``attendance/1``: how often people were there, sent as a file or as rows; what a form and a call go by as well."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from backend.accounts.models import Organisation, User
from programs.catalogue import selectors as catalogue
from programs.intake.layout import Column
from programs.intake.rules import CELLS, ERROR, ROWS, WARNING, rule
from programs.intake.rules_text import Text
from programs.intake.templates.template import Template

if TYPE_CHECKING:
    from programs.intake.templates.work import Work

CODE = "attendance/1"
MOST_SESSIONS = MOST_HOURS = 10_000

COLUMNS = (
    Column("cohort", "班次编号", "Cohort code", "yes", "text"),
    Column("record", "记录编号", "Record", "no", "number", aliases=("在册编号",), least=1),
    Column("partner_ref", "人员编号", "Partner reference", "no", "text"),
    Column("id_type", "证件类型", "ID type", "no", "code"),
    Column("id_number", "证件号码", "ID number", "no", "number_text", masked=True),
    Column("sessions_held", "应出勤课次", "Sessions held", "no", "number", least=0, most=MOST_SESSIONS),
    Column("sessions_attended", "实际出勤课次", "Sessions attended", "no", "number", least=0, most=MOST_SESSIONS),
    Column("hours", "出勤课时", "Hours attended", "no", "decimal", least=0, most=MOST_HOURS, places=1),
    Column("until", "截至日期", "Up to", "yes", "date", month="last"),
    Column("withdrawal_reason", "退出原因", "Why withdrawn", "no", "code"),
)

_SUMMED = ("出勤率、课时和退出原因由这些行累计得出。", "Attendance, hours and reasons are summed up from these rows.")

RULES = (
    rule(
        "A01",
        ERROR,
        CELLS,
        ("cohort",),
        Text(
            ("没有这个班次", "No such cohort"),
            (
                "没有编号为此的本单位班次，请核对“{column}”。",
                "Your organisation has no cohort of this code; look at “{column}” again.",
            ),
            ("出勤登记在班次之下。", "Attendance is noted under a cohort."),
            (
                "使用本单位班次的编号；没有的班次可以申请新建。",
                "Use a code of your own cohorts; a missing one can be asked for.",
            ),
        ),
    ),
    rule(
        "A02",
        ERROR,
        CELLS,
        ("sessions_held", "sessions_attended"),
        Text(
            ("课次不成立", "Sessions that cannot be"),
            (
                "实际出勤 {attended} 次多于应出勤 {held} 次，请更正其中一个。",
                "{attended} sessions attended of {held} held cannot be; mend one of the two.",
            ),
            _SUMMED,
            ("两个数字都填，实际出勤不多于应出勤。", "Give both numbers; no more can be attended than were held."),
            {"pair": ("请同时填写应出勤和实际出勤课次。", "Give both: sessions held, and sessions attended.")},
        ),
    ),
    rule(
        "A03",
        ERROR,
        CELLS,
        ("sessions_held",),
        Text(
            ("没有任何内容", "Nothing is told"),
            (
                "此行没有课次、课时，也没有退出原因，请至少填写一项。",
                "This row has neither sessions nor hours nor a reason; fill in one of them.",
            ),
            _SUMMED,
            ("填写课次、课时或退出原因，或删除该行。", "Fill in sessions, hours or a reason, or take the row out."),
        ),
    ),
    rule(
        "A04",
        ERROR,
        ROWS,
        ("record", "partner_ref", "id_number"),
        Text(
            ("找不到在册人员", "Nobody enrolled is found"),
            (
                "按“{column}”在班次 {cohort} 中没有找到本单位在册的人员，请核对。",
                "Nobody of yours in cohort {cohort} is found by “{column}”; look at it again.",
            ),
            (
                "出勤只能登记在已上报、未被拒绝或撤回的人员名下。",
                "Attendance is noted of people who were reported, and neither rejected nor taken back.",
            ),
            (
                "填写记录编号、人员编号或证件类型和号码中的一种；先上报人员，再登记出勤。",
                "Give the record, the partner reference, or type and number of the document; report people first.",
            ),
            {
                "nobody": (
                    "请填写记录编号、人员编号或证件类型和号码，以便知道是谁。",
                    "Say who it is: by record, partner reference, or type and number of the document.",
                ),
                "several": (
                    "班次 {cohort} 中有多名在册人员的“{column}”相同，请改用记录编号。",
                    "Several people in cohort {cohort} have this “{column}”; name the record instead.",
                ),
                "disagree": (
                    "“{column}”与本行其他编号指向的不是同一人，请核对。",
                    "“{column}” leads to somebody else than the row's other numbers; look at them again.",
                ),
            },
        ),
    ),
    rule(
        "A05",
        ERROR,
        ROWS,
        ("until",),
        Text(
            ("日期不在在班期间", "A day outside their time in the cohort"),
            (
                "“{column}”应在此人在班期间（{first} 至 {last}）之内，请更正。",
                "“{column}” must lie in this person's time in the cohort, {first} to {last}; mend it.",
            ),
            ("出勤截至某一天，那一天不能在入班之前、结班之后或将来。", "Attendance is up to a day that has come."),
            (
                "填写入班之后、结班和今天之前（含）的日期。",
                "Give a day from their start on, up to the cohort's end and today.",
            ),
        ),
    ),
    rule(
        "A06",
        ERROR,
        ROWS,
        ("withdrawal_reason",),
        Text(
            ("未上报退出", "Not reported as withdrawn"),
            (
                "此人未上报为“退出”，不能填写“{column}”；请先上报退出。",
                "This person is not reported as withdrawn; report that first, then “{column}”.",
            ),
            ("退出原因只统计上报为退出的人员。", "Reasons are counted of those who are reported as withdrawn."),
            (
                "先在人才记录中把结果改为“退出”，或清空此格。",
                "Report the outcome “withdrawn” first, or clear the cell.",
            ),
        ),
    ),
    rule(
        "A07",
        ERROR,
        ROWS,
        ("cohort",),
        Text(
            ("同一人重复", "The same person twice"),
            (
                "此人在本文件第 {first_row} 行已出现，请只保留一行。",
                "This person stands in row {first_row} already; leave one of the two.",
            ),
            _SUMMED,
            ("每人每班次一行，填累计数。", "One row for each person and cohort, with what it comes to so far."),
        ),
    ),
    rule(
        "A08",
        WARNING,
        ROWS,
        ("until",),
        Text(
            ("早于已登记的日期", "Before what is noted already"),
            (
                "此人的出勤已登记到 {standing}，本行只到 {until}，请确认不是旧表。",
                "This person's attendance is noted up to {standing}, and this row goes to {until}: an old sheet?",
            ),
            (
                "新的汇总取代旧的；日期倒退往往是误用旧表。",
                "A summary stands in place of the one before; an earlier day often is an old sheet.",
            ),
            ("确认无误可照常提交。", "Where it is meant so, confirm it."),
        ),
        adjustable=True,
    ),
)


def _work() -> "type[Work]":
    from programs.training.attendance_work import AttendanceWork

    return AttendanceWork


def _choices(actor: User, organisation: Organisation | None) -> Mapping[str, Sequence[tuple[str, str]]]:
    cohorts = catalogue.cohorts(actor).order_by("-starts_on", "code")
    if organisation is not None:
        cohorts = cohorts.filter(organisation=organisation)
    return {"cohort": [(one.code, one.code) for one in cohorts]}


ATTENDANCE = Template(
    code=CODE,
    zh="出勤汇总",
    en="Attendance",
    kinds=frozenset({Organisation.Kind.UNIVERSITY, Organisation.Kind.TRAINING_PROVIDER, Organisation.Kind.EMPLOYER}),
    columns=COLUMNS,
    rules=RULES,
    document=("id_type", "id_number"),
    work=_work,
    choices=_choices,
)
