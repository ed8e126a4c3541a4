"""Why a figure moved, off sums by the day of posting: the same as the entries tell, between any two moments."""

import datetime as dt
from itertools import product

import pytest
from django.db import connection

from backend.clock import BUREAU
from programs.targets import books, selectors, turns
from programs.targets.books import Moment
from programs.targets.models import Posting, Target
from programs.targets.recount import recount
from programs.targets.turn_models import TurnCell
from tests.conftest import Clock
from tests.factories import ManagerFactory, PartnerFactory
from tests.programs.targets.world import World, day

HOURS = (0, 1, 8, 23, 26, 30, 49, 200)
"""Hours after a midnight of the bureau's at which something is posted: several on one day, and days without."""


@pytest.fixture
def posted(scope_all: None, world: World, clock: Clock) -> list[dt.datetime]:
    """Postings on several days, some of which take back what others counted."""
    begin = dt.datetime.combine(day("2031-03-01"), dt.time(), BUREAU)
    records = []
    for n, hours in enumerate(HOURS):
        clock.shift(seconds=(begin + dt.timedelta(hours=hours) - dt.datetime.now(BUREAU)).total_seconds())
        records.append(world.record(world.person(), f"2018-0{1 + n % 5}-10"))
        records.append(world.record(world.person(), "2019-07-01"))
        if n % 3 == 2:
            world.change(records[n], state="revoked", reason="revoked")
        world.settle()
    return list(Posting.objects.order_by("recorded_at").values_list("recorded_at", flat=True))


def test_between_any_two_moments_it_is_what_the_entries_tell(posted: list[dt.datetime]) -> None:
    manager, target = ManagerFactory(), Target.objects.get(code="all")
    midnights = [dt.datetime.combine(day("2031-03-02") + dt.timedelta(n), dt.time(), BUREAU) for n in (0, 1)]
    moments = sorted([*(one + dt.timedelta(microseconds=shift) for one in posted for shift in (-1, 0)), *midnights])
    compared = 0
    for as_of, since, until in product((day("2018-04-01"), day("2032-01-01")), moments, moments):
        if since > until:
            continue
        opening, closing = Moment(as_of, since), Moment(as_of, until)
        told = selectors.moved(selectors.entries(manager, target, closing), since)
        assert turns.moved(manager, target, opening, closing) == told
        compared += bool(told)
    assert compared > 100
    assert {"verified", "revoked"} == set(TurnCell.objects.values_list("reason", flat=True))
    assert recount().agrees


def test_what_is_posted_after_the_moment_is_left_out_on_the_very_day(posted: list[dt.datetime], world: World) -> None:
    manager, target = ManagerFactory(), Target.objects.get(code="all")
    closing = books.moment()
    before = turns.moved(manager, target, Moment(closing.as_of, posted[0]), closing)
    world.record(world.person(), "2019-08-01")
    world.settle()
    assert turns.moved(manager, target, Moment(closing.as_of, posted[0]), closing) == before


def test_a_partner_is_told_nothing(posted: list[dt.datetime]) -> None:
    closing = books.moment()
    opening = Moment(closing.as_of, posted[0])
    assert turns.moved(PartnerFactory(), Target.objects.get(code="all"), opening, closing) == {}


def test_the_cells_are_written_by_the_posting_that_they_sum_up(posted: list[dt.datetime]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT sum(entries) FROM turn_cell), (SELECT count(*) FROM ledger_entry)")
        [(cells, entries)] = cursor.fetchall()
    assert cells == entries
