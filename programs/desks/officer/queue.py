"""The records that an officer goes through: a filter that is kept in the address, and what comes next in it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from backend.accounts.models import User
from backend.lists.filters import filtered, refuse_unknown
from backend.lists.keyset import PARAMETERS, Column, after
from programs.records import selectors
from programs.records.filters import SORTED_BY, RecordFilter
from programs.records.models import Record

IN_FILE_ORDER = ("id",)


def order_of(given: QueryDict) -> tuple[str, ...]:
    """As the address says; else one submission is gone through as its file runs, everything else from the latest."""
    chosen = SORTED_BY.get(given.get("sort", ""))
    return chosen or (IN_FILE_ORDER if given.get("submission") else SORTED_BY["latest"])


@dataclass(frozen=True, slots=True)
class Queue:
    """What an address filters by; empty where it filters by nothing."""

    given: QueryDict
    WAITING: ClassVar[tuple[str, ...]] = SORTED_BY["waiting"]

    @classmethod
    def of(cls, given: QueryDict) -> "Queue":
        """The queue that an address names, blanks and the lists' own parameters left out.

        Raises:
            Problem: 400 for a name that records are not filtered by.
        """
        refuse_unknown(given, RecordFilter.names())
        kept = QueryDict(mutable=True)
        for name in given:
            values = [value for value in given.getlist(name) if value]
            if values and name not in PARAMETERS:
                kept.setlist(name, values)
        return cls(kept)

    def __bool__(self) -> bool:
        return bool(self.given)

    @property
    def address(self) -> str:
        """As it stands behind the question mark of an address."""
        return self.given.urlencode()

    @property
    def values(self) -> dict[str, Any]:
        """As ``programs.review.choosing`` takes a filter."""
        return {name: self.given.getlist(name) if name == "state" else self.given[name] for name in self.given}

    def rows(self, actor: User, request: HttpRequest) -> QuerySet[Record]:
        """Its records, as far as ``actor`` may see them. Raises Problem for a value that cannot be read."""
        return filtered(RecordFilter, self.given, selectors.records(actor), request)

    def next_after(self, record_id: int, actor: User, request: HttpRequest) -> int | None:
        """The id of the record that comes next, from the front again after the last; ``None`` when none is left."""
        if not self:
            return None
        order = order_of(self.given)
        rows = self.rows(actor, request).order_by(*order)
        columns = [Column(rows, term) for term in order]
        here = selectors.records(actor).filter(pk=record_id).values(*(column.path for column in columns)).first()
        if here is None:
            return None
        onwards = after(columns, [here[column.path] for column in columns], backwards=False)
        found = rows.filter(onwards).values_list("pk", flat=True).first()
        return found or rows.exclude(pk=record_id).values_list("pk", flat=True).first()
