"""Reading lots and what belongs to them, as far as the actor may."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When

from backend.accounts.models import Organisation, User
from backend.accounts.scope import visible, whole
from programs.catalogue.models import Cohort, Programme
from programs.periods.models import Period
from programs.records.models import Record
from programs.review.sampling.models import Lot, LotDefect, LotUnit, SamplingAct, SamplingSetting
from programs.review.sampling.settings import in_force
from programs.review.sampling.switching import NORMAL, Act, Result, State, after

STANDING = Q(record__state=Record.State.SUBMITTED, record__submission=F("submission"))
"""A member whose partner has neither withdrawn it nor reported it anew since the lot was opened."""

RETURNED_BEFORE = """
    SELECT FROM lot_unit unit JOIN lot ON lot.id = unit.lot_id
    WHERE unit.record_id = record.id AND lot.state = 'not_accepted' AND unit.outcome = 'returned'
        AND unit.id = (SELECT max(latest.id) FROM lot_unit latest WHERE latest.record_id = record.id)
"""
"""Whether a record comes back after a lot that was not accepted; ``record`` is the table's row."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Records that await review and would be one lot: how many, and since when the first of them has waited."""

    organisation: Organisation
    programme: Programme
    cohort: Cohort | None
    period: Period
    resubmission: bool
    count: int
    since: Any


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a partner's history: the lot that was decided or the act, and where the partner stood then."""

    lot: Lot | None
    act: SamplingAct | None
    state: State


def lots(actor: User | None) -> QuerySet[Lot]:
    """Lots with what they are of: a partner's own, staff everybody's."""
    found = Lot.objects.select_related("organisation", "programme", "cohort", "period", "opened_by", "decided_by")
    return visible(found, actor)


def may_see_sample(actor: User, lot: Lot) -> bool:
    """Whether ``actor`` may know which members are looked at: a partner learns it once the lot is decided."""
    return actor.sees_everything or lot.state in (Lot.State.ACCEPTED, Lot.State.NOT_ACCEPTED)


def members(actor: User | None, lot: Lot) -> QuerySet[LotUnit]:
    """Every member of a lot, by its place in the draw; nothing for whoever may not know the sample yet."""
    found = visible(LotUnit.objects.filter(lot=lot), actor)
    return found if actor is not None and may_see_sample(actor, lot) else found.none()


def sample(lot: Lot) -> QuerySet[LotUnit]:
    """The members that are looked at, as many as the plan asks for or as are left, by their place in the draw.

    What was looked at stays; a member that left before that gives its place to the next in rank.
    """
    units = LotUnit.objects.filter(lot=lot)
    looked_at = Q(judged_at__isnull=False)
    if lot.state == Lot.State.OPEN:
        there = Case(When(STANDING, then=Value(True)), default=Value(False), output_field=BooleanField())
        units = units.annotate(standing=there).filter(looked_at | STANDING)
    else:
        units = units.filter(looked_at)
    return units.order_by("rank")[: lot.sample_size]


def left_count(lot: Lot) -> int:
    """How many members their partner has withdrawn or reported anew before they were looked at."""
    if lot.state == Lot.State.CANCELLED:
        return 0
    units = LotUnit.objects.filter(lot=lot, judged_at=None)
    if lot.state == Lot.State.OPEN:
        return units.exclude(STANDING).count()
    return units.filter(outcome=LotUnit.Outcome.LEFT).count()


def apart_count(lot: Lot) -> int:
    """How many members of an accepted lot are decided apart from it."""
    return LotUnit.objects.filter(lot=lot, outcome=LotUnit.Outcome.APART).count()


def defects(lot: Lot) -> QuerySet[LotDefect]:
    """What was found in a lot, in the order of the draw; the caller has found out that the actor may see it."""
    return LotDefect.objects.filter(lot=lot).select_related("unit").order_by("unit__rank", "pk")


def waiting(actor: User | None, organisation_id: int | None = None) -> list[Waiting]:
    """What can be opened as lots, where sampling is on: the longest waiting first; for the bureau alone.

    A lot is of all districts, so nothing is offered to whoever is bound to some.
    """
    if actor is None or not actor.sees_everything or actor.districts:
        return []
    setting = in_force()
    if not setting.on:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT record.organisation_id, programme_id, cohort_id, period_id, EXISTS ({RETURNED_BEFORE}) AS again,
                count(*), min(reported_at)
            FROM record JOIN submission ON submission.id = record.submission_id
            WHERE record.state = 'submitted' AND (%s::bigint IS NULL OR record.organisation_id = %s)
                AND NOT EXISTS (
                    SELECT FROM lot_unit unit
                    WHERE unit.held AND unit.record_id = record.id AND unit.submission_id = record.submission_id
                )
            GROUP BY 1, 2, 3, 4, 5 ORDER BY min(reported_at), 1, 2, 3, 4, 5
            """,
            [organisation_id, organisation_id],
        )
        found = [row for row in cursor.fetchall() if setting.of(row[0]) is not None]
    organisations = Organisation.objects.in_bulk({row[0] for row in found})
    programmes = Programme.objects.in_bulk({row[1] for row in found})
    cohorts = Cohort.objects.in_bulk({row[2] for row in found if row[2]})
    spans = Period.objects.in_bulk({row[3] for row in found})
    return [
        Waiting(organisations[row[0]], programmes[row[1]], cohorts.get(row[2]), spans[row[3]], *row[4:])
        for row in found
    ]


def history(organisation_id: int) -> list[Turn]:
    """A partner's lots in the order in which they were decided, the acts between them, and where each has led.

    The caller has found out that the actor may see the organisation. Where a partner stands follows from all of its
    lots, those too of which an officer who is bound to districts sees no member.
    """
    with whole():
        return _turns(organisation_id)


def _turns(organisation_id: int) -> list[Turn]:
    decided = Lot.objects.filter(
        organisation=organisation_id, state__in=[Lot.State.ACCEPTED, Lot.State.NOT_ACCEPTED]
    ).select_related("cohort", "programme", "period")
    acts = SamplingAct.objects.filter(organisation=organisation_id).select_related("ruled_by")
    events: list[tuple[Any, int, Lot | SamplingAct]] = [
        *((one.decided_at, one.pk, one) for one in decided),
        *((one.ruled_at, one.pk, one) for one in acts),
    ]
    state, turns = NORMAL, []
    for _at, _id, event in sorted(events, key=lambda one: one[:2]):
        if isinstance(event, Lot):
            state = after(state, result_of(event))
            turns.append(Turn(event, None, state))
        else:
            state = after(state, Act(event.kind))
            turns.append(Turn(None, event, state))
    return turns


def standing(organisation_id: int) -> State:
    """Where a partner stands in switching now, derived from its history."""
    turns = history(organisation_id)
    return turns[-1].state if turns else NORMAL


def result_of(lot: Lot) -> Result:
    """A decided lot as the switching rules look at it."""
    return Result(
        accepted=lot.state == Lot.State.ACCEPTED,
        nonconforming=lot.nonconforming,
        accept_number=lot.accept_number,
        tighter=lot.tighter,
        original=not lot.resubmission,
        severity=lot.severity,
        automatic=lot.automatic,
    )


def settings(actor: User | None) -> QuerySet[SamplingSetting]:
    """What was set about sampling: the bureau's alone."""
    found = SamplingSetting.objects.select_related("organisation", "set_by")
    return found if actor is not None and actor.is_authenticated and actor.sees_everything else found.none()


def partners_sampled(actor: User | None) -> Sequence[Organisation]:
    """The organisations that have had a lot or a ruling, as far as the actor may see them."""
    ids = Lot.objects.order_by().values("organisation").distinct()
    return list(visible(Organisation.objects.filter(pk__in=ids), actor, "pk").order_by("code"))
