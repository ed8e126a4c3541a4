"""Legal holds: placing and lifting them, and whom and what they touch.

A hold is placed behind everybody who is just destroying something, and whoever destroys looks for holds first, under
one lock: what was destroyed was free, and what is held stays.
"""

from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock, locks
from backend.accounts.models import Organisation, User
from backend.accounts.scope import refuse_bound
from backend.audit.services import enter_audit
from backend.problems import AlreadyExists, Conflict, FieldError, Invalid, Problem, register, unique
from backend.vault.masking import scrub
from programs.disposal.models import LegalHold
from programs.submissions.models import Submission
from talent.people.models import Person

HOLDS = "disposal.holds"
LONGEST = 1000
READERS = (User.Role.OFFICER, User.Role.ADMIN)

register(legal_hold=lazy("A legal hold stands"))


class Held(Problem):
    """409 ``legal_hold``: something that would be destroyed is held."""

    def __init__(self, holds: Iterable[LegalHold]) -> None:
        numbers = ", ".join(str(one.pk) for one in holds)
        told = _("Nothing was erased: it is under legal hold (no. %(numbers)s). It can be erased once that is lifted.")
        super().__init__(409, "legal_hold", told % {"numbers": numbers})


def legal_holds(actor: User | None) -> QuerySet[LegalHold]:
    """Holds, lifted ones too: for officers of the whole city, and for administrators."""
    if actor is None or actor.role not in READERS or actor.districts:
        return LegalHold.objects.none()
    return LegalHold.objects.select_related("organisation", "submission", "placed_by", "lifted_by")


def on_persons(person_ids: Iterable[int]) -> list[LegalHold]:
    """The holds that stand in the way of erasing persons, under whichever of their rows these are named."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT holds_on_persons(%s::bigint[])", [list(person_ids)])
        found = [row[0] for row in cursor.fetchall()]
    return list(LegalHold.objects.filter(pk__in=found).order_by("pk"))


def on_submissions(submission_ids: Iterable[int]) -> list[LegalHold]:
    """The holds that keep submissions: their own, and those on their organisations; on persons is asked apart."""
    ids = list(submission_ids)
    organisations = Submission.objects.filter(pk__in=ids).values("organisation")
    standing = LegalHold.objects.filter(lifted_at=None)
    found = standing.filter(submission__in=ids) | standing.filter(organisation__in=organisations)
    return list(found.order_by("pk"))


@transaction.atomic
def place(
    *,
    actor: User,
    reason: str,
    person: Person | None = None,
    organisation: Organisation | None = None,
    submission: Submission | None = None,
) -> LegalHold:
    """Keeps everything that touches one person, organisation or submission, until it is lifted.

    Raises:
        Forbidden: an officer who is bound to districts.
        Invalid: not exactly one thing is named, or the reason is missing or too long.
        AlreadyExists: it is held already.
    """
    refuse_bound(actor)
    said = _reason(reason)
    if sum(one is not None for one in (person, organisation, submission)) != 1:
        raise Invalid([FieldError("person", "one_thing", _("Name one person, one organisation or one submission."))])
    locks.hold(HOLDS)
    taken = _("It is under legal hold already.")
    whole = (person.canonical_id or person.pk) if person else None
    if LegalHold.objects.filter(
        person_id=whole, organisation=organisation, submission=submission, lifted_at=None
    ).exists():
        raise AlreadyExists(taken)
    with unique({"legal_hold": taken}):
        row = LegalHold.objects.create(
            person_id=whole, organisation=organisation, submission=submission, reason=said, placed_by=actor
        )
    enter_audit(action="hold.place", subject=row, detail=_told(row) | {"reason": said}, actor=actor)
    return row


@transaction.atomic
def lift(*, actor: User, hold: LegalHold, reason: str) -> LegalHold:
    """Ends a hold.

    Raises:
        Invalid: the reason is missing or too long.
        Conflict: it was lifted already.
    """
    said = _reason(reason)
    locks.hold(HOLDS)
    row = LegalHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if row.lifted_at is not None:
        raise Conflict(_("This hold was lifted already."))
    row.lifted_at, row.lifted_by, row.lift_reason = clock.now(), actor, said
    row.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    enter_audit(action="hold.lift", subject=row, detail=_told(row) | {"reason": said}, actor=actor)
    return row


def _reason(text: str) -> str:
    said = scrub(text.strip())
    if not said:
        raise Invalid([FieldError("reason", "required", _("Say why; it is what the hold rests on."))])
    if len(said) > LONGEST:
        told = _("Say it in %(most)d characters at most.") % {"most": LONGEST}
        raise Invalid([FieldError("reason", "max_length", told)])
    return said


def _told(row: LegalHold) -> dict[str, object]:
    return {
        "person": row.person_id,
        "organisation": row.organisation.code if row.organisation else None,
        "submission": row.submission_id,
    }
