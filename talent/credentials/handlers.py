"""What credentials add to a person's page."""

from typing import Any

from backend.accounts.models import User
from talent.credentials import selectors
from talent.people.models import Person
from talent.people.sources import section


@section("credentials")
def credentials_of(person: Person, actor: User) -> list[dict[str, Any]]:
    """The person's credentials, as far as the actor may see them."""
    rows = selectors.credentials(actor).filter(person=person).order_by("pk")
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
