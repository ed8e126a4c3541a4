"""The words of F01 to F07: files that are refused whole."""

from programs.intake.rules_text.text import Said, Text

SAVE_AS_XLSX: Said = (
    "文件无法读取：{reason}。请在表格软件中打开，另存为 XLSX 后上传。",
    "The file cannot be read: {reason}. Open it in a spreadsheet, save it as XLSX and upload that.",
)
SPLIT_IT: Said = (
    "文件异常，已停止读取：{reason}。请拆成几个文件，或另存为 CSV 后上传。",
    "The file was not read to its end: {reason}. Split it into several files, or save it as CSV, and upload that.",
)

FILES: dict[str, Text] = {
    "F01": Text(
        ("无法读取的文件", "Unreadable file"),
        (
            "文件无法读取：{reason}。请上传按模板填写的 XLSX、XLS 或 CSV 文件。",
            "The file cannot be read: {reason}. Upload the filled-in template as XLSX, XLS or CSV.",
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
            **dict.fromkeys(("html", "xml", "ods", "xlsb", "old"), SAVE_AS_XLSX),
            "json": (
                "文件无法读取：{reason}。请通过接口以 records 提交，或填入模板后上传。",
                "The file cannot be read: {reason}. Send it as records by the API, or fill in the template and upload "
                "that.",
            ),
            "archive": (
                "文件无法读取：{reason}。请解压后上传其中的表格。",
                "The file cannot be read: {reason}. Unpack it and upload the table inside.",
            ),
            "damaged": (
                "文件无法读取：{reason}。请在表格软件中打开原表，重新另存为 XLSX 后上传；只改扩展名不起作用。",
                "The file cannot be read: {reason}. Open the table in a spreadsheet, save it anew as XLSX and upload "
                "that; renaming a file does not help.",
            ),
            "nul": (
                "{reason}（第 {line} 行）。请上传按模板填写的 XLSX，或另存为 UTF-8 编码的 CSV 后上传。",
                "Line {line}: {reason}. Upload the filled-in template as XLSX, or as CSV in UTF-8.",
            ),
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
            "文件超过上限：{reason}（{found}，上限 {limit}）。请拆成几个文件分别上传。",
            "The file is over the limit: {reason} ({found}, at most {limit}). Split it and upload the parts.",
        ),
        ("保证每个文件都能在几秒内检查完。", "So that every file can be checked within seconds."),
        (
            "按班次或项目拆分；各文件互为补充，不会覆盖其他文件中的人员。",
            "Split it by cohort or programme; files add to each other, none takes away what another one reported.",
        ),
        {
            "bytes": (
                "{reason}：{found_mb} MB，上限 {limit_mb} MB。请按班次或项目拆成几个文件分别上传。",
                "The file is over the limit: {reason} ({found_mb} MB, at most {limit_mb} MB). Split it by cohort or "
                "programme and upload the parts.",
            ),
            "rows": (
                "{reason}：{found} 行，上限 {limit} 行。请按班次或项目拆成几个文件分别上传。",
                "The file is over the limit: {reason} ({found}, at most {limit}). Split it by cohort or programme and "
                "upload the parts.",
            ),
            "line": (
                "{reason}（上限 {limit_mb} MB）。请在表格软件中打开检查，另存为 XLSX 后上传。",
                "The file is over the limit: {reason} (at most {limit_mb} MB in a line). Look it over in a "
                "spreadsheet, save it as XLSX and upload that.",
            ),
        },
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
        {
            "claims": (
                "文件异常，已停止读取：{reason}（{part}）。请只把有数据的区域复制到新的工作簿后上传。",
                "The file was not read to its end: {reason} ({part}). Copy the filled range alone into a new workbook "
                "and upload that.",
            ),
            **dict.fromkeys(("memory", "time"), SPLIT_IT),
        },
    ),
    "F07": Text(
        ("防病毒扫描发现威胁", "Virus scanner found something"),
        (
            "防病毒扫描在文件中发现“{threat}”。文件已隔离，内容未被读取，也不能再下载。"
            "请先为电脑查杀病毒，再重新填写模板并上传；如认为是误报，请联系人社局。",
            "The virus scanner found “{threat}” in the file. It was put into quarantine: nothing was read from it, and "
            "it cannot be downloaded. Have your computer scanned, fill in the template anew and upload that; if you "
            "take it for a false alarm, tell the bureau.",
        ),
        (
            "带病毒的文件不打开、不外发；配置了扫描服务时，每个文件都先经扫描。",
            "A file with a virus is neither opened nor passed on; where a scanner is set up, it sees every file first.",
        ),
        (
            "不要再打开原文件；在查杀过的电脑上从系统下载新模板，填好后上传。",
            "Do not open the file again; on a computer that was scanned, take a new template from here, fill it in and "
            "upload that.",
        ),
    ),
}
