"""What the rows of a simple template mean: written by the room that the template belongs to."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from backend.accounts.models import Organisation, User
from backend.reference.tables import Tables
from programs.intake.found import FINDING_SCHEMA, Test, run_tests
from programs.intake.rules import OFF, SEVERITIES
from programs.periods.models import Period
from programs.submissions.models import Submission

NEW, AMENDMENT, UNCHANGED, REJECTED = "new", "amendment", "unchanged", "rejected"
"""The fates of a row."""

STANDING, OLD = "standing", "old__"
"""What ``cross`` may call the id of what an amendment amends, and how the names of its values as they stand begin."""


@dataclass(frozen=True, slots=True)
class Given:
    """What rows are checked against.

    ``actor`` sent them, or confirmed them once they are taken; ``submission`` is none for a single row of a form.
    ``masked`` are the columns whose values are masked whole, ``severities`` says by rule how grave its findings are
    here, ``date1904`` in which system serial dates are.
    """

    organisation: Organisation
    period: Period | None
    actor: User
    today: dt.date
    tables: Tables
    date1904: bool = False
    masked: frozenset[str] = frozenset()
    severities: Mapping[str, str] = field(default_factory=lambda: SEVERITIES)
    submission: Submission | None = None


@dataclass(frozen=True, slots=True)
class Crossed:
    """Rows with their ``fate``, and the findings of comparing them; see ``Work.cross``."""

    rows: pl.DataFrame
    findings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FINDING_SCHEMA))


class Work:
    """What a template's rows mean.

    One is made for the cells and another for comparing and taking, the latter in the transaction that takes: what it
    reads of the world it reads itself, within the organisation's scope, and may keep.
    """

    def __init__(self, given: Given) -> None:
        self.given = given

    def look(self, cells: pl.DataFrame) -> pl.DataFrame:
        """The cells with further columns that ``tests`` look at, such as what a code of the room's own stands for.

        For a column ``c``, ``cells`` has the tidy text ``c`` and what is read from it: ``c__code`` of a code;
        ``c__day`` and ``c__month`` (only a month was given) of a date; ``c__number`` of a number; ``c__key`` of a name
        (without its form); ``c__damaged`` of a ``number_text`` or ``uscc``; and of the document ``number__key``,
        ``number__problem``, ``born_on``. Columns added stay beside the values for ``cross`` and ``take``. The rows must
        stay as they are.
        """
        return cells

    def tests(self) -> Sequence[Test]:
        """The template's own rules on the cells of one row, over what ``look`` returned."""
        return ()

    def cross(self, rows: pl.DataFrame, *, locking: bool) -> Crossed:
        """Compares the rows with each other and with what is known now.

        Args:
            rows: those without an error: ``row``; every column of the template with its value in its own type (dates
                Date, numbers Int64 or Decimal, codes and texts String, what is no value null); ``c__key`` of names;
                ``document_key``, ``born_on`` and ``sex`` where the template has a document; what ``look`` added.
            locking: the rows are taken next: what is found to stand is to be locked against others.

        Returns:
            The rows in their order with ``fate`` (``new``, ``amendment``, ``unchanged``) and whatever ``take`` wants to
            know; and findings. A row with a finding that refuses it is rejected whatever its fate, one that is
            unchanged raises nothing. Where ``standing`` (the id of what an amendment amends) and ``old__c`` columns
            are there, what would change is told from them.
        """
        return Crossed(rows.with_columns(fate=pl.lit(NEW)))

    def take(self, rows: pl.DataFrame) -> None:
        """Writes the rows whose fate is ``new`` or ``amendment``, as ``cross`` returned them, in one transaction.

        Whoever takes the submission writes the audit entry that tells how many were taken.
        """
        raise NotImplementedError

    def run(self, rows: pl.DataFrame, tests: Sequence[Test]) -> pl.DataFrame:
        """The findings of tests on rows that ``cross`` has, of rules that are not off."""
        wanted = [test for test in tests if self.given.severities[test.rule] != OFF]
        return run_tests(rows, rows, wanted, self.given.masked)[0]


def again(rows: pl.DataFrame, *key: str) -> pl.DataFrame:
    """The rows whose ``key`` an earlier one has already, with ``first_row``, the first one that has it.

    A key of which a part is null is nobody's.
    """
    kept = rows.with_columns(first_row=pl.col("row").first().over(key)).drop_nulls(key)
    return kept.filter(pl.col("row") != pl.col("first_row"))
