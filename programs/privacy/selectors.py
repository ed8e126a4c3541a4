"""Reading requests of persons, and what an erasure would come to."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.audit.models import AuditEntry
from programs.disposal.holds import on_persons
from programs.disposal.models import LegalHold
from programs.disposal.stripping import counted
from programs.privacy.models import ErasedPerson, PrivacyRequest
from programs.privacy.whose import Known, known
from programs.targets.models import Standing
from talent.holdings.registry import Fate, Words
from talent.people.models import Person

READERS = (User.Role.OFFICER, User.Role.ADMIN)


def requests(actor: User | None) -> QuerySet[PrivacyRequest]:
    """Requests: for officers of the whole city, and for administrators, who read them."""
    if actor is None or actor.role not in READERS or actor.districts:
        return PrivacyRequest.objects.none()
    return PrivacyRequest.objects.select_related(
        *("received_by", "assigned_to", "identified_by", "proposed_by", "approved_by", "closed_by"),
        *("readable", "machine"),
    )


def officers(actor: User | None) -> QuerySet[User]:
    """To whom a request can be given: active officers of the whole city."""
    found = User.objects.filter(role=User.Role.OFFICER, is_active=True, districts=[])
    return found if actor is not None and actor.role in READERS else found.none()


def names(rows: list[PrivacyRequest]) -> dict[int, str]:
    """By row of a person the name on record; three stars of whoever was erased."""
    return dict(Person.objects.filter(pk__in={one.person_id for one in rows}).values_list("pk", "name"))


def erased(person_ids: list[int]) -> dict[int, ErasedPerson]:
    """Those of some rows of persons that were erased."""
    return ErasedPerson.objects.in_bulk(person_ids)


def steps(request: PrivacyRequest) -> QuerySet[AuditEntry]:
    """What was done about a request, from the trail, the earliest first."""
    return AuditEntry.objects.filter(subject_type="privacy_request", subject_id=str(request.pk)).order_by("pk")


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of a table's rows: how many, and of those that stay why."""

    table: str
    label: Words
    rows: int
    fate: str
    why: Words


@dataclass(frozen=True, slots=True)
class Preview:
    """What erasing somebody would come to; ``heads``: towards how many targets they count and stay counted."""

    erased: list[Line]
    stripped: list[Line]
    kept: list[Line]
    holds: list[LegalHold]
    heads: int

    def told(self) -> dict[str, Any]:
        """As it is answered."""

        def lines(found: list[Line]) -> list[dict[str, Any]]:
            return [
                {"table": one.table, "called": str(one.label), "rows": one.rows, "why": str(one.why)} for one in found
            ]

        return {
            "erased": lines(self.erased),
            "stripped": lines(self.stripped),
            "kept": lines(self.kept),
            "holds": [one.pk for one in self.holds],
            "heads": self.heads,
        }


def preview(request: PrivacyRequest) -> Preview:
    """What an erasure would come to as the tables stand; which files name the person is found out when it is done."""
    whom: Known = known(request.person_id)
    lines = [Line(one.table, one.label, rows, one.fate.value, one.why) for one, rows in counted(whom.whose)]
    return Preview(
        erased=[one for one in lines if one.fate == Fate.ERASED],
        stripped=[one for one in lines if one.fate == Fate.STRIPPED],
        kept=[one for one in lines if one.fate == Fate.KEPT],
        holds=on_persons(whom.persons),
        heads=Standing.objects.filter(person_id__in=whom.persons).count(),
    )
