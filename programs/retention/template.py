"""The template ``retention/1``: answers to questions of who has stayed, by file.

Who is asked after stands in it already (``prefilling``); what is read back is the question's number and the answer.
The name is compared, so that an answer that slipped into another's row in a spreadsheet is not taken.
"""

from typing import TYPE_CHECKING

from programs.intake.layout import Choice, Column
from programs.intake.rules import ERROR, rule
from programs.intake.rules_text import Text
from programs.intake.templates.template import Template
from programs.retention.models import Said

if TYPE_CHECKING:
    from programs.intake.templates.work import Work

CODE = "retention/1"
SAID = (
    Choice(Said.STAYS, "仍在岗", "Still here", ("在岗", "在职", "仍在")),
    Choice(Said.LEFT, "已离开", "Has left", ("离职", "离开", "已离职")),
    Choice(Said.CAME_BACK, "离开后返回", "Left and came back", ("返回", "已返回", "回流")),
    Choice(Said.EMPLOYED_HERE, "在本市就业", "Employed here", ("本市就业", "市内就业")),
    Choice(Said.EMPLOYED_ELSEWHERE, "在外地就业", "Employed elsewhere", ("外地就业", "市外就业")),
    Choice(Said.NOT_EMPLOYED, "未就业", "Not employed", ("待业",)),
    Choice(Said.UNKNOWN, "不详", "Unknown", ("未知", "不清楚")),
)
COLUMNS = (
    Column("check", "问题编号", "Question", "yes", "number", least=1),
    Column("name", "姓名", "Name", "no", "name"),
    Column("id_number", "证件号码", "ID number", "no", "text", masked=True),
    Column("partner_ref", "人员编号", "Partner reference", "no", "text"),
    Column("since", "到岗或结业日期", "Came on", "no", "text"),
    Column("falls_on", "询问日期", "Asked of", "no", "text"),
    Column("answer", "答复", "Answer", "conditional", "code", choices=SAID),
    Column("left_on", "离开日期", "Left on", "conditional", "date", month="none"),
    Column("returned_on", "返回日期", "Back on", "conditional", "date", month="none"),
    Column("reason", "离开原因", "Reason", "conditional", "code", table="leaving_reason"),
    Column("note", "备注", "Note", "no", "text", prose=True),
)

WHICH = Text(
    title=("没有这个问题", "There is no such question"),
    message=("没有编号为 {value} 的问题，或它不是问贵单位的。", "There is no question {value}, or it is not yours."),
    intent=("答复只能给到问过的人。", "Only who was asked after is answered for."),
    guidance=(
        "请重新下载预填的表格，不要改动问题编号。",
        "Download the prefilled sheet again and leave the questions' numbers alone.",
    ),
    reasons={
        "not_asked": (
            "问题 {value} 不再询问：记录已撤回，或已知此人已离开。",
            "Question {value} is not asked any more: the record was taken back, or they are known to have left.",
        ),
        "period_locked": (
            "问题 {value} 所属的周期已锁定，请联系人社局重新开放。",
            "The period of question {value} is locked. Ask the bureau to reopen it.",
        ),
    },
)
TWICE = Text(
    title=("同一问题答了两次", "A question is answered twice"),
    message=("第 {first_row} 行已答复这个问题。", "Row {first_row} answers this question already."),
    intent=("一个问题只有一个答复。", "A question has one answer."),
    guidance=("请只保留一行。", "Keep one of the rows."),
)
SLIPPED = Text(
    title=("姓名与问题不符", "The name is another's"),
    message=("问题 {check} 问的不是“{value}”。", "Question {check} is not about “{value}”."),
    intent=(
        "表格排序时只选了部分列，答复会落到别人名下。",
        "A sheet that was sorted by some of its columns gives everybody another's answer.",
    ),
    guidance=("请重新下载预填的表格并整行排序。", "Download the prefilled sheet again, and sort whole rows."),
)
WHAT = Text(
    title=("答复不能这样填", "The answer cannot be so"),
    message=("请填写答复。", "Give an answer."),
    intent=(
        "引进的人问是否在岗，培养的人问是否就业；同一天不能既在岗又离开。",
        "Who was introduced is asked after at the employer, who was trained in employment; and nobody is away and here"
        " on one day.",
    ),
    guidance=("请从列表中选择适合此人的答复。", "Choose an answer of the list that suits the person."),
    reasons={
        "not_for_path": (
            "这个答复不适用于此人：引进的填仍在岗、已离开、离开后返回或不详；"
            "培养的填在本市就业、在外地就业、未就业、离开后返回或不详。",
            "It does not suit: of who was introduced answer still here, has left, left and came back or unknown; of who"
            " was trained employed here, employed elsewhere, not employed, left and came back or unknown.",
        ),
        "too_early": (
            "问的是 {day} 的情况，请从那天起答复；离开的情况知道后即可填报。",
            "It is asked of {day}. Answer from that day on; a departure may be told as soon as it is known.",
        ),
        "contradicts": (
            "与另一问题的答复矛盾：按它 {day} 的情况不是这样。请先改正那个答复，或填离开后返回。",
            "The answer to another question says otherwise of {day}. Mend that one first, or answer that they came"
            " back.",
        ),
    },
)
LEFT_ON = Text(
    title=("离开日期不对", "The day of leaving is wrong"),
    message=("请填写离开日期：从哪天起不在。", "Say since which day they are not there any more."),
    intent=("“仍在”一数从离开当天起减去。", "The second figure is less from the day of leaving on."),
    guidance=("日期不早于到岗或结业，也不在将来。", "Not before they came, and not in the future."),
    reasons={
        "before_arrival": ("{day} 才到岗或结业，不会在此之前离开。", "They came on {day} and cannot have left before."),
        "future": ("这一天还没有到，到了再填报。", "This day is still to come. Tell of it once it has."),
        "not_asked": ("没有离开的人不填离开日期。", "Only who has left has a day of leaving."),
    },
)
RETURNED_ON = Text(
    title=("返回日期不对", "The day of return is wrong"),
    message=("请填写返回日期：从哪天起又在。", "Say since which day they are back."),
    intent=("返回的人从那天起又算“仍在”。", "Who came back is still here again from that day on."),
    guidance=("日期晚于离开日期，也不在将来。", "After the day of leaving, and not in the future."),
    reasons={
        "before_leaving": (
            "{day} 才离开，返回须在其后。",
            "They left on {day} and cannot have come back before the day after.",
        ),
        "future": ("这一天还没有到，到了再填报。", "This day is still to come. Tell of it once it has."),
        "not_asked": ("只有离开后返回的人填返回日期。", "Only who came back has such a day."),
    },
)
REASON = Text(
    title=("离开原因不对", "The reason is wrong"),
    message=("请填写离开原因；不知道可填不详。", "Say why they left; “not known” is among the reasons."),
    intent=("人为什么走，和走了多少一样要紧。", "Why people leave matters as much as how many do."),
    guidance=("请从列表中选择。", "Choose one of the list."),
    reasons={"not_asked": ("没有离开的人不填离开原因。", "Only who has left has a reason.")},
)
NOTE = Text(
    title=("备注太长", "The note is too long"),
    message=("请写在 {most} 个字以内。", "Say it in {most} characters at most."),
    intent=("备注只作说明。", "A note only explains."),
    guidance=("请写短一些。", "Make it shorter."),
)

RULES = (
    rule("S01", ERROR, "rows", ("check",), WHICH),
    rule("S02", ERROR, "rows", ("check",), TWICE),
    rule("S03", ERROR, "rows", ("name",), SLIPPED),
    rule("S04", ERROR, "rows", ("answer",), WHAT),
    rule("S05", ERROR, "rows", ("left_on",), LEFT_ON),
    rule("S06", ERROR, "rows", ("returned_on",), RETURNED_ON),
    rule("S07", ERROR, "rows", ("reason",), REASON),
    rule("S08", ERROR, "rows", ("note",), NOTE),
)


def _work() -> "type[Work]":
    from programs.retention.template_work import RetentionWork

    return RetentionWork


RETENTION = Template(code=CODE, zh="在岗与就业答复", en="Who has stayed", columns=COLUMNS, rules=RULES, work=_work)
