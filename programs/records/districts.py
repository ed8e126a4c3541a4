"""What an officer who is bound to districts sees of records, and of what rooms below keep of them: the first wall.

The second, in ``sql/districts.sql``, says the same of every table.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from backend.accounts import scope
from backend.messages.models import Delivery
from programs.records.claims import Claim, FirstVerification
from programs.records.models import Amendment, Decision, Record, Revision, Undoing
from programs.records.threads import Thread
from programs.submissions.models import Finding
from talent.credentials.models import Credential, Evidence, Examination
from talent.people.models import Person

OF_A_RECORD = (Amendment, Revision, Decision, Undoing, Claim, FirstVerification, Thread)
"""Tables whose rows lead to a record."""

NUMBERED = (Credential, Examination, Evidence)
"""Tables of the room below, whose rows know a record by its number alone."""


def bind_all() -> None:
    """Says of each table to which district its rows belong."""
    scope.bind(Record, "district")
    for model in OF_A_RECORD:
        scope.bind(model, "record__district")
    for numbered in NUMBERED:
        scope.bind_by(numbered)(_of_a_number)
    scope.bind_by(Person)(_people)
    scope.bind_by(Finding)(_findings)
    scope.bind_by(Delivery)(_letters)


def _of_a_number(rows: QuerySet[Any], districts: Sequence[str]) -> QuerySet[Any]:
    return rows.filter(Exists(_within(districts).filter(pk=OuterRef("record_id"))))


def _people(rows: QuerySet[Any], districts: Sequence[str]) -> QuerySet[Any]:
    """Whoever was found to be one person is seen by any of their records."""
    own, whole = _within(districts), Coalesce(OuterRef("canonical_id"), OuterRef("pk"))
    by_any = Exists(own.filter(person=whole)) | Exists(own.filter(person__canonical=whole))
    return rows.filter(Q(Exists(own.filter(person=OuterRef("pk")))) | Q(by_any))


def _findings(rows: QuerySet[Any], districts: Sequence[str]) -> QuerySet[Any]:
    """Those of rows that became a record, or an amendment of one: of others it is not said where they belong."""
    place = {"submission": OuterRef("submission_id"), "row": OuterRef("row")}
    amended = Amendment.objects.filter(record__district__in=districts, **place)
    return rows.filter(Exists(_within(districts).filter(**place)) | Exists(amended))


def _letters(rows: QuerySet[Any], districts: Sequence[str]) -> QuerySet[Any]:
    """What was written to organisations that have a record there."""
    return rows.filter(Exists(_within(districts).filter(organisation=OuterRef("organisation"))))


def _within(districts: Sequence[str]) -> QuerySet[Record]:
    return Record.objects.filter(district__in=districts)
