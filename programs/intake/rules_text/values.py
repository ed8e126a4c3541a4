"""The words of E01 to E06 and E13: values of one cell."""

from programs.intake.rules_text.text import Text

VALUES: dict[str, Text] = {
    "E01": Text(
        ("缺少必填内容", "Needed value missing"),
        ("“{column}”没有填写，请补填。", "“{column}” is empty; fill it in."),
        (
            "每一行都要说清所指何人何事；人才记录要能认出是谁、在哪个项目、从何时起、结果如何。",
            "A row must say what it is about: of a person who, in which programme, since when, and with what outcome.",
        ),
        (
            "补填该单元格；有条件的栏目，提示中写明了在什么情况下需要。",
            "Fill in the cell; for columns needed in some cases only, the message says which case it is.",
        ),
        {
            "number": (
                "该证件号码不含出生日期，请填写“{column}”。",
                "This document's number carries no birth date, so “{column}” is needed; fill it in.",
            ),
            "trained": (
                "入选方式为“培养”时需要“{column}”，请补填。",
                "“{column}” is needed for a trained person; fill it in.",
            ),
            "introduced": (
                "入选方式为“引进”时需要“{column}”，请补填。",
                "“{column}” is needed for an introduction; fill it in.",
            ),
            "completed": (
                "结果为“完成”时需要“{column}”，请补填；引进人员填到岗日期。",
                "“{column}” is needed when the outcome is completed; fill it in (for an introduction, the day of "
                "arrival).",
            ),
            "postgraduate": (
                "学历为研究生时需要“{column}”，请补填。",
                "“{column}” is needed with postgraduate education; fill it in.",
            ),
            "title": (
                "填写了职称就需要“{column}”，请补填。",
                "“{column}” is needed with a professional title; fill it in.",
            ),
        },
    ),
    "E02": Text(
        ("不在代码表中", "Not in the code table"),
        (
            "“{column}”的值不在代码表中。请从模板的下拉列表中选择名称或填写代码。",
            "The value of “{column}” is not in its code table. Choose a name from the template's list or enter a code.",
        ),
        (
            "统计分组和资格认定都按代码，写法不一就数不到一起。",
            "Counting and qualifying go by codes; spellings of one's own cannot be counted together.",
        ),
        (
            "用代码表中的名称或代码；证件、职称和学历的旧称、现称都可以。",
            "Use a name or code of the table; old and current names of documents, titles and levels both do.",
        ),
        {
            "heading": (
                "“{column}”填的是大类，不是具体的一项。请选择大类下的具体名称或代码。",
                "“{column}” holds a group and not one of its values. Choose a name or code within the group.",
            ),
        },
    ),
    "E03": Text(
        ("不是日期", "Not a date"),
        (
            "“{column}”不是日期，或没有这一天。请写成 2019-03-01 的样子。",
            "“{column}” is no date, or there is no such day. Write it like 2019-03-01.",
        ),
        ("期限、时点和资格都从日期算起。", "Periods, as-of figures and qualifying days are counted from dates."),
        (
            "可用 2019-03-01、2019/3/1、2019.3.1、20190301、2019年3月1日，或表格的日期格式；年份在 1900 至 2100 之间。",
            "2019-03-01, 2019/3/1, 2019.3.1, 20190301, 2019年3月1日 or a spreadsheet's date do; years 1900 to 2100.",
        ),
        {
            "month": (
                "“{column}”只有年月。出生日期需要写到日，如 1990-03-01。",
                "“{column}” gives a month only. A birth date needs its day, like 1990-03-01.",
            ),
        },
    ),
    "E04": Text(
        ("证件号码不符合规则", "ID number fails its pattern or check"),
        (
            "“{column}”与证件类型的规则不符，请对照证件核对。",
            "“{column}” fails the rule of its document; compare it with the document.",
        ),
        (
            "号码是认人的依据：错一位就成了另一个人，或查无此人。",
            "The number is what a person is known by: one digit wrong is somebody else, or nobody.",
        ),
        (
            "先核对证件类型，再逐位核对号码；号码单元格请设为文本格式。",
            "Check the document type first, then the number digit by digit; keep the cell in text format.",
        ),
        {
            "fifteen": (
                "“{column}”是 15 位旧号码，不再受理。请填写 18 位号码。",
                "“{column}” has 15 digits, the old form, which is not taken any more. Enter the 18-digit number.",
            ),
            "eighteen": (
                "“{column}”应为 18 位：17 位数字加 1 位数字或 X。请对照证件改正。",
                "“{column}” must have 18 characters: 17 digits and a digit or X. Correct it from the document.",
            ),
            "residence_permit": (
                "“{column}”与居住证类型不符：港澳为 810000 或 820000、台湾为 830000 开头的 18 位。请核对类型和号码。",
                "“{column}” does not fit the residence permit: 18 digits from 810000 or 820000 (Hong Kong, Macao) or "
                "830000 (Taiwan). Check the type and the number.",
            ),
            "residence_card": (
                "“{column}”应为 9 开头的 18 位，或旧卡的 3 个字母加 12 位数字。请对照证件改正。",
                "“{column}” must be 18 digits from 9, or on older cards 3 letters and 12 digits. Correct it from the "
                "card.",
            ),
            "pass": (
                "“{column}”应为 H 或 M 加 8 位或 10 位数字，或 HA、MA 加 7 位数字。请对照证件改正。",
                "“{column}” must be H or M with 8 or 10 digits, or HA or MA with 7. Correct it from the permit.",
            ),
            "taiwan_pass": (
                "“{column}”应为 8 位数字。请对照证件改正。",
                "“{column}” must have 8 digits. Correct it from the permit.",
            ),
            "passport": (
                "“{column}”应为 5 至 9 位字母和数字，中间不带空格或符号。请对照护照改正。",
                "“{column}” must have 5 to 9 letters and digits and nothing between them. Correct it from the "
                "passport.",
            ),
            "birth": (
                "“{column}”中的出生日期（第 7 至 14 位）没有这一天。请对照证件改正。",
                "The birth date in “{column}” (characters 7 to 14) is no real day. Correct it from the document.",
            ),
            "future": (
                "“{column}”中的出生日期（第 7 至 14 位）在今天之后。请对照证件改正。",
                "The birth date in “{column}” (characters 7 to 14) lies in the future. Correct it from the document.",
            ),
            "check": (
                "“{column}”的校验位不对，至少有一位抄错。请对照证件逐位核对。",
                "The check digit of “{column}” does not fit: at least one digit is wrong. Compare it with the "
                "document.",
            ),
        },
    ),
    "E05": Text(
        ("号码被表格软件破坏", "Number damaged by a spreadsheet"),
        (
            "“{column}”被表格软件当作数字保存，后面的数字已经丢失，无法恢复。请把单元格设为文本格式，按原件重新录入。",
            "A spreadsheet kept “{column}” as a number and lost its last digits; they cannot be restored. "
            "Set the cell to text and retype it from the original.",
        ),
        (
            "表格软件只保留 15 位有效数字，丢掉的几位有上百种可能，猜出来的号码不能用。",
            "A spreadsheet keeps 15 digits; a hundred numbers fit what is left, and a guessed one is of no use.",
        ),
        (
            "先把整列设为文本格式，再重新录入；从其他系统导出时选择“文本”导入该列。",
            "Set the whole column to text first, then retype; when importing from another system, import it as text.",
        ),
    ),
    "E06": Text(
        ("与证件号码不一致", "Disagrees with the ID number"),
        (
            "“{column}”与证件号码所载的不一致。请核对两处，改正错的一处。",
            "“{column}” disagrees with what the ID number carries. Check both and correct the wrong one.",
        ),
        (
            "号码本身带有出生日期和性别，不一致说明有一处填错，往往是整行错位。",
            "The number carries birth date and gender; where they differ one is wrong, often because lines have "
            "slipped.",
        ),
        (
            "对照证件核对；也可以清空出生日期或性别，系统以号码为准。",
            "Compare with the document; or clear the birth date or gender, and the number says it.",
        ),
    ),
    "E13": Text(
        ("不是数字，或超出范围", "Not a number, or out of range"),
        (
            "“{column}”不是数字。请只填数字，不带单位，如 12。",
            "“{column}” is no number. Enter digits alone, without a unit, like 12.",
        ),
        ("人数、课时和金额要能相加。", "Heads, hours and amounts must add up."),
        (
            "只填数字，可带千位分隔逗号；单位写在栏目名称里，不写在单元格里。",
            "Enter digits alone, commas between thousands if you like; the unit belongs into the header, not into the "
            "cell.",
        ),
        {
            "whole": (
                "“{column}”应为整数。请去掉小数。",
                "“{column}” must be a whole number; leave out the fraction.",
            ),
            "places": (
                "“{column}”最多保留 {places} 位小数。",
                "“{column}” may have {places} decimals at most.",
            ),
            "least": (
                "“{column}”不能小于 {least}。请核对。",
                "“{column}” must be {least} or more; check it.",
            ),
            "most": (
                "“{column}”不能大于 {most}。请核对。",
                "“{column}” must be {most} or less; check it.",
            ),
        },
    ),
}
