"""Hostile tests 25 to 27: workbooks that would take the worker along if it opened them itself.

What reading them costs is measured in ``tests.programs.intake.readers.test_bombs``.
"""

import socket
from collections.abc import Callable

import psutil
import pytest

from tests.hostile.house.clerk import Clerk
from tests.hostile.house.fates import fates
from tests.hostile.house.tables import table_of
from tests.programs.intake.readers.made import SHEET_PART, parts_of, with_parts, xlsx
from tests.programs.intake.readers.test_bombs import LAUGHS, endless_cell, far_cell, many_rows, many_rows_of_text

Entity = Callable[[int], bytes]
ENTITIES: dict[str, Entity] = {
    "a billion laughs": lambda _port: LAUGHS,
    "a file of the server's": lambda _port: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "somebody else's address": lambda port: b'<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:%d/">]>' % port,
    "a description from elsewhere": lambda port: b'<!DOCTYPE x SYSTEM "http://127.0.0.1:%d/x.dtd">' % port,
    "an entity of the description's": lambda port: (
        b'<!DOCTYPE x [<!ENTITY %% a SYSTEM "http://127.0.0.1:%d/">%%a;]>' % port
    ),
}


def test_25_a_workbook_with_its_first_and_its_last_cell(clerk: Clerk) -> None:
    pool = psutil.Process(clerk.worker.pid).children()
    files = {place: far_cell(place) for place in ("XFD1048576", "A1048576", "XFD1")}
    assert fates(clerk, files, "名单.xlsx") == {"XFD1048576": "F06 claims", "A1048576": "F06 claims", "XFD1": "F03"}
    assert all(process.is_running() for process in pool if "celery" in " ".join(process.cmdline()))
    assert clerk.send([clerk.row(1)])["status"] == "checked"


@pytest.mark.hostile
def test_26_five_million_rows_and_a_cell_of_eight_hundred_megabytes(clerk: Clerk) -> None:
    files = {
        "one cell": endless_cell(),
        "one cell that says it is short": endless_cell(said=1 << 20),
        "numbered rows": many_rows(numbered=True),
        "rows without numbers": many_rows(numbered=False),
        "rows of text": many_rows_of_text(),
    }
    told = fates(clerk, files)
    assert told["one cell"] == told["one cell that says it is short"] == "F06 unpacks"
    assert told["rows of text"] == "F04 rows"
    assert {told["numbered rows"], told["rows without numbers"]} <= {"F04 rows", "F06 unpacks"}
    assert clerk.send([clerk.row(1)])["status"] == "checked"


def test_27_entities_are_refused_and_nothing_is_fetched(clerk: Clerk) -> None:
    """In every part it is tried by ``tests.programs.intake.readers.test_bombs``."""
    whole = xlsx(table_of(clerk))
    xml = parts_of(whole)[SHEET_PART]
    head = xml.index(b"?>") + 2 if xml.startswith(b"<?xml") else 0
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        port = elsewhere.getsockname()[1]
        files = {
            case: with_parts(whole, {SHEET_PART: xml[:head] + make(port) + xml[head:]})
            for case, make in ENTITIES.items()
        }
        assert fates(clerk, files, "名单.xlsx") == dict.fromkeys(ENTITIES, "F06 entities")
        elsewhere.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()
