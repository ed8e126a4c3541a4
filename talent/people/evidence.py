"""What speaks for two persons being one, and what against: the sum of weights, and the reasons in their order.

The model is Fellegi and Sunter's: every agreement and every contradiction adds the logarithm of how much likelier it is
of one human being than of two (``weights.toml``), to what stands against any two before anything is known of them. A
pair is compared as it was reported, row with row; what contradicts for good, the documents, is compared between all
rows that each of the two is by now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from talent.people.keys import RESIDENT
from talent.people.matching import Reason
from talent.people.names import given_characters, letters, much_alike, parts, read_alike, spelling
from talent.people.weights import Weights

PASSPORTS = frozenset({"411", "412", "413", "414", "420", "421"})
FOR_LIFE = frozenset({"516", "511"})
"""Permits whose comparable number is the holder's for life."""

KINDS = {"resident": RESIDENT, "for_life": FOR_LIFE, "passport": PASSPORTS}
"""The kinds of documents that contradict each other, or do not."""

FOUND = ("phone", "certificate", "number")
"""By which of the traits that rest blind a pair was found to agree."""


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A pair with what it weighs together, and every reason with its weight, the strongest first."""

    a: int
    b: int
    bits: float
    reasons: list[tuple[str, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the persons that pairs are made of.

    ``persons`` has ``id``, ``whole`` (who they are now), ``name``, ``gender``, ``birth_date`` and for each of ``KINDS``
    whether it is among all documents that the human being has by now; ``names`` by person the further names; ``total``
    is how many persons are filed.
    """

    persons: pl.DataFrame
    names: Mapping[int, Sequence[str]]
    total: int


def beside_names(pairs: pl.DataFrame, known: Known, weights: Weights) -> pl.DataFrame:
    """Pairs with everything that can be told by whole columns: ``bits`` so far, and a column of reasons for each trait.

    Args:
        pairs: ``a``, ``b`` and the three of ``FOUND``.
        known: of all their persons.
        weights: what each reason weighs.
    """
    persons = known.persons.select("id", "whole", "gender", "birth_date", *KINDS)
    both = pairs.join(persons, left_on="a", right_on="id").join(persons, left_on="b", right_on="id", suffix="_b")
    both = both.filter(pl.col("whole") != pl.col("whole_b")).with_columns(
        born=_birth(),
        sex=pl.when((pl.col("gender") != "") & (pl.col("gender_b") != "")).then(
            _either(pl.col("gender") == pl.col("gender_b"), Reason.SAME_GENDER, Reason.OTHER_GENDER)
        ),
        called=pl.when("phone").then(pl.lit(Reason.SAME_PHONE.value)),
        certified=pl.when("certificate").then(pl.lit(Reason.SAME_CERTIFICATE.value)),
        papers=_papers(),
    )
    bits = {reason.value: weight.bits for reason, weight in weights.evidence.items()}
    summed = pl.sum_horizontal(
        pl.col(column).replace_strict(bits, default=None, return_dtype=pl.Float64) for column in _COLUMNS
    )
    return both.with_columns(bits=weights.prior(known.total) + summed)


_COLUMNS = ("born", "sex", "called", "certified", "papers")


def _either(condition: pl.Expr, yes: Reason, no: Reason) -> pl.Expr:
    return pl.when(condition).then(pl.lit(yes.value)).otherwise(pl.lit(no.value))


def _birth() -> pl.Expr:
    one, other = pl.col("birth_date"), pl.col("birth_date_b")
    agreeing = pl.sum_horizontal(
        (getattr(one.dt, part)() == getattr(other.dt, part)()).cast(pl.Int8) for part in ("year", "month", "day")
    )
    turned = (
        (one.dt.year() == other.dt.year())
        & (one.dt.month() == other.dt.day().cast(pl.Int8))
        & (one.dt.day() == other.dt.month())
    )
    return (
        pl.when(one.is_null() | other.is_null())
        .then(None)
        .when(one == other)
        .then(pl.lit(Reason.SAME_BIRTH_DATE.value))
        .when(turned)
        .then(pl.lit(Reason.BIRTH_DATE_TURNED.value))
        .when(agreeing == 2)
        .then(pl.lit(Reason.BIRTH_DATE_NEAR.value))
        .otherwise(pl.lit(Reason.OTHER_BIRTH_DATE.value))
    )


def _papers() -> pl.Expr:
    """What the documents of the two say: all documents, of all rows that each is by now."""

    def both(kind: str) -> pl.Expr:
        return (pl.col(kind) & pl.col(f"{kind}_b")).fill_null(False)

    return (
        pl.when(both("resident"))
        .then(pl.lit(Reason.OTHER_RESIDENT_NUMBER.value))
        .when("number")
        .then(pl.lit(Reason.NEAR_NUMBER.value))
        .when(both("for_life"))
        .then(pl.lit(Reason.OTHER_PERMIT_NUMBER.value))
        .when(both("passport"))
        .then(pl.lit(Reason.ANOTHER_PASSPORT.value))
        .when(pl.col("resident").is_not_null() & pl.col("resident_b").is_not_null())
        .then(pl.lit(Reason.ANOTHER_KIND_OF_DOCUMENT.value))
    )


def kinds_of(documents: pl.DataFrame) -> pl.DataFrame:
    """By ``whole`` which of ``KINDS`` are among the human being's documents.

    Args:
        documents: ``whole`` and ``id_type``.
    """
    return documents.group_by("whole").agg(
        pl.col("id_type").is_in(sorted(types)).any().alias(kind) for kind, types in KINDS.items()
    )


@lru_cache(maxsize=262_144)
def compared(one: str, other: str) -> Reason:
    """In what way two names are alike."""
    left, right = letters(one), letters(other)
    if left == right:
        return Reason.SAME_NAME
    if spelling(one) == spelling(other) or read_alike(one, other):
        return Reason.READ_ALIKE
    if sorted(left) == sorted(right):
        return Reason.SAME_CHARACTERS
    mine, theirs = parts(one), parts(other)
    given, other_given = given_characters(one), given_characters(other)
    if given and other_given:
        if mine[0] == theirs[0]:
            alike = len(given) > 1 and len(other_given) > 1 and not set(given).isdisjoint(other_given)
            return (
                Reason.NAMES_ALIKE
                if alike or given in other_given or other_given in given
                else (Reason.OTHER_GIVEN_NAME)
            )
        return Reason.OTHER_SURNAME if mine[-1] == theirs[-1] else Reason.NAMES_DIFFER
    return _of_words(mine, theirs)


def _of_words(mine: tuple[str, ...], theirs: tuple[str, ...]) -> Reason:
    """The same for names of which one at least is no Chinese one, word by word in whatever order."""
    common = set(mine) & set(theirs)
    if len(common) == min(len(mine), len(theirs)) and min(len(mine), len(theirs)) > 1:
        return Reason.PART_OF_NAME
    if not common:
        joined = "".join(sorted(mine)), "".join(sorted(theirs))
        return Reason.NAMES_ALIKE if much_alike(*joined) else Reason.NAMES_DIFFER
    rest = [word for word in mine if word not in common], [word for word in theirs if word not in common]
    if any(much_alike(one, other) for one in rest[0] for other in rest[1]):
        return Reason.NAMES_ALIKE
    # Which word is the surname cannot be told: of a name in Chinese order the first, elsewhere the last.
    if mine[0] not in common and theirs[0] not in common:
        return Reason.OTHER_SURNAME
    return Reason.OTHER_SURNAME if mine[-1] not in common and mine[0] in common else Reason.OTHER_GIVEN_NAME


def of_schools(
    one: Sequence[tuple[str, str, bytes | None]], other: Sequence[tuple[str, str, bytes | None]]
) -> tuple[Reason | None, Reason | None, str]:
    """What two persons' claims say: of their schools, of their certificates, and the school that they share."""
    levels = {level for level, _school, _number in one} & {level for level, _school, _number in other}
    mine = {(level, school) for level, school, _number in one if school and level in levels}
    theirs = {(level, school) for level, school, _number in other if school and level in levels}
    shared = sorted(school for _level, school in mine & theirs)
    schools = None
    if mine and theirs:
        schools = Reason.SAME_SCHOOL if shared else Reason.OTHER_SCHOOL
    numbers = {number for level, _school, number in one if number and level in levels}
    other_numbers = {number for level, _school, number in other if number and level in levels}
    differ = bool(numbers and other_numbers) and numbers.isdisjoint(other_numbers)
    return schools, Reason.OTHER_CERTIFICATE if differ else None, shared[0] if shared else ""


TWINS_NAMES = frozenset({Reason.OTHER_GIVEN_NAME, Reason.NAMES_ALIKE})


def like_twins(born: str | None, named: Reason, papers: str | None) -> bool:
    """Whether two agree in what twins agree in, and differ in what they differ in."""
    if born != Reason.SAME_BIRTH_DATE:
        return False
    return named == Reason.OTHER_GIVEN_NAME or (
        named in TWINS_NAMES and papers in (Reason.OTHER_RESIDENT_NUMBER, Reason.OTHER_PERMIT_NUMBER)
    )
