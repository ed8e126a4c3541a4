"""Identity numbers, unified social credit codes and education certificate numbers: their patterns and their checks.

Sources: GB 11643 (resident identity number, ISO 7064 MOD 11-2), the cards that borrow its eighteen digits (residence
permits of Hong Kong, Macao and Taiwan residents; the permanent residence card of December 2023), GB 32100 (unified
social credit code), and the contract's section *Checks*.
"""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

RESIDENT = ("111", "112")
HONG_KONG_MACAO_PERMIT = "L-RP-HM"
TAIWAN_PERMIT = "L-RP-TW"
PERMANENT_RESIDENCE = "553"
HONG_KONG_MACAO_PASS = "516"
TAIWAN_PASS = "511"
PASSPORTS = ("411", "412", "413", "414", "420", "421")
CARRYING = (*RESIDENT, HONG_KONG_MACAO_PERMIT, TAIWAN_PERMIT)
"""Documents whose number always carries a birth day; a permanent residence card's does where it has 18 digits."""

FIRST_BIRTH_YEAR = 1900

_EIGHTEEN = r"^[0-9]{17}[0-9X]$"
_OLD_RESIDENCE_CARD = r"^[A-Z]{3}[0-9]{12}$"
_PASS_NUMBER = r"^(?:[HM](?:[0-9]{8}|[0-9]{10})|(?:HA|MA)[0-9]{7})$"
_RENEWED_PASS = r"^[HM][0-9]{10}$"

_SCIENTIFIC = r"^[+-]?[0-9](?:\.[0-9]*E\+?|E\+)[0-9]{1,3}$"
_LONG_NUMBER = r"^-?[0-9]{16,}(?:\.[0-9]*)?$"
NUMBER = 2
"""The kind of a cell that a workbook holds as a number."""

_CERTIFICATE = (
    r"^[0-9]{5}[157](?:19[0-9][0-9]|20[0-9][0-9]|2100)(?:0[12456])[0-9]{6}$"
    r"|^[0-9]{5}[157]200[12](?:0[12456])[0-9]{5}$"
    r"|^[0-9]{5}6[0-9]{11,12}$"
)
LEVELS_OF_CERTIFICATES = {
    "01": tuple(str(code) for code in range(11, 14)),
    "02": tuple(str(code) for code in range(14, 20)),
    "04": tuple(str(code) for code in range(21, 29)),
    "05": tuple(str(code) for code in range(21, 29)),
    "06": tuple(str(code) for code in range(31, 34)),
}
"""The education codes that the two level digits of a certificate number agree with."""

_RESIDENT_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32)
_RESIDENT_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_USCC_ALPHABET = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = r"^[0-9A-HJ-NPQRTUWXY]{18}$"
_USCC_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int32)
_USCC_VALUES = np.zeros(128, dtype=np.int32)
_USCC_VALUES[np.frombuffer(_USCC_ALPHABET, dtype=np.uint8)] = np.arange(31)


def resident_check_holds(numbers: pl.Series) -> pl.Series:
    """Whether the last of eighteen characters is the MOD 11-2 check of the first seventeen; false for other shapes."""
    return _check(numbers, _EIGHTEEN, _resident_holds)


def uscc_check_holds(codes: pl.Series) -> pl.Series:
    """Whether the last of eighteen characters is the GB 32100 check of the others; false for other shapes."""
    return _check(codes, _USCC, _uscc_holds)


def damaged(text: pl.Expr, kind: pl.Expr | None) -> pl.Expr:
    """Whether a spreadsheet has damaged a long number beyond repair (E05).

    Scientific notation keeps six digits, a numeric cell fifteen; what comes after them is lost, whatever it shows.
    """
    found = text.str.contains(_SCIENTIFIC)
    if kind is not None:
        found |= (kind == NUMBER) & text.str.contains(_LONG_NUMBER)
    return found.fill_null(False)


def certificate_fits(text: pl.Series) -> pl.Series:
    """Whether an education certificate number has its structure (E11); self-study ones (type 6) by length only."""
    return text.str.contains(_CERTIFICATE)


def read_identity(kinds: pl.Series, numbers: pl.Series, today: date) -> pl.DataFrame:
    """What identity numbers are and carry.

    Args:
        kinds: codes of ``id_type``, null where it is unknown.
        numbers: tidy numbers in upper case, null where there is none or a spreadsheet damaged it.
        today: no birth day may lie after it.

    Returns:
        For every row ``problem`` (null, or which condition of E04 fails: fifteen, eighteen, residence_permit,
        residence_card, pass, taiwan_pass, passport, birth, future, check), ``carries`` (whether the number is sound and
        carries birth day and gender), ``born_on`` and ``sex`` where it does, and ``key``: what two writings of one
        document have in common, null where the number is not sound.
    """
    frame = pl.DataFrame({"kind": kinds, "number": numbers, "eighteen": numbers.str.contains(_EIGHTEEN)})
    frame = frame.with_columns(_problem().alias("problem"), _carrying().alias("carries"))
    frame = frame.with_columns(_born_on(frame).alias("born_on"), sound=resident_check_holds(frame["number"]))
    youngest = pl.lit(today)
    frame = frame.with_columns(
        problem=pl.when(pl.col("problem").is_not_null() | ~pl.col("carries"))
        .then("problem")
        .when(pl.col("born_on").is_null())
        .then(pl.lit("birth"))
        .when(pl.col("born_on") > youngest)
        .then(pl.lit("future"))
        .when(~pl.col("sound"))
        .then(pl.lit("check"))
    ).with_columns(carries=pl.col("carries") & pl.col("problem").is_null())
    odd = pl.col("number").str.slice(16, 1).is_in(["1", "3", "5", "7", "9"])
    return frame.select(
        "problem",
        "carries",
        born_on=pl.when("carries").then("born_on"),
        sex=pl.when("carries").then(pl.when(odd).then(pl.lit("1")).otherwise(pl.lit("2"))),
        key=pl.when(pl.col("problem").is_null()).then(_key()),
    )


def _problem() -> pl.Expr:
    kind, number, eighteen = pl.col("kind"), pl.col("number"), pl.col("eighteen")
    permit = eighteen & (
        (kind.eq(HONG_KONG_MACAO_PERMIT) & number.str.contains(r"^8[12]0000"))
        | (kind.eq(TAIWAN_PERMIT) & number.str.starts_with("830000"))
    )
    card = (eighteen & number.str.starts_with("9")) | number.str.contains(_OLD_RESIDENCE_CARD)
    return (
        pl.when(kind.is_null() | number.is_null())
        .then(None)
        .when(kind.is_in(RESIDENT))
        .then(
            pl.when(~eighteen).then(
                pl.when(number.str.contains(r"^[0-9]{15}$")).then(pl.lit("fifteen")).otherwise(pl.lit("eighteen"))
            )
        )
        .when(kind.is_in([HONG_KONG_MACAO_PERMIT, TAIWAN_PERMIT]))
        .then(pl.when(~permit).then(pl.lit("residence_permit")))
        .when(kind == PERMANENT_RESIDENCE)
        .then(pl.when(~card).then(pl.lit("residence_card")))
        .when(kind == HONG_KONG_MACAO_PASS)
        .then(pl.when(~number.str.contains(_PASS_NUMBER)).then(pl.lit("pass")))
        .when(kind == TAIWAN_PASS)
        .then(pl.when(~number.str.contains(r"^[0-9]{8}$")).then(pl.lit("taiwan_pass")))
        .when(kind.is_in(PASSPORTS))
        .then(pl.when(~number.str.contains(r"^[0-9A-Z]{5,9}$")).then(pl.lit("passport")))
    )


def _carrying() -> pl.Expr:
    """Whether the document's number carries birth day and gender, if it is written as it should be."""
    kind = pl.col("kind")
    return (
        pl.col("eighteen")
        & (kind.is_in(CARRYING) | ((kind == PERMANENT_RESIDENCE) & ~pl.col("number").str.contains(_OLD_RESIDENCE_CARD)))
    ).fill_null(False)


def _born_on(frame: pl.DataFrame) -> pl.Series:
    """The birth days within the numbers that carry one; null where there is no such day."""
    written = frame.select(pl.when("carries").then(pl.col("number").str.slice(6, 8))).to_series()
    days = written.str.to_date("%Y%m%d", strict=False)
    return days.set(days.dt.year() < FIRST_BIRTH_YEAR, None)


def _key() -> pl.Expr:
    """``class|comparable number``: both resident cards are one class, a pass keeps its first nine characters."""
    kind, number = pl.col("kind"), pl.col("number").str.replace_all(r"\s", "")
    number = (
        pl.when((kind == HONG_KONG_MACAO_PASS) & number.str.contains(_RENEWED_PASS))
        .then(number.str.head(9))
        .otherwise(number)
    )
    return pl.concat_str(pl.when(kind.is_in(RESIDENT)).then(pl.lit(RESIDENT[0])).otherwise(kind), pl.lit("|"), number)


def _check(texts: pl.Series, shape: str, holds: Callable[[np.ndarray], np.ndarray]) -> pl.Series:
    fits = texts.str.contains(shape).fill_null(False)
    result = np.zeros(texts.len(), dtype=bool)
    if fits.any():
        joined = texts.filter(fits).str.join("").item()
        result[fits.to_numpy()] = holds(np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, 18))
    return pl.Series(result)


def _resident_holds(characters: np.ndarray) -> np.ndarray:
    remainders = ((characters[:, :17].astype(np.int32) - ord("0")) @ _RESIDENT_WEIGHTS) % 11
    return _RESIDENT_CHECKS[remainders] == characters[:, 17]


def _uscc_holds(characters: np.ndarray) -> np.ndarray:
    values = _USCC_VALUES[characters]
    return (31 - (values[:, :17] @ _USCC_WEIGHTS) % 31) % 31 == values[:, 17]
