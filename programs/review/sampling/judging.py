"""Looking at a lot's sample, the verdict that follows from it, and what the verdict does to the members."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.jobs.services import queue
from backend.problems import Conflict, FieldError, Invalid, NotFound
from backend.vault.masking import scrub
from programs.intake.columns import COLUMNS
from programs.records.models import Record
from programs.review.deciding import Order, carry_out
from programs.review.rulings import Kind
from programs.review.safeguards import Why
from programs.review.sampling.models import DefectClass, Lot, LotDefect, LotUnit
from programs.review.sampling.opening import locked
from programs.review.sampling.selectors import defects, sample
from programs.review.sampling.words import by_column, reason_of_lot, reason_of_unit
from programs.review.services import AT_ONCE, digest_of_ids

CARRY_OUT = "lot.carry_out"
CHUNK = 10_000
MOST_DEFECTS = 20
LONGEST_NOTE = 500
APART = frozenset({Why.SECOND_OFFICER, Why.CREDENTIALS})
"""What stands against a member's verification besides the lot's verdict."""

CODES = frozenset(column.code for column in COLUMNS)
Outcome = LotUnit.Outcome
Found = Sequence[Mapping[str, str]]
Fields = tuple[tuple[str, str], ...]


@transaction.atomic
def judge(*, actor: User, lot: Lot, record_id: int, conforming: bool, found: Found = ()) -> Lot:
    """Notes what an officer found in a record of the sample; with the last one the lot is decided.

    The same judgement again changes nothing. Whoever judged may think again while the lot is open.

    Args:
        actor: an officer.
        lot: an open one.
        record_id: of the sample.
        conforming: nothing is wrong with it.
        found: where something is, each defect as ``{column, defect_class, note}``.

    Raises:
        NotFound: the record is not in the sample.
        Invalid: a defect names no column or class, or conforming and defects do not go together.
        Conflict: the lot is decided, somebody else judged the record, or its partner has withdrawn it or reported it
            anew meanwhile.
    """
    told = _readable(conforming, found)
    current = locked(lot.pk)
    unit = LotUnit.objects.filter(lot=current, record=record_id).select_related("record").first()
    if unit is None:
        raise NotFound
    if unit.judged_at is not None and unit.judged_by_id == actor.pk and _judged_so(unit, conforming, told):
        return current
    _refuse_unfit(current, unit, actor)
    LotDefect.objects.filter(unit=unit).delete()
    LotDefect.objects.bulk_create(
        LotDefect(lot=current, unit=unit, organisation_id=unit.organisation_id, **one) for one in told
    )
    unit.conforming, unit.judged_by, unit.judged_at = conforming, actor, clock.now()
    unit.save(update_fields=["conforming", "judged_by", "judged_at"])
    enter_audit(
        action="lot.judge",
        subject=current,
        detail={"record": record_id, "conforming": conforming, "defects": told},
        actor=actor,
    )
    _count(current)
    if not remaining(current):
        _decide(current, actor)
    return current


@transaction.atomic
def conclude(*, actor: User, lot: Lot) -> Lot:
    """Decides a lot of whose sample nothing is left to look at because its partner took back the rest.

    Raises:
        Conflict: something is left to look at, or nothing was looked at; such a lot is called off.
    """
    current = locked(lot.pk)
    if current.state != Lot.State.OPEN:
        return current
    left = remaining(current)
    if left or not LotUnit.objects.filter(lot=current, judged_at__isnull=False).exists():
        raise Conflict(_("Lot %(id)s has %(n)s records to look at before it can be decided.") % _left(current, left))
    _decide(current, actor)
    return current


def remaining(lot: Lot) -> int:
    """How many records of the sample are still to be looked at."""
    return sum(1 for unit in sample(lot) if unit.judged_at is None)


def _left(lot: Lot, left: int) -> dict[str, int]:
    return {"id": lot.pk, "n": left}


def _readable(conforming: bool, found: Found) -> list[dict[str, str]]:
    errors = []
    if conforming == bool(found):
        errors.append(FieldError("defects", "invalid", _("Name what is wrong, or say that the record conforms.")))
    if len(found) > MOST_DEFECTS:
        errors.append(FieldError("defects", "max_length", _("Name %(n)d defects at most.") % {"n": MOST_DEFECTS}))
    for place, one in enumerate(found):
        if one.get("column") not in CODES:
            errors.append(FieldError(f"defects.{place}.column", "invalid", _("Name a column of the template.")))
        if one.get("defect_class") not in DefectClass.values:
            told = _("Say how grave it is: critical, major or minor.")
            errors.append(FieldError(f"defects.{place}.defect_class", "invalid", told))
        if len(one.get("note") or "") > LONGEST_NOTE:
            told = _("Say it in %(most)d characters at most.") % {"most": LONGEST_NOTE}
            errors.append(FieldError(f"defects.{place}.note", "max_length", told))
    if errors:
        raise Invalid(errors)
    return [
        {
            "column": one["column"],
            "defect_class": one["defect_class"],
            "note": scrub((one.get("note") or "").strip().replace("\0", "")),
        }
        for one in found
    ]


def _judged_so(unit: LotUnit, conforming: bool, told: list[dict[str, str]]) -> bool:
    known = LotDefect.objects.filter(unit=unit).order_by("pk").values("column", "defect_class", "note")
    return unit.conforming == conforming and list(known) == told


def _refuse_unfit(lot: Lot, unit: LotUnit, actor: User) -> None:
    if lot.state != Lot.State.OPEN:
        raise Conflict(
            _("Lot %(id)s is decided: %(state)s.") % {"id": lot.pk, "state": lot.get_state_display()}, state=lot.state
        )
    if unit.judged_at is not None:
        if unit.judged_by_id == actor.pk:
            return
        raise Conflict(
            _("Record %(id)s was looked at by %(name)s meanwhile. Go on with the next one.")
            % {"id": unit.record_id, "name": unit.judged_by.username if unit.judged_by else "?"},
            "judged_already",
        )
    record = unit.record
    if record.state != Record.State.SUBMITTED or record.submission_id != unit.submission_id:
        raise Conflict(
            _("Record %(id)s was withdrawn or reported anew and has left the lot; another takes its place.")
            % {"id": unit.record_id},
            "left_the_lot",
        )
    if unit.pk not in {one.pk for one in sample(lot)}:
        raise NotFound


def _count(lot: Lot) -> None:
    """Counts what was found so far: units by the classes that the lot counts, and units with a critical defect."""
    found = LotUnit.objects.filter(lot=lot, conforming=False).aggregate(
        nonconforming=Count("pk", filter=Q(defects__defect_class__in=lot.counted), distinct=True),
        critical=Count("pk", filter=Q(defects__defect_class=DefectClass.CRITICAL), distinct=True),
    )
    lot.nonconforming, lot.critical = found["nonconforming"], found["critical"]
    lot.save(update_fields=["nonconforming", "critical"])


def _decide(lot: Lot, actor: User) -> None:
    failed = lot.nonconforming > lot.accept_number or (lot.critical_fails and lot.critical > 0)
    lot.state = Lot.State.NOT_ACCEPTED if failed else Lot.State.ACCEPTED
    lot.decided_by, lot.decided_at = actor, clock.now()
    lot.save()
    held = LotUnit.objects.filter(lot=lot, held=True).count()
    if held > AT_ONCE:
        lot.job = queue(kind=CARRY_OUT, subject_id=lot.pk, organisation_id=None, actor=actor)
        lot.save(update_fields=["job"])
        carried = {}
    else:
        while carry_out_some(lot, AT_ONCE):
            pass
        carried = finish(lot)
    members = LotUnit.objects.filter(lot=lot).values_list("record_id", flat=True)
    enter_audit(
        action=f"lot.{lot.state}",
        subject=lot,
        detail={
            "lot_size": lot.lot_size,
            "sample_size": lot.sample_size,
            "accept_number": lot.accept_number,
            "nonconforming": lot.nonconforming,
            "critical": lot.critical,
            "ids_sha256": digest_of_ids(list(members)),
            **carried,
        },
        actor=actor,
    )


def carry_out_some(lot: Lot, most: int = CHUNK) -> int:
    """Does to some members what the verdict says, in the caller's transaction; how many there were, 0 when all is done.

    What was looked at and has defects comes back with these. Everything else is verified where the lot was accepted,
    and comes back with the lot's findings where it was not. A member that its partner withdrew or reported anew is left
    as it is; one that a second officer must confirm, or whose credentials were not looked at, is decided apart.
    """
    units = list(LotUnit.objects.filter(lot=lot, held=True).order_by("record_id").values_list("pk", "record_id")[:most])
    if not units:
        return 0
    found = list(defects(lot))
    faulty: dict[int, list[LotDefect]] = defaultdict(list)
    for defect in found:
        faulty[defect.unit.record_id].append(defect)
    sources = frozenset(LotUnit.objects.filter(lot=lot).order_by().values_list("submission_id", flat=True).distinct())
    orders: dict[tuple[Kind, str, Fields], list[int]] = defaultdict(list)
    accepted = lot.state == Lot.State.ACCEPTED
    rest: tuple[Kind, str, Fields] = (Kind.VERIFY, "", ()) if accepted else (Kind.RETURN, reason_of_lot(lot, found), ())
    for _pk, record_id in units:
        wrong = faulty.get(record_id)
        orders[(Kind.RETURN, reason_of_unit(wrong), by_column(wrong)) if wrong else rest].append(record_id)
    outcomes: dict[str, list[int]] = {Outcome.VERIFIED: [], Outcome.RETURNED: [], Outcome.APART: []}
    # All are locked first, in the order of their ids: one order after the other would lock them criss-cross.
    with connection.cursor() as cursor:
        ids = [record_id for _pk, record_id in units]
        cursor.execute("SELECT FROM record WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids])
    for (kind, reason, fields), ids in orders.items():
        order = Order(
            kind, reason, lot.decided_by_id or 0, sources, fields=dict(fields), asked={"lot": lot.pk}, lot=lot.pk
        )
        became = Outcome.VERIFIED if kind == Kind.VERIFY else Outcome.RETURNED
        done = carry_out(order, ids)
        outcomes[became] += done.decided
        outcomes[Outcome.APART] += [*done.first_verified, *(one.id for one in done.skipped if one.why in APART)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE lot_unit SET held = false, outcome = CASE WHEN record_id = ANY(%s) THEN 'verified'"
            " WHEN record_id = ANY(%s) THEN 'returned' WHEN record_id = ANY(%s) THEN 'apart' ELSE 'left' END"
            " WHERE id = ANY(%s)",
            [*outcomes.values(), [pk for pk, _id in units]],
        )
    return len(units)


def finish(lot: Lot) -> dict[str, Any]:
    """Notes that the verdict has been carried out on every member; how many became what."""
    lot.finished_at = clock.now()
    lot.save(update_fields=["finished_at"])
    counted = LotUnit.objects.filter(lot=lot).order_by().values("outcome").annotate(n=Count("pk"))
    return {one["outcome"]: one["n"] for one in counted}
