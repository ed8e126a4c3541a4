"""Reading people, as far as the actor may."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from backend.accounts.models import User
from backend.accounts.scope import visible
from talent.people.models import IdentityDocument, MatchCase, Person, PersonReport


def people(actor: User | None) -> QuerySet[Person]:
    """People as they are now, without the rows merged into others: a partner's are those that it reported."""
    found = Person.objects.filter(canonical__isnull=True)
    if actor is None or actor.sees_everything:
        return visible(found, actor)
    reported = PersonReport.objects.filter(organisation=actor.organisation_id, person=OuterRef("pk"))
    return found.filter(Exists(reported))


def masked_documents(person_ids: Iterable[int]) -> dict[int, list[dict[str, str]]]:
    """``{id_type, number}`` of each person's documents, the numbers masked, oldest first."""
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    documents = IdentityDocument.objects.filter(person__in=list(person_ids)).order_by("pk")
    for person, id_type, number in documents.values_list("person", "id_type", "masked_number"):
        found[person].append({"id_type": id_type, "number": number})
    return found


def matches(actor: User | None) -> QuerySet[MatchCase]:
    """Match cases: the bureau's alone, because the name on record for a number is not a partner's to know."""
    if actor is None or not actor.sees_everything:
        return MatchCase.objects.none()
    return MatchCase.objects.all()
