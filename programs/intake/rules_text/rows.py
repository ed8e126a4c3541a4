"""The words of E07 to E12: rows against programmes, certificates, each other and the books."""

from programs.intake.rules_text.text import Text

ROWS: dict[str, Text] = {
    "E07": Text(
        ("同一文件内重复", "Twice in one file"),
        (
            "同一人在同一项目、班次中已出现在第 {first_row} 行，以第 {first_row} 行为准。请删除本行，"
            "或改正号码、项目或班次。",
            "Row {first_row} already reports this person for the same programme and cohort, and it stands. "
            "Delete this row, or correct its number, programme or cohort.",
        ),
        (
            "一个人在一个班次里只有一条记录，重复的行不知以哪一行为准。",
            "One person has one record in one cohort; of two rows nobody knows which one holds.",
        ),
        ("保留正确的一行，删除其余的行。", "Keep the row that is right and delete the others."),
    ),
    "E08": Text(
        ("项目或班次不符", "Programme or cohort that does not fit"),
        ("“{column}”不能用于本行，请核对。", "“{column}” cannot be used for this row; check it."),
        (
            "只能报送本单位参加的项目和本单位的班次。",
            "An organisation reports on the programmes it takes part in and on its own cohorts.",
        ),
        (
            "下载最新模板，从下拉列表中选择；列表中没有的，请联系市人社局建立。",
            "Download a fresh template and choose from its lists; ask the HR bureau to set up what is not in them.",
        ),
        {
            "unknown": (
                "没有这个“{column}”，或它不属于本单位。请从模板的下拉列表中选择。",
                "There is no such “{column}”, or it is not this organisation's. Choose one from the template's list.",
            ),
            "path": (
                "该项目的入选方式与本行不同。请改正项目编号或入选方式。",
                "The programme is of the other path. Correct the programme code or the path.",
            ),
            "programme": (
                "该班次不属于本行的项目。请改正班次编号或项目编号。",
                "The cohort belongs to another programme than this row's. Correct the cohort code or the programme "
                "code.",
            ),
            "introduction": (
                "引进人员没有班次。请清空“{column}”，或改正入选方式。",
                "An introduction has no cohort. Clear “{column}”, or correct the path.",
            ),
        },
    ),
    "E09": Text(
        ("日期先后或范围不对", "Days out of order or out of range"),
        ("“{column}”的日期不合理，请核对。", "“{column}” cannot be right; check the date."),
        (
            "开始和完成要落在班次（没有班次的落在项目）之内，并且已经发生。",
            "Start and completion lie within the cohort, or the programme where there is none, and have happened.",
        ),
        (
            "核对年份和月日；班次日期本身有误时，请联系市人社局改正班次。",
            "Check year, month and day; if the cohort's own dates are wrong, ask the HR bureau to correct the cohort.",
        ),
        {
            "order": (
                "“{column}”早于开始日期。请核对这两个日期。",
                "“{column}” lies before the start. Check both dates.",
            ),
            "future": (
                "“{column}”在今天之后，尚未发生。请改正日期；尚未完成的，结果填“在读”。",
                "“{column}” lies in the future. Correct it; who has not completed yet is in progress.",
            ),
            "birth": (
                "“{column}”不晚于出生日期。请核对这两个日期。",
                "“{column}” is not after the birth date. Check both dates.",
            ),
            "cohort": (
                "“{column}”不在班次期间（{first} 至 {last}）内。请核对日期和班次。",
                "“{column}” lies outside the cohort ({first} to {last}). Check the date and the cohort.",
            ),
            "programme": (
                "“{column}”不在项目期间（{first} 至 {last}）内。请核对日期和项目。",
                "“{column}” lies outside the programme ({first} to {last}). Check the date and the programme.",
            ),
        },
    ),
    "E10": Text(
        ("统一社会信用代码有误", "Unified social credit code fails its check"),
        (
            "“{column}”应为 18 位，且校验位不符。请对照营业执照或登记证书改正。",
            "“{column}” is no valid code of 18 characters: its check character does not fit. "
            "Correct it from the business licence or registration certificate.",
        ),
        (
            "代码用来认定用人单位，错一位就成了另一家单位。",
            "The code is what an employer is known by; one character wrong is another employer.",
        ),
        (
            "代码中没有字母 I、O、S、V、Z，常见的错误是把 0 写成 O、1 写成 I。",
            "The code has no letters I, O, S, V, Z; O for 0 and I for 1 are the usual slips.",
        ),
    ),
    "E11": Text(
        ("学历证书编号结构不符", "Education certificate number of a wrong structure"),
        (
            "“{column}”的结构不对：应为 18 位（2001、2002 年的为 17 位），依次为学校 5 位、类别 1 位、年份 4 "
            "位、层次 2 位、顺序号。"
            "请对照证书改正。",
            "“{column}” has a wrong structure: 18 digits (17 for 2001 and 2002), namely school 5, type 1, year 4, "
            "level 2 "
            "and a serial number. Correct it from the certificate.",
        ),
        (
            "编号可据以查验学历；位数不对说明抄漏了或填成了学位证书编号。",
            "By this number the education can be looked up; a wrong length is a slip, or a degree certificate's "
            "number.",
        ),
        (
            "填毕业证书上的电子注册编号，不是学位证书编号，也不是在线验证码；没有编号的请留空。",
            "Enter the registration number of the graduation certificate, no degree certificate's number and no online "
            "verification code; leave it empty if there is none.",
        ),
    ),
    "E12": Text(
        ("姓名与号码不符", "Another name for the same number"),
        (
            "“{column}”与该证件号码已有记录的姓名不一致，本行暂不采纳；提交后由工作人员核实。请先核对姓名和号码。",
            "“{column}” differs from the name on record for this number. The row is not taken; once the file is "
            "confirmed "
            "an officer looks into it. Check the name and the number first.",
        ),
        (
            "同一号码出现两个姓名，可能是改名，也可能是号码抄错，要由人来认定。",
            "Two names for one number: somebody changed their name, or a number was copied wrongly. A person decides.",
        ),
        (
            "核对证件；确属同一人的，等工作人员认定后再报送一次即可。",
            "Check the document; if it is one person, send the row again once an officer has said so.",
        ),
        {
            "file": (
                "“{column}”与第 {first_row} 行同一证件号码的姓名不一致，以第 {first_row} 行为准。"
                "请核对两行的姓名和号码。",
                "“{column}” differs from the name that row {first_row} gives for the same number, and that row stands. "
                "Check the names and numbers of both rows.",
            ),
        },
    ),
}
