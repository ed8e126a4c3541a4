"""The words of W01 to W07: what passes and is worth a look."""

from programs.intake.rules_text.text import Text

WARNINGS: dict[str, Text] = {
    "W01": Text(
        ("学历证书编号与学历或院校不一致", "Certificate number at odds with level or school"),
        ("“{column}”与本行的学历不一致，请核对。", "“{column}” disagrees with the row's education; check both."),
        (
            "编号里有院校和层次，不一致时查验学历多半通不过。",
            "The number carries school and level; where they differ the certificate will hardly stand a look-up.",
        ),
        (
            "对照毕业证书核对学历、院校和编号；确实无误的可以不改。",
            "Compare education, school and number with the certificate; leave them if they are right.",
        ),
        {
            "level": (
                "“{column}”的层次（第 11、12 位）与学历不一致。请对照毕业证书核对。",
                "The level in “{column}” (digits 11 and 12) disagrees with the education. Compare with the "
                "certificate.",
            ),
            "school": (
                "“{column}”的院校代码（前 5 位）与毕业院校不一致。请对照毕业证书核对。",
                "The school in “{column}” (its first five digits) is not the school named. Compare with the "
                "certificate.",
            ),
        },
    ),
    "W02": Text(
        ("高层次人才缺少证书编号", "High-end without a certificate number"),
        (
            "本行会使此人计入高层次人才，但没有填写“{column}”。请补填，以便核验。",
            "This row would make its person high-end, but “{column}” is empty. Add it, so that it can be verified.",
        ),
        (
            "计入高层次的学历或职称要能核验，编号是核验的线索。",
            "An education or title that makes a person high-end must be open to verification; the number is the way "
            "to it.",
        ),
        (
            "补填毕业证书编号或职称证书编号；有一项即可。",
            "Enter the number of the education certificate or of the title certificate; one of them does.",
        ),
    ),
    "W03": Text(
        ("迟报", "Reported late"),
        (
            "“{column}”在 {limit} 之前，比报送期早三期或更多。请确认年份无误；迟报仍会采纳。",
            "“{column}” lies before {limit}, three or more periods before the one reported. Make sure of the year; "
            "a late report is still taken.",
        ),
        (
            "迟报会改动以前各期的数字，也常常是年份写错。",
            "A late report moves figures of earlier periods, and often it is only a wrong year.",
        ),
        ("年份有误请改正；确属迟报的不用改。", "Correct the year if it is wrong; leave it if the report is just late."),
    ),
    "W04": Text(
        ("已由其他单位报送", "Already reported by another organisation"),
        (
            "“{column}”对应的人员已由其他单位报送。本行仍会采纳，此人全市只计一次。",
            "The person with this “{column}” is already reported by another organisation. The row is taken; "
            "the person counts once for the whole city.",
        ),
        ("一个人全市只计一次，先完成者计入。", "A person counts once city-wide, for whoever completed them first."),
        ("号码无误就不用改。", "Nothing needs doing if the number is right."),
    ),
    "W05": Text(
        ("已代为改动，请过目", "Changed on reading, worth a look"),
        ("“{column}”的内容在读取时作了改动，请过目。", "“{column}” was changed on reading; have a look."),
        (
            "改动有把握但不是原样，要让填报人知道。",
            "The change is a safe one, but it is not what was written, so its writer is told.",
        ),
        (
            "改动不对的，请在文件中改成正确的内容再上传。",
            "If the change is wrong, write the right value and upload again.",
        ),
        {
            "replaced": (
                "“{column}”中有旧字体或部首字符，已换成通用汉字“{name}”。请核对。",
                "“{column}” held a character of an old font or a radical, now replaced: “{name}”. Check it.",
            ),
            "unreadable": (
                "“{column}”中有无法显示的字（“{name}”），可能在转存时丢失。请对照证件重新录入。",
                "“{column}” holds a character that cannot be shown (“{name}”); it may have been lost on the way. "
                "Retype it from the document.",
            ),
            "month": (
                "“{column}”只有年月，按 {day} 处理。请补上日期。",
                "“{column}” gives a month only and is taken as {day}. Add the day.",
            ),
        },
    ),
    "W06": Text(
        ("证书编号重复", "Certificate number of another person"),
        (
            "“{column}”已登记在另一人名下。请对照证书核对；本行仍会采纳。",
            "“{column}” stands on another person already. Compare with the certificate; the row is still taken.",
        ),
        (
            "一本证书只属于一个人，编号重复常常是复制时错行，也可能是假证。",
            "A certificate is one person's; a number on two is a line copied wrongly, or a false certificate.",
        ),
        (
            "编号有误请改正；无误的等待工作人员核验。",
            "Correct the number if it is wrong; otherwise an officer verifies it.",
        ),
        {
            "file": (
                "“{column}”与第 {first_row} 行另一人的证书编号相同。请对照证书核对两行；本行仍会采纳。",
                "“{column}” is the certificate number of another person in row {first_row}. Compare both rows with the "
                "certificates; the row is still taken.",
            ),
        },
    ),
    "W07": Text(
        ("模板以外的栏目", "Columns that the template does not know"),
        (
            "这些栏目不在模板中，已忽略：{columns}。名称写错的请按模板改正。",
            "These columns are not in the template and were ignored: {columns}. Correct those that are misspelt.",
        ),
        (
            "多出的栏目不影响报送，但写错名称的栏目会被当作没有填。",
            "Further columns do no harm, but a misspelt one counts as not filled in.",
        ),
        ("与模板的表头对照一遍。", "Compare the header row with the template's."),
    ),
}
