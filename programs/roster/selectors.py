"""Reading the roster, as far as the actor may."""

import re
from typing import Any

from django.db.models import Q

from backend.accounts.models import User
from backend.accounts.scope import visible
from backend.lists import keyset
from backend.lists.keyset import Page
from backend.naming import in_language
from backend.reference.selectors import tables
from backend.vault import services as vault
from programs.roster import typed
from programs.roster.finding import RANK, RosterQuerySet
from programs.roster.models import BUREAU, RosterEntry
from programs.roster.showing import COLUMNS
from programs.roster.terms import Term, any_of, quoted
from programs.targets.models import Target
from talent.credentials.models import Credential
from talent.credentials.services import certificate_key
from talent.people.merging import whole_ids
from talent.people.models import IdentityDocument, Person

RESIDENT, TEMPORARY = "111", "112"
PASS = "516"
PASS_CHARACTERS = 9


def entries(actor: User | None) -> RosterQuerySet:
    """People as ``actor`` may know them: bureau staff everybody, a partner those that it reported.

    Whoever is bound to districts knows those who have a record there.
    """
    found: Any = visible(RosterEntry.objects.all(), actor, "organisation_id")
    if actor is not None and actor.is_authenticated and actor.sees_everything:
        found = found.filter(organisation_id=BUREAU)
    found.reader = reader_of(actor) or BUREAU
    rows: RosterQuerySet = found
    if actor is not None and actor.districts:
        return rows.wanting(any_of(BUREAU, Term.DISTRICT, actor.districts))
    return rows


def reader_of(actor: User | None) -> int | None:
    """Whose entries ``actor`` reads; ``None``: nobody's."""
    if actor is None or not actor.is_authenticated:
        return None
    return BUREAU if actor.sees_everything else actor.organisation_id


def target_names() -> dict[str, str]:
    """What the targets are called, by code, in the reader's language: the plan is public, its figures are not."""
    found = Target.objects.order_by("plan__code", "position").values_list("code", "name_zh", "name_en")
    return {code: in_language(name_zh, name_en) for code, name_zh, name_en in found}


def counting_towards(actor: User | None, target: str, most: int) -> int:
    """How many of the people that ``actor`` may know count towards a target, counted no further than ``most`` + 1."""
    found = entries(actor)
    return found.wanting(quoted(found.reader, Term.COUNTED, target), toward=target).found(most=most + 1).count()


def having_number(queryset: RosterQuerySet, text: str) -> RosterQuerySet:
    """Those among the entries who have a document or a certificate with exactly this number.

    Only what stands behind the walls is found: a partner's own people, and the certificates that it reported itself.
    """
    documents = IdentityDocument.objects.filter(number_index__in=vault.index_many(document_keys(text)))
    certificates = Credential.objects.filter(number_index__in=vault.index_many(certificate_keys(text)))
    persons = {*documents.values_list("person_id", flat=True), *certificates.values_list("person_id", flat=True)}
    wholes = set(whole_ids(persons).values())
    # Whichever of a person's rows speaks for them to the reader.
    rows = Person.objects.filter(Q(pk__in=wholes) | Q(canonical__in=wholes)).values_list("pk", flat=True)
    return queryset.filter(person_id__in=sorted(rows))


def document_keys(text: str) -> list[str]:
    """What a number of any kind of document is indexed as (see ``programs.intake.numbers``)."""
    spellings = {typed.number(text), re.sub(r"\s", "", typed.plain(text)).upper()}
    kinds = set(tables().names["id_type"]) - {TEMPORARY}
    keys = {f"{kind}|{number}" for kind in kinds for number in spellings}
    return sorted(keys | {f"{PASS}|{number[:PASS_CHARACTERS]}" for number in spellings})


def certificate_keys(text: str) -> list[str]:
    """What a certificate's number is indexed as."""
    spellings = {typed.number(text), typed.plain(text).upper()}
    return sorted(certificate_key(kind, number) for kind in Credential.Kind.values for number in spellings)


def first(rows: Any) -> Page:
    """The first page of what was looked for, the exact ones first."""
    ordered = rows.ranked().values(*COLUMNS.values(), RANK)
    return keyset.page(ordered, name="found", ordering=(f"-{RANK}", "-person_id"), limit=keyset.DEFAULT_LIMIT)
