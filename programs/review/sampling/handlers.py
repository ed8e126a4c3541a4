"""The job of a large lot: what its verdict says is done to its members, some at a time."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.accounts.models import User
from backend.accounts.scope import bind, bind_by, everything
from backend.audit.services import enter_audit
from backend.jobs.services import Run, handles
from programs.review.sampling.judging import CARRY_OUT, carry_out_some, finish
from programs.review.sampling.models import Lot, LotUnit
from programs.review.sampling.opening import locked
from programs.review.undoing import rests_on

bind(LotUnit, "record__district")


@bind_by(Lot)
def whole_lots(rows: QuerySet[Any], districts: Sequence[str]) -> QuerySet[Any]:
    """A verdict is of the whole lot, so it is for whoever sees every member of it."""
    units = LotUnit.objects.filter(lot=OuterRef("pk"))
    return rows.filter(Exists(units)).exclude(Exists(units.exclude(record__district__in=districts)))


@rests_on
def sampled(record_ids: Sequence[int], since: dt.datetime) -> dict[int, str]:
    """A decision that came with a lot's verdict stands: the verdict counts, and part of a lot is no lot."""
    units = LotUnit.objects.filter(
        Q(lot__finished_at=None) | Q(lot__finished_at__gte=since),
        record__in=list(record_ids),
        outcome__in=[LotUnit.Outcome.VERIFIED, LotUnit.Outcome.RETURNED],
    )
    return dict.fromkeys(units.values_list("record_id", flat=True), "sampled")


@handles(CARRY_OUT)
def carry_out(run: Run) -> dict[str, Any]:
    """Goes on where it was interrupted: a member that is done is held no longer."""
    lot_id = run.job.subject_id or 0
    with everything():
        total = Lot.objects.get(pk=lot_id).lot_size
        done = total - LotUnit.objects.filter(lot=lot_id, held=True).count()
    run.progress(done, total)
    while True:
        with everything():
            run.hold()
            lot = locked(lot_id)
            some = carry_out_some(lot)
            if not some:
                carried = finish(lot)
                actor = User.objects.filter(pk=lot.decided_by_id or 0).first()
                enter_audit(action="lot.carried_out", subject=lot, detail=carried | {"job": run.job.pk}, actor=actor)
                return carried
        done += some
        run.progress(done, total)
