"""Many ids in little space: as runs of consecutive numbers, which is how a loaded file's records come."""

from collections.abc import Iterator, Sequence

Ranges = list[list[int]]


def in_ranges(ids: Sequence[int]) -> Ranges:
    """``ids`` as ascending ``[first, last]`` pairs: ``[3, 1, 2, 7]`` gives ``[[1, 3], [7, 7]]``."""
    ranges: Ranges = []
    for number in sorted(set(ids)):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def size(ranges: Ranges) -> int:
    """How many ids there are in ``ranges``."""
    return sum(last - first + 1 for first, last in ranges)


def pieces(ranges: Ranges, length: int, after: int = 0) -> Iterator[list[int]]:
    """The ids of ``ranges`` above ``after``, ascending, in lists of ``length`` at most."""
    piece: list[int] = []
    for first, last in ranges:
        for number in range(max(first, after + 1), last + 1):
            piece.append(number)
            if len(piece) == length:
                yield piece
                piece = []
    if piece:
        yield piece
