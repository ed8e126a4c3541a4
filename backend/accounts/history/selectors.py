"""Reading how organisations were called, what they were part of and where they went, as of any day."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from backend.accounts import scope
from backend.accounts.history.models import OrganisationChange
from backend.accounts.models import Organisation, User
from backend.naming import in_language

Kind = OrganisationChange.Kind

PARENT, SUCCESSOR = "parent", "successor"
ROLL_UPS = (PARENT, SUCCESSOR)
"""What the parts of a figure may be added up under: who stands at the top, or who went on after a merger."""


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation as it was called on a day."""

    code: str
    name_zh: str
    name_en: str

    @property
    def name(self) -> str:
        """In the reader's language; what has no English name goes by its Chinese one."""
        return in_language(self.name_zh, self.name_en)


def changes(actor: User | None) -> QuerySet[OrganisationChange]:
    """What became of the organisations that ``actor`` may see, what was withdrawn too."""
    rows = OrganisationChange.objects.select_related("organisation", "other", "entered_by", "withdrawn_by")
    return scope.visible(rows, actor)


def in_force(kind: str, day: dt.date, organisation_ids: Iterable[int] | None = None) -> QuerySet[OrganisationChange]:
    """For each organisation of which there is one, what stands of a kind and was the latest on ``day``."""
    rows = standing().filter(Q(from_on=None) | Q(from_on__lte=day), kind=kind)
    if organisation_ids is not None:
        rows = rows.filter(organisation__in=list(organisation_ids))
    return rows.order_by("organisation", F("from_on").desc(nulls_last=True)).distinct("organisation")


def standing() -> QuerySet[OrganisationChange]:
    """What was not withdrawn."""
    return OrganisationChange.objects.filter(withdrawn_at=None)


def names_on(day: dt.date, organisation_ids: Iterable[int]) -> dict[int, Named]:
    """By id, how organisations were called on ``day``."""
    ids = list(organisation_ids)
    return _named(Organisation.objects.filter(pk__in=ids), day)


def names_of_codes(day: dt.date, codes: Iterable[str], actor: User | None) -> dict[str, str]:
    """By code, how the organisations that ``actor`` may see were called on ``day``, in the reader's language."""
    rows = scope.visible(Organisation.objects.filter(code__in=set(codes)), actor, field="pk")
    return {one.code: one.name for one in _named(rows, day).values()}


def _named(rows: QuerySet[Organisation], day: dt.date) -> dict[int, Named]:
    by_then = standing().filter(Q(from_on=None) | Q(from_on__lte=day), organisation=OuterRef("pk"), kind=Kind.NAME)
    edition = by_then.order_by(F("from_on").desc(nulls_last=True))[:1]
    called = rows.annotate(zh=Subquery(edition.values("name_zh")), en=Subquery(edition.values("name_en")))
    return {
        pk: Named(code, name_zh, name_en) if zh is None else Named(code, zh, en)
        for pk, code, name_zh, name_en, zh, en in called.values_list("pk", "code", "name_zh", "name_en", "zh", "en")
    }


def rolled_up(by: str, day: dt.date) -> dict[int, int]:
    """By the id of an organisation, under whose id its figures are added up as of ``day``; who is not there stays.

    Args:
        by: ``parent``: the one at the top of all that it was part of; ``successor``: the last that it went into.
    """
    kind = Kind.PARENT if by == PARENT else Kind.MERGED
    rows = in_force(kind, day).filter(other__isnull=False) if kind == Kind.MERGED else in_force(kind, day)
    steps = {below: above for below, above in rows.values_list("organisation", "other") if above is not None}
    return {below: follow(steps, below) for below in steps}


def follow(steps: Mapping[int, int], start: int) -> int:
    """Where the steps lead in the end; they are kept from going round, and would end where they meet themselves."""
    seen, here = {start}, start
    while here in steps and steps[here] not in seen:
        here = steps[here]
        seen.add(here)
    return here
