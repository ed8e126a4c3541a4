"""Writing about people: marking them changed, asking about a name, and showing a number to whoever must see it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from backend.accounts.models import User
from backend.accounts.scope import everything, require_transaction
from backend.audit.services import enter_audit
from backend.bell import ring
from backend.throttles import Limit, take
from backend.vault import services as vault
from talent.people.matching import Described, compare
from talent.people.models import IdentityDocument, MatchCase, Person, PersonChange
from talent.people.selectors import group

SETTLE = "targets.settle"
"""The task that settles marked persons, rung for by name: who counts is decided further up the house."""


def mark_changed(*, person_ids: Iterable[int], reason: str) -> int:
    """Mark persons whose standing with the targets must be settled anew, in the transaction that changes them.

    The mark is the truth and the bell, which rings when the transaction commits, only makes it quick: a mark whose
    bell is lost is found again by the reconciler. Whoever merges or splits two persons marks both of them, because
    afterwards neither leads to the other any more.

    Args:
        person_ids: the persons as they stand on the records, merged or not; told more than once they are marked once.
        reason: one of ``PersonChange.Reason``; the ledger's entries will give it.

    Returns:
        How many marks were written.

    Raises:
        NoTransaction: there is no transaction that the marks would be written with.
        ValueError: an unknown reason.
    """
    require_transaction()
    known = PersonChange.Reason(reason)
    ids = sorted(set(person_ids))
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO person_change (person_id, reason) SELECT marked, %s FROM unnest(%s::bigint[]) AS marked",
            [known.value, ids],
        )
    ring(SETTLE)
    return len(ids)


@dataclass(frozen=True)
class NewCase:
    """A row that gave another name for a number on record (rule E12).

    ``birth_date`` is the row's, or the one that its number carries; ``name_key`` the name with its form folded away.
    """

    person_id: int
    organisation_id: int
    submission_id: int
    row: int
    name: str
    name_key: str
    birth_date: dt.date | None = None


def open_match_cases(*, cases: Sequence[NewCase]) -> int:
    """Ask an officer whether the names are one person's, in the caller's transaction; how many cases are new.

    A pair that was asked about before, whatever came of it, is not asked about again. The name on record is read here,
    under the bureau's scope and not the partner's, and nothing of it is given back.
    """
    if not cases:
        return 0
    with everything():
        known = Person.objects.in_bulk({case.person_id for case in cases})
        rows = []
        for case in cases:
            person = known[case.person_id]
            score, reasons = compare(
                Described(person.name, person.birth_date), Described(case.name, case.birth_date), same_number=True
            )
            rows.append(
                MatchCase(
                    person=person,
                    organisation_id=case.organisation_id,
                    submission_id=case.submission_id,
                    row=case.row,
                    name=case.name,
                    name_key=case.name_key,
                    score=score,
                    reasons=reasons,
                )
            )
        asked = MatchCase.objects.filter(person_id__in=known, kind=MatchCase.Kind.NAME)
        before = asked.count()
        MatchCase.objects.bulk_create(rows, batch_size=5000, ignore_conflicts=True)
        return asked.count() - before


def reveal_numbers(*, person: Person, reason: str, actor: User) -> list[dict[str, str]]:
    """A person's identity numbers in full, under every row that is them now.

    It is for a reason, which is kept on the audit trail with who asked.

    Returns:
        ``{id_type, number}`` for each document.

    Raises:
        Problem: 429 ``throttled``: so many people's numbers were revealed to the actor within the hour.
    """
    take((Limit("reveals", settings.REVEALS_AN_HOUR, 3600), str(actor.pk)))
    documents = list(IdentityDocument.objects.filter(person__in=group(person.pk, actor)).order_by("pk"))
    numbers = vault.unseal_many(
        "identity_document",
        "sealed_number",
        [document.pk for document in documents],
        [bytes(document.sealed_number) for document in documents],
    )
    enter_audit(
        action="person.reveal", subject=person, detail={"reason": reason, "documents": len(documents)}, actor=actor
    )
    return [
        {"id_type": document.id_type, "number": number.decode()}
        for document, number in zip(documents, numbers, strict=True)
    ]
