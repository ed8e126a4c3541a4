"""Everything that can be asked of a target at a moment, as plain values that can be compared."""

import datetime as dt
from typing import Any

from backend.accounts.models import User
from backend.problems import Problem
from programs.targets import elapsed, gaps, selectors
from programs.targets.books import Moment
from programs.targets.gap_models import Reason
from programs.targets.gap_showing import columns, listed
from programs.targets.gaps import GapReading
from programs.targets.models import Target
from programs.targets.readings import Reading, between
from programs.targets.selectors import DIMENSIONS
from programs.targets.series import PERIODS
from programs.targets.staying import selectors as staying
from programs.targets.waterfall import TURN_COLUMNS, moved_across

CHOICES: tuple[dict[str, str], ...] = ({}, {"organisation": "UNI-A"}, {"district": "520102", "path": "trained"})
Answers = dict[tuple[str, ...], Any]


def everything_at(actor: User, target: Target, moment: Moment, since: dt.datetime) -> Answers:
    """By question, the answer, of ``target`` at ``moment`` and of what moved from ``since`` to it."""
    found: Answers = {}
    for choice in CHOICES:
        name = str(sorted(choice))
        reading = Reading(actor, target, moment, choice)
        figure = reading.figure()
        found["figure", name] = figure
        found["still here", name] = (reading.still_here(), reading.departures)
        found["ahead", name] = (elapsed.ahead(figure), reading.judged())
        for by in PERIODS:
            found["series", by, name] = reading.course(by)
        for by in DIMENSIONS:
            found["breakdown", by, name] = reading.parts(by)
        movement = between(
            actor, target, since=min(since, moment.known_at), until=moment.known_at, as_of=moment.as_of, chosen=choice
        )
        found["changes", name] = movement
        found["moved across", name] = moved_across(reading.entries(), since, choice)
        gap = GapReading(actor, target, moment, choice)
        found["gap", name] = refused(lambda gap=gap: (gap.worked_out, gap.shortfall()))
        for reason in Reason if not choice else ():
            found["gap rows", reason, name] = refused(
                lambda gap=gap, reason=reason: list(
                    listed(gap, reason).order_by("id").values_list("id", *columns(reason).values())
                )
            )
    found["credited",] = refused(lambda: credited(actor, target, moment))
    heads = selectors.counted(actor, target, moment).order_by("person_id")
    left = staying.narrowed(selectors.counted(actor, target, moment), target, moment, left=True)
    found["left",] = sorted(left.values_list("person_id", flat=True))
    found["people",] = list(heads.values_list("person_id", "record_id", "organisation__code", "effective_on"))
    turns = selectors.entries(actor, target, moment).filter(recorded_at__gt=since)
    found["changed people",] = list(turns.order_by("id").values_list(*TURN_COLUMNS.values()))
    found["contributions",] = gaps.contributions(Reading(actor, target, moment))
    return found


def credited(actor: User, target: Target, moment: Moment) -> list[int]:
    """The records by which somebody counts, on whatever day, as of the books that the gap tells of."""
    worked_out = GapReading(actor, target, moment).worked_out
    heads = selectors.counted(actor, target, Moment(gaps.EVER, worked_out.known_at))
    return sorted(heads.values_list("record_id", flat=True))


def refused(answer: Any) -> Any:
    """An answer, or the code of the refusal."""
    try:
        return answer()
    except Problem as problem:
        return problem.code


def held(answers: Answers, target: Target) -> None:
    """That the answers of one moment agree with each other."""
    for choice in CHOICES:
        name = str(sorted(choice))
        achieved = answers["figure", name].achieved
        assert sum(part.achieved for part in answers["breakdown", "district", name]) == achieved
        still_here, _departures = answers["still here", name]
        assert 0 <= still_here <= achieved
        assert sum(part.still_here for part in answers["breakdown", "district", name]) == still_here
        if answers["series", "month", name]:
            assert answers["series", "month", name][-1].cumulative == achieved
        assert answers["changes", name].closing == achieved
        if answers["gap", name] == "gap_not_kept":
            continue
        _moment, shortfall = answers["gap", name]
        for share in shortfall.shares:
            if not choice and gaps.unit(share.reason) == gaps.OF_RECORDS:
                assert share.count == len(answers["gap rows", share.reason, name]), (share, name)
        assert shortfall.reported == shortfall.counted + shortfall.missing
    if answers["credited",] != "gap_not_kept":
        # Every record that the books knew counts, or stands under one reason.
        in_the_gap = [
            row[2]
            for reason in Reason
            for row in answers["gap rows", reason, "[]"]
            if gaps.unit(reason) == gaps.OF_RECORDS and reason != Reason.LATER
        ]
        records = in_the_gap + answers["credited",]
        assert len(records) == len(set(records)) == answers["gap", "[]"][1].reported
    assert len(answers["left",]) == answers["figure", "[]"].achieved - answers["still here", "[]"][0]
    assert len(answers["people",]) == answers["figure", "[]"].achieved
