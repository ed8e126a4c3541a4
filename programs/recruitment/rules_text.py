"""The words of P01 to P05 and C01 to C09: what the rows of positions and candidates are checked for."""

from programs.intake.rules_text import Text

POSITIONS: dict[str, Text] = {
    "P01": Text(
        ("岗位日期不合理", "Days of a position out of order"),
        ("“{column}”的日期不合理，请核对。", "“{column}” cannot be right; check the day."),
        (
            "岗位开放后才登记，截止日期不早于开放日期，需求才说得清从何时到何时。",
            "A position is registered once it is open and ends after it begins, so that the demand of a day is known.",
        ),
        ("核对年份和月日后改正。", "Check year, month and day, and correct them."),
        {
            "order": (
                "截止日期早于开放日期。请改正其中之一。",
                "The last day lies before the day of opening. Correct one of the two.",
            ),
            "future": (
                "开放日期晚于今天。岗位开放后再登记。",
                "The day of opening is yet to come. Register the position once it is open.",
            ),
        },
    ),
    "P02": Text(
        ("同一文件内岗位重复", "A position twice in one file"),
        (
            "该编号已出现在第 {first_row} 行，以第 {first_row} 行为准。请删除本行，或改正编号。",
            "Row {first_row} has this reference already, and it stands. Delete this row, or correct its reference.",
        ),
        ("一个岗位编号对应一个岗位。", "One reference names one position."),
        ("保留正确的一行，删除其余的行。", "Keep the row that is right and delete the others."),
    ),
    "P03": Text(
        ("需求人数少于已到岗人数", "Fewer wanted than have arrived"),
        (
            "该岗位已到岗 {arrived} 人，多于本行的需求人数。请核对人数。",
            "{arrived} people have arrived for this position, more than the row wants. Check the number.",
        ),
        ("到岗多于需求，多半是人数填错。", "That more arrived than were wanted is mostly a slip."),
        ("人数无误就不用改。", "Nothing needs doing if the number is right."),
    ),
    "P04": Text(
        ("岗位已关闭", "A position that is closed"),
        (
            "该岗位已关闭。本行会更新其内容，但不会重新开放；需要时请在岗位页面重新开放。",
            "This position is closed. The row changes what is said of it and does not open it; do that on its page.",
        ),
        ("关闭和重新开放要有人决定，不随文件发生。", "Closing and opening are decided by somebody, not by a file."),
        ("仍要招人的，请在岗位页面重新开放。", "If people are still looked for, open it again on its page."),
    ),
    "P05": Text(
        ("内容过长", "Longer than is taken"),
        ("“{column}”超过 {most} 个字符。请缩短。", "“{column}” has more than {most} characters. Shorten it."),
        ("编号和名称要能在列表中辨认。", "References and titles are to be told apart in lists."),
        ("缩短后重新上传，其余内容写入备注。", "Shorten it; what else there is to say goes into the notes."),
    ),
}

CANDIDATES: dict[str, Text] = {
    "C01": Text(
        ("引才活动不符", "Campaign that does not fit"),
        ("“{column}”不能用于本行，请核对。", "“{column}” cannot be used for this row; check it."),
        (
            "候选人只能归入本单位参加的引进类项目。",
            "A candidate belongs to a campaign that the organisation takes part in.",
        ),
        (
            "从模板的下拉列表中选择；列表中没有的，请联系市人社局。",
            "Choose from the template's list; ask the HR bureau for what is not in it.",
        ),
        {
            "unknown": (
                "没有这个“{column}”，或本单位没有参加。请从模板的下拉列表中选择。",
                "There is no such “{column}”, or the organisation takes no part in it. Choose from the list.",
            ),
            "path": (
                "该项目是培养类，引才活动须为引进类项目。请改正编号。",
                "This programme trains people; a campaign introduces them. Correct the code.",
            ),
        },
    ),
    "C02": Text(
        ("岗位不符", "Position that does not fit"),
        ("“{column}”不能用于本行，请核对。", "“{column}” cannot be used for this row; check it."),
        (
            "候选人只能应聘本单位正在招聘的岗位。",
            "A candidate is for a position of the organisation's own that is open.",
        ),
        ("先登记或重新开放岗位，再上传候选人。", "Register the position, or open it again, and then upload."),
        {
            "unknown": (
                "没有这个“{column}”，或它不属于本单位。请先登记岗位，或改正编号。",
                "There is no such “{column}”, or it is not the organisation's. Register it, or correct the reference.",
            ),
            "closed": (
                "该岗位已关闭。请重新开放，或改选其他岗位。",
                "This position is closed. Open it again, or choose another.",
            ),
        },
    ),
    "C03": Text(
        ("日期不合理", "Days that cannot be"),
        ("“{column}”的日期不合理，请核对。", "“{column}” cannot be right; check the day."),
        ("阶段和出生都已经发生。", "Stages have been reached and people have been born."),
        ("核对年份和月日后改正。", "Check year, month and day, and correct them."),
        {
            "future": ("“{column}”晚于今天。请改正。", "“{column}” is yet to come. Correct it."),
            "birth": (
                "“{column}”不早于出生日期。请改正其中之一。",
                "“{column}” lies before birth. Correct one of the two.",
            ),
        },
    ),
    "C04": Text(
        ("同一文件内候选人重复", "A candidate twice in one file"),
        (
            "该候选人已出现在第 {first_row} 行，以第 {first_row} 行为准。请删除本行，或改正“{column}”。",
            "Row {first_row} has this candidate already, and it stands. Delete this row, or correct “{column}”.",
        ),
        ("一个候选人在一个文件中只有一行。", "A candidate has one row in one file."),
        ("保留正确的一行，删除其余的行。", "Keep the row that is right and delete the others."),
    ),
    "C05": Text(
        ("编号与证件对应不同的候选人", "Reference and document of two candidates"),
        (
            "“{column}”属于另一名候选人。请核对编号和证件号码。",
            "“{column}” is another candidate's. Check the reference and the document.",
        ),
        ("一个编号对应一个候选人。", "One reference names one candidate."),
        (
            "改正编号或证件号码；确为另一人的，请另取编号。",
            "Correct one of the two; give somebody else another reference.",
        ),
    ),
    "C06": Text(
        ("候选人已到岗", "A candidate who has arrived"),
        (
            "该候选人已到岗，身份和学历信息不能再由文件修改。请在其记录中更正。",
            "This candidate has arrived; who they are is not changed by a file any more. Mend their record instead.",
        ),
        ("到岗的人以上报的记录为准。", "Of whoever arrived, the record that was reported stands."),
        ("在候选人对应的记录中更正，或从文件中删除本行。", "Mend the record, or take the row out of the file."),
    ),
    "C07": Text(
        ("阶段不随文件变更", "A stage that a file does not change"),
        (
            "该候选人现处于其他阶段。文件只更新信息，不变更阶段；请在看板或候选人页面变更。",
            "This candidate stands elsewhere. A file changes what is known of them, not where they stand; move them on "
            "the board.",
        ),
        ("每次变更都要有日期和原因。", "Each move has its day and its reason."),
        ("需要变更阶段的，请在看板上操作。", "Move them on the board."),
    ),
    "C08": Text(
        ("负责人不存在", "Nobody of this name looks after them"),
        (
            "没有用户名为“{column}”所填内容的本单位用户。请填写登录用户名，或留空。",
            "Nobody of the organisation signs in by what “{column}” says. Give a user name, or leave it empty.",
        ),
        ("负责人要能登录跟进。", "Whoever looks after a candidate signs in."),
        ("填写登录用户名，或留空。", "Give the user name, or leave it empty."),
    ),
    "C09": Text(
        ("内容过长", "Longer than is taken"),
        ("“{column}”超过 {most} 个字符。请缩短。", "“{column}” has more than {most} characters. Shorten it."),
        ("要能在列表中辨认。", "It is to be told apart in lists."),
        ("缩短后重新上传，其余内容写入备注。", "Shorten it; what else there is to say goes into the notes."),
    ),
}
