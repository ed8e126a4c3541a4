"""Reading scorecards: a partner its own beside what its peers reached, bureau staff everybody's."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from backend import clock
from backend.accounts import scope
from backend.accounts.history.selectors import names_on
from backend.accounts.models import Organisation, User
from backend.problems import FieldError, Invalid
from programs.periods import selectors as periods
from programs.periods.models import Period
from programs.scorecards.figures import MEASURES, Card, Spread, cards, spread

LAST = 4
"""How many periods are shown where none is asked for."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A card beside the one before it and what its peers reached; ``body`` is its organisation.

    ``organisation_name`` is what that was called on the period's last day, in the reader's language.
    """

    body: Organisation
    organisation: str
    organisation_name: str
    period: str
    period_ends_on: dt.date
    on_time: float | None
    first_pass: float | None
    duplicates: float | None
    verified: float | None
    correction_days: float | None
    counts: dict[str, int]
    change: dict[str, float | None]
    peers: dict[str, Spread | None]


def scorecards(actor: User | None, *, period: str = "", organisation: str = "") -> list[Scorecard]:
    """One row for each organisation and period, the latest period first.

    ``change`` is each measure less that of the period before it of the same frequency. ``peers`` are the other
    organisations of the same kind in the same period.

    Args:
        actor: whose rows they are; a partner gets its own organisation's alone.
        period: a period's code; else the last ``LAST`` whose due day has passed.
        organisation: an organisation's code.

    Raises:
        Invalid: there is no such period.
    """
    if actor is None or not actor.is_authenticated:
        return []
    shown = _shown(actor, period)
    before = {one.pk: _before(actor, one) for one in shown}
    wanted = {one.pk for one in shown} | {one.pk for one in before.values() if one is not None}
    # A partner's own transaction does not see its peers. What leaves here of others is a spread, and no row.
    with scope.everything():
        found = cards(sorted(wanted))
        bodies = {one.pk: one for one in Organisation.objects.filter(pk__in={card.organisation_id for card in found})}
    names = {one.pk: names_on(one.ends_on, bodies) for one in shown}
    by_place = {(card.organisation_id, card.period_id): card for card in found}
    peers: dict[tuple[int, str], list[Card]] = defaultdict(list)
    for card in found:
        peers[card.period_id, bodies[card.organisation_id].kind].append(card)
    rows = []
    for one in shown:
        earlier = before[one.pk]
        for card in found:
            body = bodies[card.organisation_id]
            mine = actor.sees_everything or card.organisation_id == actor.organisation_id
            if card.period_id != one.pk or not mine or organisation not in ("", body.code):
                continue
            others = [other for other in peers[one.pk, body.kind] if other is not card]
            past = by_place.get((card.organisation_id, earlier.pk)) if earlier is not None else None
            rows.append(_row(body, names[one.pk][body.pk].name, one, card, past, others))
    return sorted(rows, key=lambda row: (-row.period_ends_on.toordinal(), row.period, row.organisation))


def _row(body: Organisation, name: str, period: Period, card: Card, past: Card | None, others: list[Card]) -> Scorecard:
    change: dict[str, float | None] = {}
    for measure in MEASURES:
        now, then = getattr(card, measure), getattr(past, measure, None)
        change[measure] = None if now is None or then is None else round(now - then, 4)
    return Scorecard(
        body=body,
        organisation=body.code,
        organisation_name=name,
        period=period.code,
        period_ends_on=period.ends_on,
        **{measure: getattr(card, measure) for measure in MEASURES},
        counts=card.counts,
        change=change,
        peers={measure: spread(getattr(other, measure) for other in others) for measure in MEASURES},
    )


def _shown(actor: User, code: str) -> list[Period]:
    known = periods.periods(actor)
    if code:
        found = list(known.filter(code=code))
        if not found:
            raise Invalid([FieldError("period", "unknown", _("There is no period “%(code)s”.") % {"code": code})])
        return found
    owed = known.filter(due_on__lt=clock.today(), obligations__isnull=False).distinct()
    return list(owed.order_by("-ends_on", "-starts_on", "code")[:LAST])


def _before(actor: User, period: Period) -> Period | None:
    earlier = periods.periods(actor).filter(frequency=period.frequency, ends_on__lt=period.ends_on)
    return earlier.order_by("-ends_on", "-starts_on").first()
