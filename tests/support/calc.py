"""LibreOffice Calc at work: opens a workbook, types into its cells, and saves it."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 120
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xls": "MS Excel 97"}
_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Desk"/></library:library>"""
_LIBRARIES = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
<library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple"
 library:link="false"/></library:libraries>"""
# Cells are typed into as a clerk does: what the cell's format makes of the keys is Calc's to say.
_DESK = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Desk" script:language="StarBasic">
Sub Work(source As String, target As String, kind As String, keys As String, seen As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  book = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, hidden())
  sheet = book.Sheets.getByIndex(0)
  out = FreeFile
  Open seen For Output As #out
  For n = 0 To sheet.Annotations.Count - 1
    note = sheet.Annotations.getByIndex(n)
    Print #out, note.Position.Row &amp; " " &amp; note.Position.Column
  Next n
  Close #out
  typed = FreeFile
  Open keys For Input As #typed
  Do While Not Eof(typed)
    Line Input #typed, place
    Line Input #typed, text
    parts = Split(place, " ")
    sheet.getCellByPosition(CLng(parts(1)), CLng(parts(0))).FormulaLocal = text
  Loop
  Close #typed
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName" : how(0).Value = kind
  book.storeToURL(ConvertToURL(target), how())
  book.close(True)
End Sub
</script:module>"""


def program() -> str | None:
    """Where LibreOffice is on this machine, if it is."""
    return shutil.which("soffice")


@dataclass(frozen=True)
class Worked:
    """A workbook that Calc has saved, and the cells (row, column, both from 1) at which it showed a note."""

    data: bytes
    notes: tuple[tuple[int, int], ...]


class Calc:
    """A LibreOffice with a profile of its own in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._profile = folder / "profile"
        # Its first start lays the profile out, and would put its own empty library over ours.
        self._run("--terminate_after_init")
        basic = self._profile / "user" / "basic"
        basic.joinpath("script.xlc").write_text(_LIBRARIES)
        basic.joinpath("Standard").mkdir(exist_ok=True)
        basic.joinpath("Standard", "script.xlb").write_text(_LIBRARY)
        basic.joinpath("Standard", "Desk.xba").write_text(_DESK)

    def work(self, data: bytes, keys: Mapping[tuple[int, int], str], suffix: str = ".xlsx") -> Worked:
        """Open a workbook, type into cells (row, column, both from 1), and save it in the format of ``suffix``."""
        source, target = self._folder / "opened.xlsx", self._folder / f"saved{suffix}"
        typed, seen = self._folder / "typed.txt", self._folder / "seen.txt"
        source.write_bytes(data)
        target.unlink(missing_ok=True)
        typed.write_text("".join(f"{row - 1} {column - 1}\n{text}\n" for (row, column), text in keys.items()))
        texts = [json.dumps(str(one)) for one in (source, target, FILTERS[suffix], typed, seen)]
        self._run(f"macro:///Standard.Desk.Work({','.join(texts)})")
        notes = [tuple(int(part) + 1 for part in line.split()) for line in seen.read_text().splitlines()]
        return Worked(target.read_bytes(), tuple(sorted((row, column) for row, column in notes)))

    def _run(self, *arguments: str) -> None:
        command: Sequence[str] = [
            program() or "soffice",
            f"-env:UserInstallation={self._profile.as_uri()}",
            *("--headless", "--norestore", "--nologo", *arguments),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        assert done.returncode == 0, done.stderr
