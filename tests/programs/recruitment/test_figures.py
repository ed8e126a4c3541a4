"""Every figure equals an independent count of the same lives."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accounts import scope
from backend.vault import services as vault
from programs.recruitment import figures
from programs.recruitment.figures import Stay
from programs.recruitment.models import Arrival, Candidate, Move, Position
from tests.factories import IntroductionFactory, OfficerFactory, RecordFactory, SubmissionFactory
from tests.programs.recruitment import oracle
from tests.programs.recruitment.oracle import Life
from tests.programs.recruitment.world import World, done, employer
from tests.support.http import get

START = dt.date(2019, 1, 1)
STAGES = [*oracle.WAY[:-1], "declined", "withdrawn"]
days = st.integers(0, 60)


@st.composite
def lives(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Candidates' lives: sources, campaigns, days on which they moved, and whether they arrived and were verified."""
    many = draw(st.integers(0, 12))
    return [
        {
            "source": draw(st.sampled_from(["fair", "website", "direct"])),
            "campaign": draw(st.sampled_from([0, 1, None])),
            "organisation": draw(st.sampled_from([0, 1])),
            "moves": draw(st.lists(st.tuples(days, st.sampled_from(STAGES)), min_size=1, max_size=6)),
            "arrived": draw(st.booleans()),
            "undone": draw(st.integers(0, 4)) == 0,
            "verified": draw(st.booleans()),
        }
        for _ in range(many)
    ]


class Made:
    """The lives in the books, and as the independent count takes them."""

    def __init__(self) -> None:
        self.organisations = [employer(), employer()]
        self.campaigns = [IntroductionFactory(organisations=self.organisations) for _ in range(2)]
        self.officer = OfficerFactory()
        self.submission = SubmissionFactory(organisation=self.organisations[0])
        self.rows = 0

    def write(self, drawn: list[dict[str, Any]]) -> list[Life]:
        return [self._one(one) for one in drawn]

    def _one(self, one: dict[str, Any]) -> Life:
        organisation = self.organisations[one["organisation"]]
        campaign = None if one["campaign"] is None else self.campaigns[one["campaign"]]
        walked = [(START + dt.timedelta(days=day), stage) for day, stage in sorted(one["moves"], key=lambda m: m[0])]
        moves = [walked[0]]
        moves += [two for before, two in pairwise(walked) if two[1] != before[1]]
        arrived = None
        if one["arrived"]:
            moves.append((moves[-1][0], "arrived"))
            arrived = moves[-1][0]
            if one["undone"]:
                moves.append((moves[-1][0], "accepted"))
        candidate = Candidate.objects.create(
            organisation=organisation,
            campaign=campaign,
            source=one["source"],
            sealed=b"x",
            name_index=vault.index_many(["x"])[0],
            stage=moves[-1][1],
            stage_on=moves[-1][0],
            entered_on=moves[0][0],
        )
        before = ""
        for day, stage in moves:
            Move.objects.create(candidate=candidate, organisation=organisation, before=before, to=stage, day=day)
            before = stage
        if arrived:
            self._arrival(candidate, campaign or self.campaigns[0], arrived, one)
        keys = {
            "none": "all",
            "source": one["source"],
            "campaign": campaign.code if campaign else "unspecified",
            "organisation": organisation.code,
            "month": moves[0][0].strftime("%Y-%m"),
            "position": "unspecified",
        }
        stands = arrived if one["arrived"] and not one["undone"] else None
        return Life(keys, moves, stands, one["verified"], campaign=campaign.code if campaign else "")

    def _arrival(self, candidate: Candidate, campaign: Any, day: dt.date, one: dict[str, Any]) -> None:
        self.rows += 1
        record = RecordFactory(
            organisation=candidate.organisation,
            completed_on=day,
            started_on=day,
            state="verified" if one["verified"] else "submitted",
        )
        Arrival.objects.create(
            candidate=candidate,
            organisation=candidate.organisation,
            programme=campaign,
            submission=self.submission,
            row=self.rows,
            record_id=record.pk,
            state="taken",
            day=day,
            employer="x",
            employer_uscc="x",
            by_id=self.officer.pk,
            undone_at=dt.datetime(2019, 5, 1, tzinfo=dt.UTC) if one["undone"] else None,
        )


@pytest.mark.django_db
@settings(max_examples=60)
@given(drawn=lives(), as_of=days, by=st.sampled_from(figures.BY))
def test_funnels_and_times_equal_an_independent_count(drawn: list[dict[str, Any]], as_of: int, by: str) -> None:
    day = START + dt.timedelta(days=as_of)
    with transaction.atomic():
        with scope.everything():
            told = Made().write(drawn)
            every = Candidate.objects.all()
            found = {
                one.key: dict(one.reached)
                | {"verified": one.verified, "declined": one.declined, "withdrawn": one.withdrawn, "live": one.live}
                for one in figures.funnel(every, day, by)
            }
            wanted = oracle.funnel(told, day, by)
            assert {key: {name: n for name, n in row.items() if n} for key, row in found.items()} == {
                key: {name: n for name, n in row.items() if n} for key, row in wanted.items()
            }
            lasted = oracle.stays(told, day, by)
            assert {
                (one.key, one.stage): (one.ended, one.open, one.quartiles) for one in figures.times(every, day, by)
            } == {
                key: (sum(ended for _d, ended in one), sum(not ended for _d, ended in one), oracle.quartiles(one))
                for key, one in lasted.items()
            }
            _yields(told, every, day)
        transaction.set_rollback(True)


def _yields(told: list[Life], every: Any, day: dt.date) -> None:
    """A source costs its share of each campaign, and all sources together cost what was spent."""
    campaigns = sorted({life.campaign for life in told} - {""})
    budgets = {code: 1000 * place + 700 for place, code in enumerate(campaigns)}
    entered = [life for life in told if life.moves[0][0] <= day]
    for one in figures.yields(every, day, "source", lambda codes: {code: budgets[code] for code in codes}):
        own = [life for life in entered if life.keys["source"] == one.key]
        cost = sum(
            budgets[code]
            * sum(life.campaign == code for life in own)
            / max(sum(life.campaign == code for life in entered), 1)
            for code in campaigns
        )
        assert one.sourced == len(own)
        assert (one.spent or 0) == pytest.approx(cost, abs=0.51)
    by_campaign = figures.yields(every, day, "campaign", lambda codes: {code: budgets[code] for code in codes})
    assert {one.key: one.spent for one in by_campaign if one.spent is not None} == {
        code: budgets[code] for code in campaigns if any(life.campaign == code for life in entered)
    }


@given(lasted=st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=25))
def test_quartiles_are_kaplan_and_meiers(lasted: list[tuple[int, bool]]) -> None:
    stays = [Stay(day, ended, 1) for day, ended in lasted]
    assert figures.quartiles(stays) == oracle.quartiles(lasted)


def test_quartiles_worked_by_hand() -> None:
    assert figures.quartiles([Stay(1, True, 1), Stay(2, True, 1), Stay(3, True, 1), Stay(4, True, 1)]) == (1, 2, 3)
    # Of four one left after 2 days and one stands since 3: of the two who stood 5 days half left, so 3/8 are left.
    assert figures.quartiles([Stay(2, True, 1), Stay(3, False, 1), Stay(5, True, 1), Stay(9, False, 1)]) == (2, 5, None)
    assert figures.quartiles([Stay(5, False, 3)]) == (None, None, None)
    assert figures.quartiles([]) == (None, None, None)


def test_figures_are_of_what_the_asker_sees(world: World) -> None:
    for n in range(3):
        world.candidate(n)
    world.candidate(7, by=world.stranger, source="website")
    [funnel] = get(world.clerk, "recruitment/funnel/")["results"]
    assert (funnel["sourced"], funnel["live"], funnel["applied_rate"], funnel["overall_rate"]) == (3, 3, 0.0, 0.0)
    rows = get(world.officer, "recruitment/funnel/", by="source")["results"]
    assert [(one["key"], one["label"], one["sourced"]) for one in rows] == [
        ("fair", "Job fair", 3),
        ("website", "Website", 1),
    ]
    [one] = get(world.officer, "recruitment/funnel/", by="organisation", source="website")["results"]
    assert one["key"] == world.other.code
    assert get(world.officer, "recruitment/funnel/", entered_from=world.ago(10))["results"] == []
    assert get(world.officer, "recruitment/funnel/", as_of=world.ago(60))["results"] == []
    for bad in ({"by": "colour"}, {"as_of": "soon"}, {"no_such": "1"}, {"position": "x"}):
        assert world.officer.get("recruitment/funnel/", bad).status_code == 400, bad


def test_demand_is_filled_by_who_arrives_and_verified_by_whom_an_officer_verifies(world: World) -> None:
    position = world.position(wanted=3)
    done_ids = [world.arrived(n, position=position["id"])["record"] for n in range(2)]
    done(world.officer.post(f"records/{done_ids[0]}/verify/", {}, format="json"))
    [row] = get(world.clerk, "recruitment/demand/", by="position")["results"]
    assert (row["wanted"], row["arrived"], row["verified"], row["left"]) == (3, 2, 1, 1)
    assert row["filled_rate"] == 0.6667
    assert row["label"] == "P1 Data engineer"
    [source] = get(world.clerk, "recruitment/sources/")["results"]
    assert (source["sourced"], source["arrived"], source["verified"], source["verified_rate"]) == (2, 2, 1, 0.5)
    [early] = get(world.clerk, "recruitment/demand/", as_of=world.ago(6))["results"]
    assert (early["arrived"], early["left"]) == (0, 3)
    done(world.clerk.patch(f"positions/{position['id']}/", {"wanted": 2}, format="json"))
    assert get(world.clerk, f"positions/{position['id']}/")["state"] == "filled"
    assert Position.objects.count() == 1


def test_a_campaigns_budget_is_what_its_arrivals_have_cost(world: World) -> None:
    for n in range(2):
        world.arrived(n)
    world.candidate(5, source="website")
    line = {"funding_source": "talent_fund", "purpose": "展位", "planned_fen": 900_000, "spent_fen": 600_000}
    done(world.officer.post(f"programmes/{world.campaign.code}/budget/", line, format="json"), 201)
    [row] = get(world.officer, "recruitment/sources/", by="campaign")["results"]
    assert (row["spent"], row["arrived"], row["cost_per_arrival"]) == (600_000, 2, 300_000)
    rows = {one["key"]: one for one in get(world.officer, "recruitment/sources/")["results"]}
    assert (rows["fair"]["spent"], rows["fair"]["cost_per_arrival"], rows["website"]["spent"]) == (
        400_000,
        200_000,
        200_000,
    )
    assert rows["website"]["cost_per_arrival"] is None
    assert {one["spent"] for one in get(world.clerk, "recruitment/sources/")["results"]} == {None}
