"""What the pages of lots say: what a plan promises in words, where a partner stands, which looks a state has."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from programs.review.sampling import characteristic, showing
from programs.review.sampling.models import Lot
from programs.review.sampling.plans import Severity
from programs.review.sampling.selectors import Turn
from programs.review.sampling.switching import (
    ACCEPTED_TO_NORMAL,
    REFUSED_TO_STOP,
    SCORE_TO_REDUCED,
    State,
)

TONES = {
    Lot.State.OPEN: "open",
    Lot.State.ACCEPTED: "verified",
    Lot.State.NOT_ACCEPTED: "rejected",
    Lot.State.CANCELLED: "cancelled",
}
SEVERITY_TONES = {Severity.NORMAL: "info", Severity.TIGHTENED: "missing", Severity.REDUCED: "ok"}
OUTCOME_TONES = {
    "verified": "verified",
    "returned": "returned",
    "left": "withdrawn",
    "apart": "submitted",
    "": "queued",
}
MODES = {"on": lazy("On"), "off": lazy("Off"), "general": lazy("As for all")}


def percent(share: float) -> str:
    """A share of errors, with two digits that tell."""
    shown = 100 * share
    return f"{shown:.1f} %" if shown >= 1 else f"{shown:.2f} %"


def times(likely: float) -> str:
    """How often something happens, as a sentence has it: 95 times in 100."""
    if likely <= 0.0005:
        return _("hardly ever")
    if likely >= 0.9995:
        return _("always")
    if likely < 0.02:
        return _("%(n)s times in 1,000") % {"n": round(1000 * likely)}
    return _("%(n)s times in 100") % {"n": round(100 * likely)}


def promises(lot: Lot) -> list[str]:
    """What the plan of a lot promises its partner and the bureau, in sentences."""
    plan = showing.plan_of(lot)
    if plan.whole:
        return [_("Every record of the lot is looked at, so nothing is left to chance.")]
    risks = characteristic.risks(plan, lot.lot_size, float(lot.aql))
    told = [
        _("The partner’s risk: a lot just as good as the AQL, with %(share)s errors, goes back %(times)s.")
        % {"share": percent(float(lot.aql) / 100), "times": times(risks.producer)}
    ]
    if risks.bad is not None:
        told.append(
            _("The bureau’s risk: a lot with %(share)s errors is let through 1 time in 10.")
            % {"share": percent(risks.bad)}
        )
    if risks.even is not None:
        told.append(
            _("A lot with %(share)s errors goes through as often as it goes back.") % {"share": percent(risks.even)}
        )
    return told


def curve(lot: Lot) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The operating characteristic as a chart is drawn from it, and as the rows of its table."""
    plan = showing.plan_of(lot)
    points = characteristic.points(plan, lot.lot_size)
    chart = {
        "kind": "characteristic",
        "name": _("Let through"),
        "shares": _("Errors in the lot, %%") % (),
        "likely": _("Let through, times in 100"),
        "points": [[round(100 * one.share, 4), round(100 * one.accepted, 2)] for one in points],
        "aql": {"name": _("AQL %(aql)s") % {"aql": lot.aql}, "at": float(lot.aql)},
    }
    step = max(1, len(points) // 12)
    rows = [(percent(one.share), f"{100 * one.accepted:.1f}") for one in points[::step]]
    return chart, rows


def standing(state: State) -> list[str]:
    """Where a partner stands in switching, and what would change it."""
    if state.stopped:
        return [
            _("Sampling is discontinued: five lots were not accepted under tightened inspection."),
            _("Every record is reviewed one by one until an officer resumes sampling, with a reason."),
        ]
    if state.severity == Severity.TIGHTENED:
        return [
            _("%(n)s of %(all)s lots in a row are accepted; then inspection is normal again.")
            % {"n": state.accepted_in_a_row, "all": ACCEPTED_TO_NORMAL},
            _("%(n)s of %(all)s lots are not accepted; then sampling is discontinued.")
            % {"n": state.refused, "all": REFUSED_TO_STOP},
        ]
    if state.severity == Severity.REDUCED:
        return [_("The first lot that is not accepted, or irregular reporting, leads back to normal inspection.")]
    told = [
        _("Switching score %(score)s of %(all)s.") % {"score": state.score, "all": SCORE_TO_REDUCED},
        _("Two lots of five or fewer in a row that are not accepted lead to tightened inspection."),
    ]
    if state.recent.count(False):
        told.append(_("One of the last %(n)s was not accepted.") % {"n": len(state.recent)})
    if state.awaits_consent:
        told.append(_("The score suffices for reduced inspection; an officer may consent to it."))
    return told


def turns(history: list[Turn]) -> list[dict[str, Any]]:
    """A partner's history as its page lists it, the latest first."""
    return [
        {
            "lot": one.lot,
            "act": one.act,
            "at": one.lot.decided_at if one.lot else one.act.ruled_at if one.act else None,
            "tone": TONES[Lot.State(one.lot.state)] if one.lot else "info",
            "severity": Severity(one.state.severity).label,
            "severity_tone": SEVERITY_TONES[Severity(one.state.severity)],
            "score": one.state.score,
            "stopped": one.state.stopped,
        }
        for one in reversed(history)
    ]
