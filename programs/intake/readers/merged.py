"""Cells merged over several rows: what stands in the first of them is meant for all."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

Corner = tuple[int, int]


@dataclass(slots=True)
class _Span:
    first: int
    last: int
    value: Any = ""


class Merged:
    """The merged cells of a sheet, whose rows are passed in their order.

    A clerk who merges one class over thirty people means it for all thirty. Cells merged across columns keep their
    value in the first alone, and a row that holds nothing of its own stays blank.
    """

    def __init__(self, ranges: Iterable[tuple[Corner, Corner]], columns: Collection[int], first: int) -> None:
        """
        Args:
            ranges: upper left and lower right corner of each merged cell, as (row, column) from 0.
            columns: those of the template, from 0.
            first: the first row of data, from 1.
        """
        wanted = set(columns)
        spans: dict[int, list[_Span]] = defaultdict(list)
        for (top, left), (bottom, _right) in sorted(ranges):
            taken = spans[left] if left in wanted and top < bottom and top + 1 >= first else None
            # Those that lie over another one, which no spreadsheet writes, could cost any number of passes.
            if taken is not None and (not taken or taken[-1].last < top + 1):
                taken.append(_Span(top + 1, bottom + 1))
        self._spans = {column: list(reversed(found)) for column, found in spans.items() if found}

    def __bool__(self) -> bool:
        return bool(self._spans)

    def fill(self, batch: list[list[Any]], first: int) -> None:
        """Write what is meant into the rows of the next batch, which begins at the row ``first``, from 1."""
        held = [any(cell != "" for cell in row) for row in batch]
        end = first + len(batch)
        for column, waiting in self._spans.items():
            while waiting and waiting[-1].first < end:
                span = waiting[-1]
                if span.first >= first:
                    span.value = batch[span.first - first][column]
                for place in range(max(span.first + 1, first) - first, min(span.last + 1, end) - first):
                    if held[place] and batch[place][column] == "":
                        batch[place][column] = span.value
                if span.last >= end:
                    break
                waiting.pop()
