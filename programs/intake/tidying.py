"""Tidying what changes form and not meaning: spaces, full-width forms, apostrophes, invisible characters, names' dots.

Surrounding spaces (the ideographic and zero-width ones included), full-width forms and a leading apostrophe go
silently. A character of a name that stands for another one is replaced and told (W05).
"""

import hashlib
import unicodedata
from functools import lru_cache

import polars as pl

from backend.reference.folding import INVISIBLE, fold
from backend.reference.tables import read_name_characters
from backend.vault.masking import SUSPECT, scrub

PROSE = ("employer", "school", "degree", "remarks")
"""Columns kept as typed but for full-width letters, digits and spaces: brackets belong to a registered name."""

UPPER = ("id_number", "employer_uscc", "education_cert_no", "title_cert_no")
"""Columns whose letters have no case."""

_APOSTROPHES = "'’‘`´"
_UNTIDY = rf"^[\s{_APOSTROPHES}]|\s$|[^\n\r\t\x20-\x7e\u00b7\u3001\u3002\u4e00-\u9fff]"
_LEADING = rf"^[\s{_APOSTROPHES}]+"
_LEADING_IN_PROSE = r"^[\s']+"  # there an opening quotation mark has its closing one
_DROPPED = rf"[{INVISIBLE}]"
_FOLDED_AWAY = rf"[\s*{INVISIBLE}]"
_RARE = "[^\x00-\x7f·\u2e80-\u9fff\uff00-\uffef]"
_FULL_WIDTH = {
    chr(code): unicodedata.normalize("NFKC", chr(code))
    for code in range(0xFF01, 0xFF5F)
    if chr(code - 0xFEE0).isalnum() or chr(code - 0xFEE0) in "'.-/@_"
} | {"\u3000": " ", "\u00a0": " "}

LONGEST_KEY = 200
"""Characters of a name by which it is compared; the longest name on earth has fewer."""

_DOTS = "[\u0387\u16eb\u2022\u2027\u2218\u2219\u22c5\u2e31\u2e33\u30fb\uff65]"
_KEY_DROPPED = r"[\s·.]"
_PLAIN_NAME = "^[\u4e00-\u9fff]*$"
_LOST = "[\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]"


def tidy(column: str, text: pl.Series) -> pl.Series:
    """A column's cells in their tidy form; a cell that holds nothing but form becomes null.

    Names are only freed of what surrounds them: :func:`tidy_names` has to see the characters they were written with.
    """
    return tidied(text, prose=column in PROSE, name=column == "name", upper=column in UPPER)


def tidied(text: pl.Series, *, prose: bool = False, name: bool = False, upper: bool = False) -> pl.Series:
    """As ``tidy``, by what the column holds: running text, a person's name, letters that have no case."""
    if text.dtype != pl.String:
        text = text.cast(pl.String)
    if text.null_count() == text.len():
        return text
    untidy = text.str.contains(_UNTIDY).fill_null(False)
    if untidy.any():
        part = text.filter(untidy)
        if prose:
            part = part.str.replace_many(_FULL_WIDTH)
        elif not name:
            part = part.str.normalize("NFKC")
        part = part.str.replace_all(_DROPPED, "")
        part = part.str.replace(_LEADING_IN_PROSE if prose else _LEADING, "").str.strip_chars()
        text = _put(text, untidy, part)
    if upper:
        text = text.str.to_uppercase()
    return text.set(text == "", None)


def tidy_names(names: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Names as they are kept, their keys, and what was replaced.

    Args:
        names: the column as :func:`tidy` leaves it.

    Returns:
        The tidy names; their keys, in which no form is left (middle dots, spaces, full-width forms, case); and a
        String series that says ``replaced`` where a character was replaced by the one it stands for, ``unreadable``
        where one is left that no font shows, null elsewhere.
    """
    odd = ~names.str.contains(_PLAIN_NAME).fill_null(True)
    told = pl.Series([None], dtype=pl.String).new_from_index(0, names.len())
    if not odd.any():
        return names, _short(names), told
    part = names.filter(odd)
    stand_ins = part.str.contains(_stand_ins())
    part = part.str.replace_many(dict(read_name_characters())).str.normalize("NFKC")
    part = part.str.replace_all(_DROPPED, "").str.replace_all(_DOTS, "·")
    part = part.str.replace_all(r"\s+", " ").str.replace_all(" ?· ?", "·")
    for _ in range(2):  # overlapping pairs take a second pass
        part = part.str.replace_all(r"(\p{Han}) (\p{Han})", "$1$2")
    part = part.str.replace(_LEADING, "").str.strip_chars()
    part = part.set(part == "", None)
    numbers = part.filter(part.str.contains(SUSPECT)).unique()
    if numbers.len():
        # A number that strayed into the column belongs into the vault and nowhere else.
        part = part.replace(numbers, pl.Series([scrub(one) for one in numbers], dtype=pl.String))
    keys = part.str.to_lowercase().str.replace_all(_KEY_DROPPED, "")
    strange = pl.DataFrame({"name": part, "key": keys, "stands": stand_ins}).select(
        "name",
        key=pl.when(pl.col("key") == "").then("name").otherwise("key"),
        told=pl.when(pl.col("name").str.contains(_LOST))
        .then(pl.lit("unreadable"))
        .when("stands")
        .then(pl.lit("replaced")),
    )
    keys = _short(_put(names, odd, strange["key"]))
    return _put(names, odd, strange["name"]), keys, _put(told, odd, strange["told"])


def _short(keys: pl.Series) -> pl.Series:
    """The keys, of one that is no name any more but the beginning with a digest of it all: they stand in indexes."""
    long = (keys.str.len_chars() > LONGEST_KEY).fill_null(False)
    if not long.any():
        return keys
    digests = [key[:LONGEST_KEY] + hashlib.sha256(key.encode()).hexdigest() for key in keys.filter(long)]
    return _put(keys, long, pl.Series(digests, dtype=pl.String))


def name_key(name: str) -> str:
    """The key of one name: what two spellings of it have in common when they differ by form alone (E12)."""
    keys = tidy_names(tidy("name", pl.Series("name", [name], dtype=pl.String)))[1]
    return keys.to_list()[0] or ""


def fold_column(texts: pl.Series) -> pl.Series:
    """``backend.reference.folding.fold`` over a column without nulls."""
    folded = texts.str.normalize("NFKC").str.to_lowercase().str.replace_all(_FOLDED_AWAY, "")
    rare = texts.str.contains(_RARE)
    if not rare.any():
        return folded
    # Elsewhere than in ASCII, ideographs and their full-width forms, lower case and folded case are not the same.
    return _put(folded, rare, pl.Series([fold(text) for text in texts.filter(rare)], dtype=pl.String))


def _put(whole: pl.Series, where: pl.Series, part: pl.Series) -> pl.Series:
    """``whole`` with ``part`` in the places that ``where`` marks."""
    return whole.clone().scatter(where.arg_true(), part)


@lru_cache(maxsize=1)
def _stand_ins() -> str:
    """The class of characters that only stand for an ideograph: radicals, compatibility forms, private use.

    Full-width forms are not among them: those are mended silently.
    """
    points = {ord(character) for character in read_name_characters()}
    for first, last in ((0x2E80, 0x2FDF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)):
        points |= {p for p in range(first, last + 1) if unicodedata.normalize("NFKC", chr(p)) != chr(p)}
    runs: list[list[int]] = []
    for point in sorted(points):
        if runs and runs[-1][1] == point - 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return "[" + "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in runs) + "]"
