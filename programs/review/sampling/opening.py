"""Opening a lot: its members, its plan and its sample are fixed in one transaction, whatever its size."""

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import Organisation, User
from backend.accounts.scope import refuse_bound
from backend.audit.services import enter_audit
from backend.problems import Conflict, FieldError, Invalid
from programs.catalogue.models import Cohort, Programme
from programs.periods.models import Period
from programs.review.sampling.drawing import new_seed
from programs.review.sampling.models import Lot, LotUnit, SamplingSetting
from programs.review.sampling.plans import accept_number_one_step_tighter, plan_for
from programs.review.sampling.selectors import RETURNED_BEFORE, standing
from programs.review.sampling.settings import LONGEST_REASON, Reduced, in_force
from programs.review.services import digest_of_ids


@transaction.atomic
def open_lot(
    *,
    actor: User,
    organisation: Organisation,
    programme: Programme,
    cohort: Cohort | None,
    period: Period,
    resubmission: bool = False,
) -> Lot:
    """Opens a lot of what awaits review there, and draws its sample.

    Args:
        actor: an officer.
        organisation, programme, cohort, period: whose records, reported when; without a cohort, those without one.
        resubmission: those that come back after a lot that was not accepted, instead of the others.

    Raises:
        Invalid: the cohort is not one of this organisation and programme.
        Conflict: sampling is off for the organisation or discontinued, or nothing awaits review there.
    """
    refuse_bound(actor)
    if cohort and (cohort.organisation_id, cohort.programme_id) != (organisation.pk, programme.pk):
        told = _("Cohort %(code)s is not one of this organisation and programme.") % {"code": cohort.code}
        raise Invalid([FieldError("cohort", "invalid", told)])
    setting = _setting(organisation)
    ids = _take(organisation, programme, cohort, period, resubmission)
    # After the records: whoever opened a lot of these before has committed it by now.
    state = standing(organisation.pk)
    if state.stopped:
        raise Conflict(
            _(
                "Sampling of %(code)s is discontinued: five lots were not accepted under tightened inspection."
                " Review record by record until an officer resumes it."
            )
            % {"code": organisation.code},
            "sampling_discontinued",
        )
    if not ids:
        raise Conflict(
            _("Nothing that could be a lot awaits review there. It may have been opened or decided already.")
        )
    plan = plan_for(lot_size=len(ids), level=setting.level, aql=setting.aql, severity=state.severity)
    lot = Lot.objects.create(
        organisation=organisation,
        programme=programme,
        cohort=cohort,
        period=period,
        resubmission=resubmission,
        severity=state.severity,
        level=setting.level,
        aql=setting.aql,
        code_letter=plan.letter,
        lot_size=len(ids),
        sample_size=plan.sample_size,
        accept_number=plan.accept_number,
        tighter=accept_number_one_step_tighter(plan.letter, setting.aql),
        automatic=setting.reduced == Reduced.AUTOMATIC,
        counted=setting.counted,
        critical_fails=setting.critical_fails,
        seed=new_seed(),
        opened_by=actor,
    )
    _enter(lot, ids)
    enter_audit(action="lot.open", subject=lot, detail=_facts(lot) | {"ids_sha256": digest_of_ids(ids)}, actor=actor)
    return lot


@transaction.atomic
def cancel_lot(*, actor: User, lot: Lot, reason: str) -> Lot:
    """Calls a lot off before anything of it was looked at; its records await review as before. Again changes nothing.

    Raises:
        Conflict: it is decided, or something of it was looked at: whoever could draw anew then could choose the draw.
        Invalid: the reason is missing or too long.
    """
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        told = _("Say why, in %(most)d characters at most.") % {"most": LONGEST_REASON}
        raise Invalid([FieldError("reason", "required", told)])
    current = locked(lot.pk)
    if current.state == Lot.State.CANCELLED:
        return current
    units = LotUnit.objects.filter(lot=current)
    if current.state != Lot.State.OPEN or units.filter(judged_at__isnull=False).exists():
        raise Conflict(
            _("Lot %(id)s has begun (%(state)s) and can no longer be called off.")
            % {"id": current.pk, "state": current.get_state_display()},
            state=current.state,
        )
    units.update(held=False, outcome=LotUnit.Outcome.LEFT)
    current.state, current.reason, current.decided_by = Lot.State.CANCELLED, why, actor
    current.decided_at = current.finished_at = clock.now()
    current.save()
    enter_audit(action="lot.cancel", subject=current, detail={"reason": why}, actor=actor)
    return current


def locked(lot_id: int) -> Lot:
    """A lot, kept from being decided by anybody else until the transaction ends."""
    return Lot.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=lot_id)


def _setting(organisation: Organisation) -> SamplingSetting:
    setting = in_force().of(organisation.pk)
    if setting is None:
        raise Conflict(_("Sampling is off for %(code)s.") % {"code": organisation.code}, "sampling_off")
    return setting


def _take(
    organisation: Organisation, programme: Programme, cohort: Cohort | None, period: Period, resubmission: bool
) -> list[int]:
    """The records that will be members, locked in the order of their ids as decisions lock them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record.id FROM record JOIN submission ON submission.id = record.submission_id"
            " WHERE record.state = 'submitted' AND record.organisation_id = %s AND programme_id = %s"
            " AND cohort_id IS NOT DISTINCT FROM %s AND period_id = %s ORDER BY record.id FOR NO KEY UPDATE OF record",
            [organisation.pk, programme.pk, cohort.pk if cohort else None, period.pk],
        )
        there = [id for (id,) in cursor.fetchall()]
        # Statements of their own, after the lock: they see what was opened or decided meanwhile.
        cursor.execute(
            "UPDATE lot_unit SET held = false, outcome = 'left' FROM record WHERE held AND record_id = ANY(%s)"
            " AND record.id = record_id AND record.submission_id <> lot_unit.submission_id",
            [there],
        )
        cursor.execute(
            "SELECT id FROM record WHERE id = ANY(%s) AND state = 'submitted'"
            " AND NOT EXISTS (SELECT FROM lot_unit unit WHERE unit.held AND unit.record_id = record.id)"
            f" AND EXISTS ({RETURNED_BEFORE}) = %s ORDER BY id",
            [there, resubmission],
        )
        return [id for (id,) in cursor.fetchall()]


def _enter(lot: Lot, ids: list[int]) -> None:
    """The members with their places in the draw: what ``drawing.drawn`` gives, where the members are."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO lot_unit (lot_id, organisation_id, record_id, submission_id, rank, held, outcome)
            SELECT %s, organisation_id, id, submission_id,
                row_number() OVER (ORDER BY sha256(convert_to(%s || '|' || id::text, 'UTF8'))), true, ''
            FROM record WHERE id = ANY(%s)
            """,
            [lot.pk, lot.seed, ids],
        )


def _facts(lot: Lot) -> dict[str, Any]:
    return {
        "organisation": lot.organisation.code,
        "programme": lot.programme.code,
        "cohort": lot.cohort.code if lot.cohort else None,
        "period": lot.period.code,
        "resubmission": lot.resubmission,
        "severity": lot.severity,
        "level": lot.level,
        "aql": lot.aql,
        "lot_size": lot.lot_size,
        "sample_size": lot.sample_size,
        "accept_number": lot.accept_number,
        "seed": lot.seed,
    }
