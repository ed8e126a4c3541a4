"""Deciding on records: one, or as many as a filter finds."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.jobs.models import Job
from backend.jobs.services import queue
from backend.problems import Conflict, FieldError, Invalid, NotFound
from backend.vault.masking import scrub
from programs.records.models import Amendment, DecisionRun, Record
from programs.records.selectors import records
from programs.review import asking, claims, refusals
from programs.review.deciding import Order, Outcome, carry_out, tally
from programs.review.rulings import NEEDS_REASON, Kind
from programs.review.runs import Ranges, in_ranges
from programs.review.safeguards import Passed

DECIDE = "records.decide"
AT_ONCE = 5000
"""Up to so many records are decided in the request; more become a job."""

LISTED = 100
"""So many of the records passed over are listed; the others are counted."""

LONGEST_REASON = 2000


@dataclass
class Summary:
    """What came of a decision on many records, over one transaction or several."""

    decided: int = 0
    standing: int = 0
    first_verified: int = 0
    skipped_count: int = 0
    skipped: list[dict[str, Any]] = field(default_factory=list)
    run: int | None = None

    def add(self, outcome: Outcome) -> None:
        """Count what came of some more records."""
        self.decided += len(outcome.decided)
        self.standing += len(outcome.standing)
        self.first_verified += len(outcome.first_verified)
        self.skipped_count += len(outcome.skipped)
        room = LISTED - len(self.skipped)
        self.skipped += told(outcome.skipped[:room])
        if outcome.decided:
            self.run = outcome.run_id

    def as_dict(self) -> dict[str, Any]:
        return {
            "decided": self.decided,
            "standing": self.standing,
            "first_verified": self.first_verified,
            "skipped": self.skipped,
            "skipped_count": self.skipped_count,
            "run": self.run,
        }


def told(passed: Sequence[Passed]) -> list[dict[str, Any]]:
    """Records passed over, each with the state in which it was found and, where that does not say it, why."""
    names = names_of(one.by for one in passed if one.by is not None)
    rows: list[dict[str, Any]] = []
    for one in passed:
        row: dict[str, Any] = {"id": one.id, "state": one.state}
        if one.why:
            row["why"] = str(one.why)
        if one.lot is not None:
            row["lot"] = one.lot
        if one.by is not None and one.since is not None:
            row |= {"by": names[one.by], "since": one.since.isoformat()}
        rows.append(row)
    return rows


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """What some users sign in by."""
    return dict(User.objects.filter(pk__in=set(user_ids)).values_list("pk", "username"))


def decide_one(
    *,
    record_id: int,
    decision: str,
    reason: str,
    actor: User,
    submissions: frozenset[int] = frozenset(),
    fields: Mapping[str, str] | None = None,
) -> Outcome:
    """Decide on one record, or on its pending amendment. The decision that stands already changes nothing.

    Args:
        record_id: the record.
        decision: one of ``Kind``.
        reason: why; needed for all but a verification.
        actor: the officer.
        submissions: where they are known, the submissions whose values the officer had before them: what has come from
            others since is left alone.
        fields: of a return, the reasons by column.

    Raises:
        NotFound: there is no such record.
        Invalid: a reason is needed and is missing.
        Conflict: something else was decided on it, it is in no state for this decision, it was reported anew, a
            colleague is at work on it, or what the bureau has set forbids it.
    """
    order = _order(decision, reason, actor, submissions, fields, {"ids": 1})
    if actor.districts and not records(actor).filter(pk=record_id).exists():
        raise NotFound
    outcome = carry_out(order, [record_id])
    claims.renew(actor=actor)
    if outcome.skipped:
        [passed] = outcome.skipped
        if passed.why:
            raise refusals.of(passed)
        raise Conflict(_refusal(order, record_id, passed.state), state=passed.state)
    if not outcome.decided and not outcome.standing and not outcome.first_verified:
        raise NotFound
    detail: dict[str, Any] = {"reason": order.reason}
    if order.fields:
        detail["fields"] = dict(order.fields)
    if outcome.first_verified:
        enter_audit(action="record.first_verify", subject=("record", record_id), actor=actor)
    if outcome.decided:
        enter_audit(action=f"record.{order.decision}", subject=("record", record_id), detail=detail, actor=actor)
    return outcome


def decide_many(
    *,
    ids: Sequence[int],
    decision: str,
    reason: str,
    actor: User,
    submissions: frozenset[int],
    asked: Mapping,
    fields: Mapping[str, str] | None = None,
) -> Summary:
    """Decide on records in one transaction; what cannot be decided so is passed over and listed.

    Args:
        ids: of the records.
        decision: one of ``Kind``.
        reason: why; needed for all but a verification.
        actor: the officer.
        submissions: where the records were chosen by submission, these: values from others are left alone.
        asked: what was asked for, as the audit trail should remember it.
        fields: of a return, the reasons by column.

    Raises:
        Invalid: a reason is needed and is missing.
    """
    summary = Summary()
    decide_some(_order(decision, reason, actor, submissions, fields, asked), ids, summary, asked, actor)
    claims.renew(actor=actor)
    return summary


def decide_some(order: Order, ids: Sequence[int], summary: Summary, asked: Mapping, actor: User | None) -> None:
    """Carry ``order`` out on ``ids``, add what came of it to ``summary``, and enter it on the trail."""
    outcome = carry_out(order, ids)
    summary.add(outcome)
    if not outcome.decided and not outcome.first_verified:
        return
    enter_audit(
        action=f"record.{order.decision}",
        subject=("record", None),
        detail={
            **asked,
            "reason": order.reason,
            "decided": len(outcome.decided),
            "standing": len(outcome.standing),
            "first_verified": len(outcome.first_verified),
            "run": outcome.run_id,
            "skipped": tally(outcome.skipped),
            "ids_sha256": digest_of_ids(outcome.decided),
        },
        actor=actor,
    )


def decide_later(
    *,
    ids: Sequence[int],
    decision: str,
    reason: str,
    actor: User,
    submissions: frozenset[int],
    asked: Mapping,
    fields: Mapping[str, str] | None = None,
) -> Job:
    """Queue a decision on more records than a request should wait for; arguments as for ``decide_many``.

    The records are fixed now, and values reported after this moment are left alone: an officer decides on what there
    was to see.
    """
    order = _order(decision, reason, actor, submissions, fields)
    job = queue(
        kind=DECIDE,
        subject_id=None,
        organisation_id=None,
        actor=actor,
        params={
            "decision": order.decision,
            "reason": order.reason,
            "fields": dict(order.fields),
            "submissions": sorted(submissions),
            "asked_at": clock.now().isoformat(),
            "asked": dict(asked),
            "ranges": in_ranges(ids),
            "run": None,
        },
    )
    run = DecisionRun.objects.create(
        decision=order.decision, reason=order.reason, asked=dict(asked), job_id=job.pk, decided_by=actor
    )
    Job.objects.filter(pk=job.pk).update(params=job.params | {"run": run.pk})
    enter_audit(
        action=f"record.{order.decision}_queued",
        subject=job,
        detail={**asked, "reason": order.reason, "records": len(ids), "ids_sha256": digest_of_ids(ids)},
        actor=actor,
    )
    return job


def order_for(decision: str, actor: User, submissions: frozenset[int]) -> Order:
    """An order to be tried out, whose reason nobody will read."""
    return Order(decision=Kind(decision), reason="–", officer_id=actor.pk, submissions=submissions)


def order_of(job: Job) -> tuple[Order, Ranges]:
    """The order that ``decide_later`` queued, and its records."""
    params = job.params
    order = Order(
        decision=Kind(params["decision"]),
        reason=params["reason"],
        officer_id=job.created_by_id or 0,
        submissions=frozenset(params["submissions"]),
        asked_at=dt.datetime.fromisoformat(params["asked_at"]),
        fields=params.get("fields", {}),
        run_id=params.get("run"),
    )
    return order, params["ranges"]


def digest_of_ids(ids: Sequence[int]) -> str:
    """SHA-256 of the ids, ascending and parted by commas: which records an entry on the trail speaks of."""
    return hashlib.sha256(",".join(map(str, sorted(ids))).encode()).hexdigest()


def known_ids(ids: Sequence[int], actor: User) -> None:
    """Refuse ids that name no record that ``actor`` may see.

    Raises:
        Invalid: names some of them.
    """
    missing = sorted(set(ids) - set(records(actor).filter(pk__in=ids).values_list("pk", flat=True)))
    if missing:
        listed = ", ".join(map(str, missing[:10]))
        raise Invalid([FieldError("ids", "unknown", _("There are no records with the ids %(ids)s.") % {"ids": listed})])


def _order(
    decision: str,
    reason: str,
    actor: User,
    submissions: frozenset[int] = frozenset(),
    fields: Mapping[str, str] | None = None,
    asked: Mapping[str, Any] | None = None,
) -> Order:
    kind = Kind(decision)
    given = asking.cleaned(fields or {}, kind)
    why = scrub(reason.strip())
    if kind in NEEDS_REASON and not why and not given:
        raise Invalid([FieldError("reason", "required", _("Say why; the partner reads it."))])
    return Order(
        decision=kind,
        reason=why or asking.sentence(given),
        officer_id=actor.pk,
        submissions=submissions,
        fields=given,
        asked=asked or {},
    )


def _refusal(order: Order, record_id: int, state: str) -> str:
    values = {"id": record_id, "state": Record.State(state).label}
    if state == Record.State.WITHDRAWN:
        return _("Record %(id)s was withdrawn by its partner. It can be decided on once it is reported anew.") % values
    if order.decision == Kind.REVOKE and state != Record.State.VERIFIED:
        return _("Record %(id)s is not verified (%(state)s), so there is nothing to revoke.") % values
    if state == Record.State.SUBMITTED or _amended_unseen(order, record_id):
        return _("Record %(id)s was reported anew after you opened it. Look at it again before you decide.") % values
    if state == Record.State.VERIFIED:
        return _("Record %(id)s is verified and no amendment of it awaits review; it can be revoked.") % values
    return _("Record %(id)s was decided otherwise (%(state)s), and that stands until it is reported anew.") % values


def _amended_unseen(order: Order, record_id: int) -> bool:
    if not order.submissions:
        return False
    waiting = Amendment.objects.filter(record=record_id, state=Amendment.State.PENDING)
    return waiting.exclude(submission__in=order.submissions).exists()
