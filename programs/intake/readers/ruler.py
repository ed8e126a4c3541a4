"""How far a worksheet reaches and how much of it is filled, measured on its XML as it streams by."""

import re

from programs.intake.readers.limits import Limits, Refused

MARGIN = 200
"""Filled rows beyond the limit that may turn out to be titles or totals."""

_MOST_ERRORS = 200_000
_REFERENCE = re.compile(rb' r="([A-Za-z]{2,3}\d+|[A-Za-z]\d{7,})"')
"""Cells beyond column Z or row 999,999: few in an honest sheet, so that finding them costs little."""
_BEFORE_AA = 26
_ERROR_PLACE = re.compile(rb'\br="([A-Za-z]{1,3})(\d{1,7})"')
_CELL_NAME = re.compile(r"([A-Za-z]{1,3})(\d{1,9})")
_AFTER_NAME = b" \t\r\n>/"


def column_number(letters: str) -> int:
    """A column's number from 1: A is 1, XFD is 16,384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


class Ruler:
    """Measures one sheet: a glance at all of it, which is quick, and a count where the glance leaves a doubt.

    Args:
        prefix: the namespace prefix of the sheet's elements with its colon, or nothing.
        lengths: bytes of each shared string.
        limits: what the sheet may reach to.

    Attributes:
        row: what every row begins with; ``glance`` and ``count`` take pieces that begin there.
        errors: text of error cells such as ``#N/A`` by row from 1 and column from 0.
        written: bytes that shared strings come to when written out; counted only where it could matter.
    """

    def __init__(self, prefix: bytes, lengths: list[int], limits: Limits) -> None:
        name = re.escape(prefix)
        self.row = b"<" + prefix + b"row"
        self.errors: dict[int, dict[int, str]] = {}
        self.written = 0
        self._limits = limits
        self._lengths = lengths
        self._longest = max(lengths, default=0)
        self._cell = b"<" + prefix + b"c"
        self._value, self._inline = b"<" + prefix + b"v", b"<" + prefix + b"is"
        self._row_number = re.compile(rb"<" + name + rb"row\s[^>]*?\br\s*=\s*[\"'](\d{1,9})")
        self._dimension = re.compile(rb"<" + name + rb"dimension\s[^>]*?\bref\s*=\s*[\"']([A-Za-z0-9:$]+)")
        self._error = re.compile(
            rb"<" + name + rb"c\s([^>]*\bt=\"e\"[^>]*)>(?:(?!</" + name + rb"c>).)*?<" + name + rb"v>([^<]*)<",
            re.DOTALL,
        )
        self._shared_value = re.compile(rb"\bt=\"s\"[^>]*>\s*<" + name + rb"v>(\d{1,9})<")
        self._claimed = 0
        self._rows = self._filled = self._cells = 0
        self._last_row = self._last_column = 0

    @property
    def _area(self) -> int:
        return max(self._claimed, max(self._last_row, self._rows) * self._last_column)

    @property
    def crowded(self) -> bool:
        """Whether there are more rows than allowed, filled or not."""
        return self._rows > self._limits.max_rows + MARGIN

    @property
    def doubtful(self) -> bool:
        """Whether what a glance has shown calls for counting."""
        limits = self._limits
        area = self._area
        return self.crowded or area > limits.free_area or self._longest * area > limits.max_cell_bytes

    def begin(self) -> None:
        """Starts from the sheet's first piece again, to count."""
        self._rows = 0

    def glance(self, block: bytes) -> None:
        """Takes the next piece, and sees from it how far the sheet reaches."""
        if not self._claimed:
            self._read_claim(block)
        self._rows += block.count(self.row)
        self._last_row = max([self._last_row, *map(int, self._row_number.findall(block))])
        self._last_column = max(self._last_column, _BEFORE_AA)
        for found in _REFERENCE.findall(block):
            self._reach(found.decode())
        if b't="e"' in block:
            self._note_errors(block)

    def count(self, block: bytes) -> None:
        """Takes the next piece, and counts what is in it.

        Raises:
            Refused: F04 once more rows are filled than allowed, F06 once shared strings come to too much.
        """
        rows = block.split(self.row)[1:]
        self._filled += sum(self._value in row or self._inline in row for row in rows if row[:1] in _AFTER_NAME)
        if self._filled > self._limits.max_rows + MARGIN:
            raise Refused("F04", reason="rows", limit=self._limits.max_rows, found=None)
        self._cells += block.count(self._cell)
        if self._longest * self._area > self._limits.max_cell_bytes:
            self._write_out(block)

    def check(self) -> None:
        """Raises F06 if the sheet reaches, or says that it reaches, much farther than it was counted to be filled."""
        limits = self._limits
        if self._area > min(limits.max_area, max(limits.free_area, limits.max_sparseness * self._cells)):
            raise Refused("F06", reason="claims", part=None)

    def _read_claim(self, block: bytes) -> None:
        found = self._dimension.search(block)
        if found:
            last = _CELL_NAME.fullmatch(found[1].decode().rpartition(":")[2].replace("$", ""))
            self._claimed = column_number(last[1]) * int(last[2]) if last else 0
        self._claimed = self._claimed or 1

    def _reach(self, reference: str) -> None:
        place = _CELL_NAME.fullmatch(reference)
        if place is None:
            raise Refused("F06", reason="claims", part=None)
        self._last_column = max(self._last_column, column_number(place[1]))
        self._last_row = max(self._last_row, int(place[2]))

    def _note_errors(self, block: bytes) -> None:
        for found in self._error.finditer(block):
            place = _ERROR_PLACE.search(found[1])
            if place and len(self.errors) < _MOST_ERRORS:
                column = column_number(place[1].decode()) - 1
                self.errors.setdefault(int(place[2]), {})[column] = found[2].decode("utf-8", "replace")[:50]

    def _write_out(self, block: bytes) -> None:
        count = len(self._lengths)
        places = map(int, self._shared_value.findall(block))
        self.written += sum(self._lengths[place] for place in places if place < count)
        if self.written > self._limits.max_cell_bytes:
            raise Refused("F06", reason="unpacks", part=None)
