"""What a reader may spend on one file, and the refusal of a file that is not taken at all."""

from dataclasses import dataclass
from typing import Any

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be and what reading it may cost.

    The first two are the office's settings (F04). The others tell an honest workbook from a bomb (F06): 100,000 rows
    of the template unpack to about 130 MB at twelve times their weight and are read in some 600 MB of address space.
    """

    max_bytes: int = 50 * MEGABYTE
    max_rows: int = 200_000
    max_line: int = 2 * MEGABYTE
    """Bytes of one line of a text file; the longest record that a spreadsheet can hold stays below."""
    max_unpacked: int = 512 * MEGABYTE
    max_ratio: int = 100
    """How many times its weight a packed part may unpack to; applied from ``free_unpacked`` bytes on."""
    free_unpacked: int = 8 * MEGABYTE
    max_parts: int = 5_000
    max_area: int = 40_000_000
    """Cells in the smallest rectangle from A1 around all cells of a sheet."""
    free_area: int = 8_000_000
    max_sparseness: int = 16
    """How many cells such a rectangle may have for each cell in it; applied from ``free_area`` on."""
    max_cell_bytes: int = 512 * MEGABYTE
    """Bytes of text that the cells of all sheets may come to once shared strings are written out."""
    memory: int = 3072 * MEGABYTE
    """Address space of the reading process in bytes."""
    needed: tuple[str, ...] = ()
    """Codes of the columns that must be there; empty: those that a talent record needs."""
    seconds: float = 120.0
    cpu_seconds: int = 90


class Refused(Exception):
    """A file is refused whole by a fatal rule.

    Attributes:
        rule: F01 to F06.
        params: JSON-able values for the rule's message; see ``programs.intake.readers.refusals``.
    """

    def __init__(self, rule: str, **params: Any) -> None:
        super().__init__(rule, params)
        self.rule = rule
        self.params = params
