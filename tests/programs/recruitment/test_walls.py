"""The second wall around recruitment: what PostgreSQL shows, whatever the selectors say."""

from typing import Any

import pytest
from django.db import transaction

from backend.accounts import scope
from programs.recruitment.models import (
    Arrival,
    Campaign,
    Candidate,
    CandidateHint,
    CandidateKey,
    Document,
    Move,
    Position,
    PositionEdition,
)
from tests.factories import IntroductionFactory
from tests.programs.recruitment.world import World, done

OWNED: list[Any] = [Position, PositionEdition, Candidate, Move, Document, Arrival]


@pytest.fixture
def filled(world: World) -> World:
    """Two employers with one of everything each, and a campaign of a third programme."""
    for by, n in ((world.clerk, 1), (world.stranger, 2)):
        world.position(by=by)
        candidate = world.candidate(n, by=by)
        done(world.file(candidate["id"], by=by), 202)
        done(world.arrive(candidate["id"], by=by), 202)
    other = IntroductionFactory(organisations=[world.other])
    days = {"starts_on": "2019-01-01", "ends_on": "2019-01-02"}
    done(world.officer.post("campaigns/", {"code": other.code, "kind": "fair", **days}, format="json"), 201)
    return world


def test_each_sees_its_own_and_the_bureau_all(filled: World) -> None:
    with scope.everything():
        assert [model.objects.count() for model in OWNED] == [2, 2, 2, 4, 2, 2]
        assert Campaign.objects.count() == 1
        assert CandidateKey.objects.count() > 0
    with scope.within(filled.own.pk):
        for model in OWNED:
            assert set(model.objects.values_list("organisation", flat=True)) == {filled.own.pk}, model
        assert not Campaign.objects.exists()
        for bureaus in (CandidateKey, CandidateHint):
            assert not bureaus.objects.exists()
    with scope.within(filled.other.pk):
        assert Campaign.objects.exists()


def test_without_a_scope_nothing_is_seen(filled: World) -> None:
    with transaction.atomic():
        before = scope._set(("", "", "", "", ""))
        every: list[Any] = [*OWNED, Campaign, CandidateKey, CandidateHint]
        for model in every:
            assert not model.objects.exists(), model
        scope._set(before)
