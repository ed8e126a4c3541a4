"""Reading scorecards: a partner its own beside what its peers reached, bureau staff everybody's."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts import scope
from backend.accounts.history.selectors import names_on
from backend.accounts.models import Organisation, User
from backend.problems import FieldError, Invalid
from programs.periods import selectors as periods
from programs.periods.models import Obligation, Period
from programs.periods.rates import REPORTS
from programs.scorecards.figures import MEASURES, Card, Spread, cards, spread

LAST = 4
"""How many periods are shown where neither one is asked for nor how many."""
MOST = 24
"""No more than these are shown at once."""
NAMING = ("period", "due_from", "due_to", "latest")
"""The filters that say by themselves which periods are meant."""
SORTS = ("period", "organisation", *MEASURES)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A card beside the one before it and what its peers reached; ``body`` is its organisation.

    ``organisation_name`` is what that was called on the period's last day, in the reader's language.
    """

    body: Organisation
    organisation: str
    organisation_name: str
    period: str
    frequency: str
    period_ends_on: dt.date
    on_time: float | None
    first_pass: float | None
    duplicates: float | None
    verified: float | None
    correction_days: float | None
    counts: dict[str, int]
    change: dict[str, float | None]
    peers: dict[str, Spread | None]


def owed(actor: User | None) -> QuerySet[Obligation]:
    """The reports that ``actor`` may see a card of, one each."""
    return periods.obligations(actor).filter(REPORTS)


def known_period(actor: User, code: str) -> None:
    """Refuses a period that is not there. Raises Invalid."""
    if not periods.periods(actor).filter(code=code).exists():
        told = _("There is no period “%(code)s”.") % {"code": code}
        raise Invalid([FieldError("period", "unknown", told)])


def scorecards(
    actor: User | None, rows: QuerySet[Obligation] | None = None, *, last: int | None = LAST, sort: str = ""
) -> list[Scorecard]:
    """One row for each organisation and period, the latest period first.

    ``change`` is each measure less that of the period before it of the same frequency. ``peers`` are the other
    organisations of the same kind in the same period.

    Args:
        actor: whose rows they are; a partner gets its own organisation's alone.
        rows: of :func:`owed`, narrowed; all of them, if it is not given.
        last: of how many periods, the latest whose due day is over; ``None``: of every one that ``rows`` name, at
            most ``MOST``, whether it is over or not.
        sort: one of ``SORTS``, with a minus the other way round; what has no value comes last either way.

    Raises:
        Invalid: there is no such order.
    """
    if actor is None or not actor.is_authenticated:
        return []
    chosen = owed(actor) if rows is None else rows
    shown = _shown(actor, chosen, last)
    mine = set(chosen.filter(period__in=shown).order_by().values_list("organisation_id", "period_id"))
    before = _before(actor, shown)
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
    known = {one.pk: one for one in shown}
    told = []
    for place in sorted(mine & by_place.keys()):
        card, body, period = by_place[place], bodies[place[0]], known[place[1]]
        earlier = before[period.pk]
        others = [other for other in peers[period.pk, body.kind] if other is not card]
        past = by_place.get((card.organisation_id, earlier.pk)) if earlier is not None else None
        told.append(_row(body, names[period.pk][body.pk].name, period, card, past, others))
    return _sorted(told, sort)


def _sorted(rows: Iterable[Scorecard], sort: str) -> list[Scorecard]:
    found = sorted(rows, key=lambda row: (-row.period_ends_on.toordinal(), row.period, row.organisation))
    name = sort.lstrip("-")
    if not name:
        return found
    if name not in SORTS:
        told = _("sort: one of %(all)s, with a minus before it the other way round.")
        raise Invalid([FieldError("sort", "invalid_choice", told % {"all": ", ".join(SORTS)})])
    key = "period_ends_on" if name == "period" else name
    valued = [row for row in found if getattr(row, key) is not None]
    valued.sort(key=lambda row: getattr(row, key), reverse=sort.startswith("-"))
    return valued + [row for row in found if getattr(row, key) is None]


def _row(
    body: Organisation, name: str, period: Period, card: Card, past: Card | None, others: Sequence[Card]
) -> Scorecard:
    change: dict[str, float | None] = {}
    for measure in MEASURES:
        now, then = getattr(card, measure), getattr(past, measure, None)
        change[measure] = None if now is None or then is None else round(now - then, 4)
    return Scorecard(
        body=body,
        organisation=body.code,
        organisation_name=name,
        period=period.code,
        frequency=period.frequency,
        period_ends_on=period.ends_on,
        **{measure: getattr(card, measure) for measure in MEASURES},
        counts=card.counts,
        change=change,
        peers={measure: spread(getattr(other, measure) for other in others) for measure in MEASURES},
    )


def _shown(actor: User, rows: QuerySet[Obligation], last: int | None) -> list[Period]:
    known = periods.periods(actor).filter(pk__in=rows.order_by().values("period"))
    if last is not None:
        known = known.filter(due_on__lt=clock.today())
    return list(known.order_by("-ends_on", "-starts_on", "code")[: MOST if last is None else last])


def _before(actor: User, shown: Sequence[Period]) -> dict[int, Period | None]:
    """By period, the one before it of the same frequency, if there is one; by one query."""
    if not shown:
        return {}
    frequencies = {one.frequency for one in shown}
    latest = max(one.ends_on for one in shown)
    earlier = periods.periods(actor).filter(frequency__in=frequencies, ends_on__lt=latest)
    known = list(earlier.order_by("-ends_on", "-starts_on", "-pk"))
    return {
        one.pk: next((past for past in known if past.frequency == one.frequency and past.ends_on < one.ends_on), None)
        for one in shown
    }
