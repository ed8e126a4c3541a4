"""The table that every file of this folder is made of: a header and two people who pass every check."""

from collections.abc import Sequence

from programs.intake.columns import COLUMNS
from tests.hostile.house.clerk import Clerk

Table = Sequence[Sequence[str]]

SENT = ("name", "id_type", "id_number", "path", "programme", "cohort", "started_on", "completed_on", "outcome")
HEADERS = [column.zh for code in SENT for column in COLUMNS if column.code == code]
ANYBODYS: Table = [
    HEADERS,
    ["张一", "居民身份证", "110101199003070011", "培养", "P-1", "C-1", "2019-01-07", "2019-02-01", "完成"],
    ["张二", "居民身份证", "110101199003070038", "培养", "P-1", "C-1", "2019-01-07", "2019-02-01", "完成"],
]
"""The same for whoever only reads it."""


def table_of(clerk: Clerk) -> Table:
    """The header, and two rows about the clerk's own programme and cohort."""
    return [HEADERS, *([clerk.row(n)[code] for code in SENT] for n in range(2))]
