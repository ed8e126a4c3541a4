"""Dates as spreadsheets and people write them.

A day comes as 2019-03-01, 2019/3/1, 2019.3.1, 20190301, 2019年3月1日 or as a spreadsheet's serial number; a time of day
after it is passed over. A month (2019年3月, 2019.03) stands for its first or its last day, and is told (W05). Years
before 1900 and after 2100 are no dates, and a bare year is none either: as a serial it would be a day of 1905.
"""

import polars as pl

YEARS = (1900, 2100)
NUMBER = 2
"""The kind of a cell that a workbook holds as a number."""

_TIME = r"[\sT]+[0-9]{1,2}[:时][0-9]{1,2}(?:[:分](?:[0-9]{1,2}(?:\.[0-9]+)?秒?)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"
_DAY = (
    r"^(?:([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})|([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})|([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})"
    r"|([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})[日号]?|([0-9]{4})([0-9]{2})([0-9]{2}))$"
)
_MONTH = r"^(?:([0-9]{4})年([0-9]{1,2})月?|([0-9]{4})[-/.]([0-9]{1,2})|([0-9]{4})([0-9]{2}))$"
_SERIAL = r"^([0-9]{5})(?:\.[0-9]+)?$|^([0-9]{4})$"
_EITHER_MONTH = r"^[0-9]{4}\.1$"

_EPOCH_1900 = pl.date(1899, 12, 30)  # two days early: serials start at 1, and the system counts a 29 February 1900
_EPOCH_1904 = pl.date(1904, 1, 1)


def read_days(text: pl.Series, kind: pl.Series | None, *, last: bool, date1904: bool) -> tuple[pl.Series, pl.Series]:
    """The days that a column of cells names.

    Args:
        text: tidy cell texts.
        kind: the cells' kinds where the source has any; the number 2019.1 may have been typed as 2019.10, so it is no
            date there.
        last: whether a month stands for its last day rather than its first.
        date1904: whether serial numbers count from 1904.

    Returns:
        The days (Date, null where there is none), and where only a month was given (Boolean, never null).
    """
    distinct = text.drop_nulls().unique()
    read = parse_days(distinct, last=last, date1904=date1904)
    days = text.replace_strict(distinct, read["day"], default=None, return_dtype=pl.Date)
    months = text.is_in(distinct.filter(read["month"]).implode()).fill_null(False)
    if kind is not None:
        unsure = ((kind == NUMBER) & text.str.contains(_EITHER_MONTH)).fill_null(False)
        days = days.set(unsure, None)
    return days, months & days.is_not_null()


def parse_days(text: pl.Series, *, last: bool, date1904: bool) -> pl.DataFrame:
    """``day`` (Date) and ``month`` (Boolean: only a month is given) of every text, in their order."""
    plain = pl.DataFrame({"text": text.cast(pl.String)}).select(
        pl.col("text").str.replace(_TIME, "").str.replace_all(r"\s", "")
    )
    parts = plain.select(
        day=pl.col("text").str.extract_groups(_DAY),
        month=pl.col("text").str.extract_groups(_MONTH),
        serial=pl.col("text").str.extract_groups(_SERIAL),
    ).select(
        day=_iso(*(_first_of("day", range(place, 16, 3)) for place in (1, 2, 3))),
        first=_iso(_first_of("month", (1, 3, 5)), _first_of("month", (2, 4, 6)), pl.lit("01")),
        serial=_first_of("serial", (1, 2)).cast(pl.Int32, strict=False),
    )
    year_like = pl.col("serial").is_between(*YEARS)
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    whole = pl.coalesce("day", pl.when(~year_like).then(epoch + pl.duration(days="serial")).cast(pl.Date, strict=False))
    month = pl.col("first").dt.month_end() if last else pl.col("first")
    found = parts.select(day=pl.coalesce(whole, month), month=whole.is_null() & pl.col("first").is_not_null())
    sane = pl.col("day").dt.year().is_between(*YEARS).fill_null(False)
    return found.select(day=pl.when(sane).then("day"), month=sane & pl.col("month"))


def _first_of(group: str, places: range | tuple[int, ...]) -> pl.Expr:
    return pl.coalesce(pl.col(group).struct.field(str(place)) for place in places)


def _iso(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """A Date from texts of digits; null where there is no such day."""
    written = pl.concat_str([year, month.str.zfill(2), day.str.zfill(2)], separator="-")
    return written.str.to_date("%Y-%m-%d", strict=False)
