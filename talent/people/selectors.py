"""Reading people, as far as the actor may.

A person may stand on several rows, each with a document of its own (``Person.canonical``). Staff see one person; a
partner sees of them the rows that it reported, and learns nothing of the others: not that they are there, nor the
names and documents that somebody else reported.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from backend.accounts.models import User
from backend.accounts.scope import seen_by, visible
from talent.people.models import IdentityDocument, MatchCase, Merge, Person, PersonReport, Sighting


def people(actor: User | None) -> QuerySet[Person]:
    """People as they are now: for staff the rows that speak for them, for a partner the first that it reported."""
    if actor is None or actor.sees_everything:
        return visible(Person.objects.filter(canonical__isnull=True), actor)
    own = PersonReport.objects.filter(organisation__in=seen_by(actor))
    found = Person.objects.filter(Exists(own.filter(person=OuterRef("pk"))))
    by_the_first = Exists(own.filter(person=OuterRef("canonical")))
    by_an_earlier = Exists(own.filter(person__canonical=OuterRef("canonical"), person__lt=OuterRef("pk")))
    return found.filter(Q(canonical__isnull=True) | ~(by_the_first | by_an_earlier))


def rows(actor: User | None) -> QuerySet[Person]:
    """Every row of a person, merged or not, that ``actor`` may see."""
    if actor is None or actor.sees_everything:
        return visible(Person.objects.all(), actor)
    own = PersonReport.objects.filter(organisation__in=seen_by(actor), person=OuterRef("pk"))
    return Person.objects.filter(Exists(own))


def now(actor: User | None, person_id: int) -> QuerySet[Person]:
    """The person whom row ``person_id`` is now, where ``actor`` may see that row; one at most, else none."""
    whole = rows(actor).filter(pk=person_id).values(whole=Coalesce("canonical_id", "pk"))
    return people(actor).filter(Q(pk__in=whole) | Q(canonical__in=whole))


def group(person_id: int, actor: User | None) -> QuerySet[Person, int]:
    """The ids of the rows that are the person whom row ``person_id`` is now, as far as ``actor`` sees them."""
    seen = rows(actor)
    whole = seen.filter(pk=person_id).values(whole=Coalesce("canonical_id", "pk"))
    return seen.filter(Q(pk__in=whole) | Q(canonical__in=whole)).values_list("pk", flat=True)


def masked_documents(person_ids: Iterable[int]) -> dict[int, list[dict[str, str]]]:
    """``{id_type, number}`` of each row's own documents, the numbers masked, oldest first."""
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    documents = IdentityDocument.objects.filter(person__in=list(person_ids)).order_by("pk")
    for person, id_type, number in documents.values_list("person", "id_type", "masked_number"):
        found[person].append({"id_type": id_type, "number": number})
    return found


def whole_documents(person_ids: Iterable[int], actor: User) -> dict[int, list[dict[str, str]]]:
    """The same with the documents of every row that is the person now, as far as ``actor`` sees them."""
    wholes = {pk: pk for pk in person_ids}
    if not actor.sees_everything:
        # Staff see the rows that speak for the others, a partner those that it reported.
        merged = Person.objects.filter(pk__in=wholes, canonical__isnull=False)
        wholes |= dict(merged.values_list("pk", "canonical_id"))
    found = set(wholes.values())
    documents = IdentityDocument.objects.filter(Q(person__in=found) | Q(person__canonical__in=found))
    if not actor.sees_everything:
        documents = documents.filter(person__in=rows(actor).values("pk"))
    gathered: dict[int, list[dict[str, str]]] = defaultdict(list)
    columns = documents.order_by("person", "pk").values_list(
        Coalesce("person__canonical_id", "person_id"), "id_type", "masked_number"
    )
    for whole, id_type, number in columns:
        gathered[whole].append({"id_type": id_type, "number": number})
    return {person: gathered[whole] for person, whole in wholes.items()}


def own_names(person_ids: Iterable[int], actor: User) -> dict[int, str]:
    """By row, the name under which a partner reported it first, which may not be the one on record.

    Whoever reads what the parts of its organisation report is told a part's name where it has given none itself.
    """
    found: dict[int, str] = {}
    sightings = visible(Sighting.objects.filter(person__in=list(person_ids)), actor).order_by("pk")
    rows = list(sightings.values_list("person", "name", "organisation"))
    for person, name, _whose in sorted(rows, key=lambda row: row[2] != actor.organisation_id):
        found.setdefault(person, name)
    return found


def sightings(person_ids: Iterable[int], actor: User) -> QuerySet[Sighting]:
    """Who gave these rows which name and since when, the earliest first: a partner's are its own."""
    found = visible(Sighting.objects.filter(person__in=list(person_ids)), actor)
    return found.select_related("organisation").order_by("since", "pk")


def merges(person_ids: Iterable[int], actor: User) -> QuerySet[Merge]:
    """What joins these rows or did, the earliest first: the bureau's alone."""
    if not actor.sees_everything:
        return Merge.objects.none()
    concerned = list(person_ids)
    return Merge.objects.filter(Q(person__in=concerned) | Q(other__in=concerned)).order_by("pk")


def matches(actor: User | None) -> QuerySet[MatchCase]:
    """Match cases: the bureau's alone, because the name on record for a number is not a partner's to know.

    They are about two people of any district, and so for the officers of the whole city.
    """
    if actor is None or not actor.sees_everything or actor.districts:
        return MatchCase.objects.none()
    return MatchCase.objects.all()
