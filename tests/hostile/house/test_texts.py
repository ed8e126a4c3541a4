"""Text files that no spreadsheet would write, and files that are no text at all, called ``名单.csv``."""

import pytest

from tests.hostile.house.clerk import Clerk
from tests.hostile.house.fates import as_read, fates, rows_alone
from tests.hostile.house.tables import ANYBODYS, table_of
from tests.hostile.house.texts import TEXTS


def test_every_text_is_read_or_refused() -> None:
    told = {case: as_read(make(ANYBODYS)) for case, (make, _expected) in TEXTS.items()}
    assert told == {case: rows_alone(expected) for case, (_make, expected) in TEXTS.items()}


@pytest.mark.hostile
def test_every_text_ends_in_a_finding_or_in_its_rows(clerk: Clerk) -> None:
    table = table_of(clerk)
    told = fates(clerk, {case: make(table) for case, (make, _expected) in TEXTS.items()})
    assert told == {case: expected for case, (_make, expected) in TEXTS.items()}
    assert clerk.records() == []
