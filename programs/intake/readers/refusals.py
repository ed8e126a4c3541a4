"""Why a file is refused whole: the words behind the ``reason`` that F01, F04 and F06 carry, in both languages.

The params of each fatal finding:

* F01 ``reason`` (below) and ``line`` (the line of a text file or the place of a JSON record from 1, else null);
* F02 ``missing`` and ``doubled``: codes of the template's columns, in its order;
* F03 none;
* F04 ``reason`` (below), ``limit`` and ``found`` (null where counting stopped at the limit);
* F05 none;
* F06 ``reason`` (below) and ``part`` (the archive's part or the sheet it is about, else null);
* F07 ``threat``: what the virus scanner calls what it found.
"""

WORDS: dict[str, tuple[str, str]] = {
    # F01
    "empty": ("文件是空的", "the file is empty"),
    "nul": ("文件含有空字节，不是文本", "the file holds NUL bytes, so it is no text"),
    "binary": ("文件含有大量控制字符，不是文本", "the file is full of control characters, so it is no text"),
    "encoding": (
        "文字编码有误：既不是 UTF-8，也不是完整的 GB18030，文件可能被截断",
        "the characters are neither UTF-8 nor whole GB18030; the file may have been cut off",
    ),
    "mixed": (
        "同一文件混用了 UTF-8 与 GB18030 两种编码",
        "the file mixes two encodings, UTF-8 and GB18030",
    ),
    "quote": (
        "双引号没有成对，其后的行无法分开",
        "a double quote is never closed, so the lines after it cannot be told apart",
    ),
    "cell": ("有一个单元格超过 131072 个字符", "a cell is longer than 131,072 characters"),
    "html": ("这是网页，不是表格", "it is a web page and no table"),
    "xml": ("这是 XML 文件，不是表格", "it is an XML file and no table"),
    "json": ("这是 JSON 数据，不是表格", "it is JSON and no table"),
    "pdf": ("这是 PDF 文件，不是表格", "it is a PDF file and no table"),
    "rtf": ("这是 RTF 文档，不是表格", "it is an RTF document and no table"),
    "image": ("这是图片，不是表格", "it is an image and no table"),
    "media": ("这是音频或视频文件，不是表格", "it is a sound or a film and no table"),
    "program": ("这是程序、脚本或防病毒测试文件", "it is a program, a script or an antivirus test file"),
    "database": ("这是数据库文件，不是表格", "it is a database and no table"),
    "archive": ("这是压缩包", "it is an archive"),
    "document": ("这是文字文档或演示文稿，不是表格", "it is a text document or a presentation, not a table"),
    "ods": ("这是 ODS 表格", "it is an ODS spreadsheet"),
    "xlsb": ("这是 XLSB 表格", "it is an XLSB spreadsheet"),
    "old": ("这是 Excel 95 之前的表格", "it is a spreadsheet from before Excel 95"),
    "damaged": ("文件已损坏或不完整", "it is damaged or incomplete"),
    "record": ("记录不是由栏目代码和值组成的对象", "a record is not an object of column codes and values"),
    # F04
    "bytes": ("文件过大", "the file is too large"),
    "rows": ("数据行过多", "there are too many data rows"),
    "line": (
        "文件中有一行过长，多半是换行丢失或双引号没有成对",
        "one line is far too long; most likely line breaks were lost or a double quote is never closed",
    ),
    # F06
    "unpacks": ("解压后远大于文件本身", "it unpacks to far more than it weighs"),
    "claims": ("工作表声称的范围远大于实际内容", "a sheet claims a range that it does not fill"),
    "entities": ("文件内含 XML 实体或文档类型声明", "it carries XML entities or a document type"),
    "memory": ("读取它所需的内存超过允许值", "reading it took more memory than is allowed"),
    "time": ("读取它所需的时间超过允许值", "reading it took longer than is allowed"),
    "crash": ("读取它时读取程序崩溃", "the reader crashed on it"),
}


def words(reason: str, language: str) -> str:
    """The words for a reason; Simplified Chinese for every language that starts with ``zh``, else English."""
    chinese, english = WORDS[reason]
    return chinese if language.lower().startswith("zh") else english
