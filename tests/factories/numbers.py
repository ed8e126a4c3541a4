"""Made-up identity numbers that pass every check."""

import datetime as dt

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_number(sequence: int, birth_date: dt.date, gender: str = "1", area: str = "520102") -> str:
    """An 18-digit resident number: area, birth day, a sequence odd for men (``gender`` 1), MOD 11-2 check character.

    Up to 500 numbers differ for one day, area and gender; beyond that they repeat.
    """
    serial = sequence % 500 * 2 + (1 if gender == "1" else 0)
    stem = f"{area}{birth_date:%Y%m%d}{serial:03d}"
    return stem + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(stem, _WEIGHTS, strict=True)) % 11]
