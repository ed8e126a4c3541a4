"""Workbooks that are not what they say, or that carry more than a table."""

import pytest

from tests.hostile.house.clerk import Clerk
from tests.hostile.house.fates import as_read, fates, rows_alone
from tests.hostile.house.tables import ANYBODYS, table_of
from tests.hostile.house.workbooks import WORKBOOKS


def test_every_workbook_is_read_or_refused() -> None:
    told = {case: as_read(make(ANYBODYS)) for case, (make, _expected) in WORKBOOKS.items()}
    assert told == {case: rows_alone(expected) for case, (_make, expected) in WORKBOOKS.items()}


@pytest.mark.hostile
def test_every_workbook_ends_in_a_finding_or_in_its_rows(clerk: Clerk) -> None:
    table = table_of(clerk)
    told = fates(clerk, {case: make(table) for case, (make, _expected) in WORKBOOKS.items()}, "名单.xlsx")
    assert told == {case: expected for case, (_make, expected) in WORKBOOKS.items()}
    assert clerk.records() == []
