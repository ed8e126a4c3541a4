"""Lots as they are answered and shown: plan, sample and characteristic, as far as the reader may know them."""

from collections import defaultdict
from typing import Any

from backend.accounts.models import User
from programs.review.sampling import characteristic, selectors
from programs.review.sampling.models import Lot, LotDefect, LotUnit
from programs.review.sampling.plans import TABLE_OF, Plan, Severity
from programs.review.sampling.switching import State

STANDARD = "GB/T 2828.1-2012 (ISO 2859-1:1999)"


def plan_of(lot: Lot) -> Plan:
    """The plan that a lot was opened with."""
    whole = lot.sample_size == lot.lot_size
    return Plan(lot.code_letter, lot.sample_size, lot.accept_number, whole=whole)


def plan(lot: Lot) -> dict[str, Any]:
    """Where a lot's plan stands in the standard."""
    return {
        "standard": STANDARD,
        "table": TABLE_OF[Severity(lot.severity)],
        "severity": lot.severity,
        "level": lot.level,
        "aql": lot.aql,
        "code_letter": lot.code_letter,
        "reject_number": lot.accept_number + 1,
        "whole": lot.sample_size == lot.lot_size,
        "counted": lot.counted,
        "critical_fails": lot.critical_fails,
    }


def curve(lot: Lot) -> dict[str, Any]:
    """The operating characteristic of a lot's plan: shares of errors, and how likely such a lot is let through."""
    plan = plan_of(lot)
    risks = characteristic.risks(plan, lot.lot_size, float(lot.aql))
    return {
        "points": [
            {"share": round(one.share, 6), "accepted": round(one.accepted, 6)}
            for one in characteristic.points(plan, lot.lot_size)
        ],
        "accepted_95": _rounded(risks.good),
        "accepted_50": _rounded(risks.even),
        "accepted_10": _rounded(risks.bad),
        "producer_risk": round(risks.producer, 6),
    }


def sample(lot: Lot, actor: User) -> list[dict[str, Any]] | None:
    """The records that are looked at and what was found; none for a partner whose lot is not decided."""
    if not selectors.may_see_sample(actor, lot):
        return None
    units = list(selectors.sample(lot).select_related("judged_by"))
    found: dict[int, list[LotDefect]] = defaultdict(list)
    for defect in selectors.defects(lot):
        found[defect.unit_id].append(defect)
    return [unit(one, found[one.pk], actor) for one in units]


def unit(one: LotUnit, found: list[LotDefect], actor: User) -> dict[str, Any]:
    """A member that is looked at. Partners hear what was found, not which officer found it."""
    return {
        "record": one.record_id,
        "rank": one.rank,
        "conforming": one.conforming,
        "defects": [{"column": d.column, "defect_class": d.defect_class, "note": d.note} for d in found],
        "judged_at": one.judged_at,
        "judged_by": one.judged_by.username if one.judged_by and actor.sees_everything else None,
        "outcome": one.outcome,
    }


def whole(lot: Lot, actor: User) -> dict[str, Any]:
    """A lot with its sample, its draw and its characteristic.

    How many have left is the bureau's until the verdict: by it a partner could find out who was looked at already.
    """
    shown = selectors.may_see_sample(actor, lot)
    return brief(lot, actor) | {
        "sample": sample(lot, actor) or [],
        "sample_shown": shown,
        "seed": lot.seed if shown else None,
        "left": selectors.left_count(lot) if shown else None,
        "apart": selectors.apart_count(lot) if shown else None,
        "characteristic": curve(lot),
    }


def brief(lot: Lot, actor: User) -> dict[str, Any]:
    """A lot as lists answer it; how many errors were found so far is the bureau's until it is decided."""
    shown = selectors.may_see_sample(actor, lot)
    return {
        "id": lot.pk,
        "organisation": lot.organisation.code,
        "programme": lot.programme.code,
        "cohort": lot.cohort.code if lot.cohort else None,
        "period": lot.period.code,
        "resubmission": lot.resubmission,
        "plan": plan(lot),
        "lot_size": lot.lot_size,
        "sample_size": lot.sample_size,
        "accept_number": lot.accept_number,
        "nonconforming": lot.nonconforming if shown else None,
        "state": lot.state,
        "reason": lot.reason,
        "opened_at": lot.opened_at,
        "decided_at": lot.decided_at,
        "finished_at": lot.finished_at,
        "job": lot.job_id if actor.sees_everything else None,
    }


def state(one: State) -> dict[str, Any]:
    """Where a partner stands in switching."""
    return {
        "severity": one.severity,
        "score": one.score,
        "accepted_in_a_row": one.accepted_in_a_row,
        "not_accepted": one.refused,
        "stopped": one.stopped,
        "awaits_consent": one.awaits_consent,
    }


def turn(one: selectors.Turn) -> dict[str, Any]:
    """One step of a partner's history."""
    if one.lot is not None:
        what = {
            "lot": one.lot.pk,
            "result": one.lot.state,
            "resubmission": one.lot.resubmission,
            "at": one.lot.decided_at,
        }
    else:
        act = one.act
        what = {"act": act.kind, "reason": act.reason, "at": act.ruled_at} if act else {}
    return what | {"then": state(one.state)}


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)
