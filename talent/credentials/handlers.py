"""What credentials add to a person's page, and to what persons are told apart by."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from backend.accounts.models import User
from talent.credentials import selectors
from talent.people.models import Person
from talent.people.selectors import group
from talent.people.sources import section
from talent.people.traits import Claim, claim_source, listed


@section("credentials")
def credentials_of(person: Person, actor: User) -> list[dict[str, Any]]:
    """The person's credentials, as far as the actor may see them."""
    rows = selectors.credentials(actor).filter(person__in=group(person.pk, actor)).order_by("pk")
    return [
        {
            "id": row.pk,
            "record": row.record_id,
            "kind": row.kind,
            "code": row.code,
            "school": row.school,
            "held_from": row.held_from,
            "state": row.state,
        }
        for row in rows
    ]


@claim_source
def claims_of(person_ids: Sequence[int]) -> Iterator[Claim]:
    """Education and titles as traits by which persons are told apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, kind || ' ' || code, school, number_index, held_from FROM credential"
            " WHERE person_id = ANY (%s::bigint[])",
            [listed(person_ids)],
        )
        for person, level, school, certificate, held_from in cursor.fetchall():
            yield Claim(person, level, school, certificate and bytes(certificate), held_from)
