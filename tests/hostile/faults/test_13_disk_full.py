"""Hostile test 13: the database's disk is full: whoever sends something is told so by a clean 507, and nothing is there
by half. Once there is room again, everything that had been acknowledged is done."""

import os
from collections.abc import Callable

import pytest

from tests.hostile.faults.disks import MEGABYTE, may_mount, on_a_small_disk
from tests.hostile.faults.journal import NO_ANSWER, Journal
from tests.hostile.faults.system import System
from tests.hostile.table import Tell
from tests.support.partner import as_csv
from tests.support.workers import wait_for

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(1800)]

ROOM = 48 * MEGABYTE
FULL = 507
REFUSED = 25


def incompressible(book: Journal, rows: int) -> bytes:
    """A file that needs as much room as it weighs."""
    partner, _sender = book.clerks[0]
    return as_csv([partner.row(n, remarks=os.urandom(600).hex()) for n in range(rows)])


def test_13_a_full_disk_refuses_cleanly_and_takes_up_where_it_was(
    system: System, journal: Callable[..., Journal], tell: Tell
) -> None:
    if not may_mount(system.folder / "tried"):
        pytest.skip("this account may not mount a disk in memory")
    book = journal()
    with on_a_small_disk(system, ROOM) as disk:
        system.wait_until_ready()
        with book.at_work(rows=(20, 200, 1000), pause=0.5):
            wait_for(lambda: book.acknowledged() >= 5, 180, "some uploads")
            before = dict(book.unanswered)
            filled = disk.fill()
            wait_for(lambda: book.unanswered[FULL] >= REFUSED, 300, f"refusals, not {book.unanswered}")
            partner, sender = book.clerks[0]
            data = {"period": partner.period.code}
            plain = sender.client.post(
                f"{system.url}/api/v1/submissions/",
                data=data,
                files={"file": ("名单.csv", incompressible(book, 1500))},
                headers={"Authorization": f"Token {sender.token}", "Accept-Language": "en"},
            )
            disk.make_room()
        assert plain.status_code == FULL, plain.text
        assert plain.headers["Content-Type"] == "application/problem+json"
        assert plain.json()["type"].endswith("/insufficient_storage")
        assert "no room left" in plain.json()["detail"]
        balance = book.balance()
        assert set(balance.unanswered) <= {FULL, 503, NO_ANSWER}, balance.unanswered
        assert balance.unanswered[503] == before.get(503, 0), "a full disk is told as what it is"
        tell(
            13,
            struck=f"the tables' disk filled with {filled >> 20} MB; {balance.unanswered[FULL]} calls answered 507",
            acknowledged=balance.acknowledged,
            survived=balance.survived,
        )
