"""Rows of the roster that are looked for by terms: page by page, without reading the table.

The database finds a page's persons itself (``roster_find`` in ``sql/roster.sql``), because row security lets no index
on ``terms`` be used by whoever it holds: the function runs as the resolver, asks the scope whose entries it may look
at, and returns ids; the entries are then read through the wall.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db import models
from django.db.models.expressions import RawSQL

RANK = "rank"
"""1 for an entry that is exactly what was looked for, 0 for the others."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: ``tsquery`` texts that must all be met, the one of exact matches, and days of counting."""

    wanted: tuple[str, ...] = ()
    best: str = ""
    toward: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def query(self) -> str:
        return " & ".join(f"({one})" for one in self.wanted)

    @property
    def anything(self) -> bool:
        return bool(self.wanted or self.since or self.until)


class RosterQuerySet(models.QuerySet):
    """Entries, narrowed by ``wanting``; however it is evaluated it finds them by ``roster_find``."""

    ordered_wholly_by = frozenset({"person_id"})
    """Of one reader's entries; see ``keyset.total_ordering``."""

    sought: Sought = Sought()
    reader: int = 0
    """Whose entries these are, which the terms begin with."""

    def wanting(self, *queries: str, **more: Any) -> Self:
        """Entries that meet these ``tsquery`` texts too; ``more`` is what else of ``Sought`` is asked."""
        chained = self.all()
        chained.sought = replace(self.sought, wanted=(*self.sought.wanted, *queries), **more)
        return chained

    def ranked(self) -> Self:
        """With the ``rank`` of each, by which a search is ordered."""
        if not self.sought.best:
            return self.annotate(**{RANK: models.Value(0)})
        exact = RawSQL("(roster.terms @@ %s::tsquery)::int", [self.sought.best], models.IntegerField())
        return self.annotate(**{RANK: exact})

    def found(self, beyond: Sequence[Any] | None = None, backwards: bool = False, most: int | None = None) -> Self:
        """The entries sought, or the first ``most`` of them that come after ``beyond`` in the order of a page.

        Args:
            beyond: the values of the ordering of the row before, the person's id last, a rank before it.
            backwards: before and not after it.
            most: how many are wanted; ``None``: all.
        """
        plain = self.all()
        sought, plain.sought = self.sought, Sought()
        if not sought.anything and most is not None:
            if beyond is None:
                return plain
            return plain.filter(**{f"person_id__{'gt' if backwards else 'lt'}": beyond[-1]})
        if not sought.anything:
            return plain
        rank = beyond[0] if beyond is not None and len(beyond) > 1 else 0
        arguments = [
            sought.query or None,
            sought.best or None,
            *(sought.toward, sought.since, sought.until),
            *(rank, beyond[-1] if beyond is not None else None),
            *(backwards, most),
        ]
        # As an array and not as rows to be joined: the planner looks few persons up by the index, however it guesses.
        condition = (
            "roster.person_id = ANY(ARRAY(SELECT roster_find(%s::tsquery, %s::tsquery, %s::text, %s::date, %s::date,"
            " %s::int, %s::bigint, %s::boolean, %s::int)))"
        )
        found: Self = plain.extra(where=[condition], params=arguments)  # type: ignore[assignment]  # one of its own
        return found

    def count(self) -> int:
        return super().count() if not self.sought.anything else self.found().count()

    def exists(self) -> bool:
        return super().exists() if not self.sought.anything else self.found(most=1).exists()

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        return super().iterator(*args, **kwargs) if not self.sought.anything else self.found().iterator(*args, **kwargs)

    def _fetch_all(self) -> None:
        if self.sought.anything and self._result_cache is None:
            self._result_cache = list(self.found())
        super()._fetch_all()

    def _clone(self) -> Self:
        cloned: Self = super()._clone()  # type: ignore[misc]  # Django's own, and not in its stubs
        cloned.sought, cloned.reader = self.sought, self.reader
        return cloned
