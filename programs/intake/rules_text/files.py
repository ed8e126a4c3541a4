"""The words of F01 to F06: files that are refused whole."""

from programs.intake.rules_text.text import Text

FILES: dict[str, Text] = {
    "F01": Text(
        ("无法读取的文件", "Unreadable file"),
        (
            "文件不是可读取的 CSV、XLSX 或 XLS：{reason}。请从模板重新导出后上传。",
            "The file is no readable CSV, XLSX or XLS: {reason}. Export it again from the template and upload it.",
        ),
        (
            "按内容而不是按文件名识别格式，不是表格的文件不进入后面的检查。",
            "A file is known by its content, not by its name; what is no table goes no further.",
        ),
        (
            "在表格软件中打开原表，另存为 XLSX 或 UTF-8 编码的 CSV，再上传。",
            "Open the table in a spreadsheet, save it as XLSX or as CSV in UTF-8, and upload that.",
        ),
        {
            "encoding": (
                "{reason}（第 {line} 行）。请另存为 UTF-8 编码的 CSV 后上传。",
                "Line {line}: {reason}. Save the file as CSV in UTF-8 and upload it.",
            ),
            "mixed": (
                "{reason}（第 {line} 行）。请统一编码后上传。",
                "Line {line}: {reason}. Save the whole file in one encoding and upload it.",
            ),
            "quote": (
                "{reason}（第 {line} 行）。请补上缺少的引号后上传。",
                "Line {line}: {reason}. Add the missing quote and upload the file.",
            ),
            "cell": (
                "{reason}（第 {line} 行）。请改正后上传。",
                "Line {line}: {reason}. Correct it and upload the file.",
            ),
            "record": (
                "第 {line} 条：{reason}。请改正后重新提交。",
                "Record {line}: {reason}. Correct it and send the records again.",
            ),
        },
    ),
    "F02": Text(
        ("缺少必需的栏目，或栏目重复", "Needed column missing, or a header twice"),
        (
            "缺少的必需栏目：{missing}；重复的栏目：{doubled}。请按模板改正表头后上传。",
            "Needed columns missing: {missing}; headers that appear twice: {doubled}. Mend the header row and upload.",
        ),
        (
            "没有这些栏目就不知道报送的是谁、参加了什么；栏目重复就不知道以哪一列为准。",
            "Without these columns nobody knows who is reported and for what; of two columns nobody knows which one "
            "holds.",
        ),
        (
            "以模板的表头为准，栏目名用代码、中文或英文均可，顺序不限。",
            "Take the header row from the template; codes, Chinese and English names do, in any order.",
        ),
    ),
    "F03": Text(
        ("没有数据行", "No data row"),
        (
            "表头下面没有数据行。请填写后上传；本期确无人员请在报送任务中确认零报。",
            "There is no data row below the header. Fill in the rows; if there is nobody to report, confirm zero "
            "instead.",
        ),
        ("空表不算报送。", "An empty table is no report."),
        (
            "确认打开的是填写好的工作表；本期没有人员时，在报送任务里确认零报，不要上传空表。",
            "Make sure that the filled sheet is the visible one; for a period without people confirm zero, send no "
            "file.",
        ),
    ),
    "F04": Text(
        ("超过大小或行数上限", "Over the size or row limit"),
        (
            "文件超过上限：{reason} {found}，上限 {limit}。请拆成几个文件分别上传。",
            "The file is over the limit: {reason} {found}, at most {limit}. Split it and upload the parts.",
        ),
        ("保证每个文件都能在几秒内检查完。", "So that every file can be checked within seconds."),
        (
            "按班次或项目拆分；各文件互为补充，不会覆盖其他文件中的人员。",
            "Split it by cohort or programme; files add to each other, none takes away what another one reported.",
        ),
    ),
    "F05": Text(
        ("有密码保护", "Protected by a password"),
        (
            "文件有密码保护，无法读取。请取消密码后上传。",
            "The file is protected by a password and cannot be read. Remove the password and upload it.",
        ),
        ("检查需要读到内容；上传和保存时系统自行加密。", "The checks must read it; the system encrypts what it keeps."),
        (
            "在表格软件中取消“打开密码”，保存后再上传。",
            "Remove the password for opening in the spreadsheet, save, and upload again.",
        ),
    ),
    "F06": Text(
        ("展开后异常的文件", "File that unpacks to too much"),
        (
            "文件异常，已停止读取：{reason}。请把数据复制到新的工作簿后上传。",
            "The file was not read to its end: {reason}. Copy the data into a new workbook and upload that.",
        ),
        (
            "防止压缩炸弹、虚报范围的工作表和 XML 实体拖垮系统。",
            "Keeps archive bombs, sheets that claim what they do not fill, and XML entities from harming the system.",
        ),
        (
            "把数据区域复制、选择性粘贴为值到新建的工作簿，保存后上传。",
            "Copy the filled range and paste its values into a new workbook, save it, and upload that.",
        ),
    ),
}
