"""The cube written down: a past moment reads the same from wherever it is read."""

import datetime as dt

import pytest
from django.db import ProgrammingError, connection, transaction

from backend.accounts.scope import everything
from programs.targets import books, cube, milestones
from programs.targets.cube import Side
from programs.targets.milestone_models import Milestone, MilestoneCell
from programs.targets.models import Posting, Target
from programs.targets.recount import recount
from tests.factories import ManagerFactory
from tests.programs.targets.world import World, day

DISTRICTS = ("520102", "520103", "")


@pytest.fixture
def posted(scope_all: None, world: World, monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """Twelve postings of one person each, one of whom is taken back; a milestone after every third entry at least."""
    monkeypatch.setattr(milestones, "EVERY", 3)
    records = []
    for n in range(11):
        records.append(world.record(world.person(), "2018-03-30", district=DISTRICTS[n % 3]))
        world.settle()
    world.change(records[4], state="revoked", reason="revoked")
    world.settle()
    return list(Posting.objects.order_by("recorded_at").values_list("recorded_at", flat=True))


def at_each(moments: list[dt.datetime]) -> list[tuple[dict, dict, dict]]:
    """What the cube says at each of some moments: the days of all and of one district, and the parts."""
    actor, target = ManagerFactory(), Target.objects.get(code="all")
    found = []
    for known_at in moments:
        moment = books.Moment(day("2026-01-01"), known_at, latest=False)
        found.append(
            (
                cube.days(actor, target, moment, Side()),
                cube.days_of_keys(actor, target, moment, "district", ["520102"]),
                cube.parts(actor, target, moment, "district"),
            )
        )
    return found


def test_a_moment_reads_the_same_with_milestones_and_without(posted: list[dt.datetime]) -> None:
    moments = [one + dt.timedelta(microseconds=shift) for one in posted for shift in (-1, 0, 1)]
    before = at_each(moments)
    assert milestones.set_milestones() == 4
    assert not milestones.set_next(), "there is none to set"
    assert [cube._base(books.Moment(day("2026-01-01"), one, latest=False)).cells for one in posted].count(
        "milestone_cell WHERE milestone_id = %(milestone)s"
    ) > 6, "most are read from a milestone"
    assert at_each(moments) == before
    assert recount().agrees


def test_they_are_set_after_so_many_entries_and_say_so(posted: list[dt.datetime]) -> None:
    milestones.set_milestones()
    assert list(Milestone.objects.order_by("recorded_at").values_list("total", flat=True)) == [3, 6, 9, 12]
    last = MilestoneCell.objects.filter(milestone__total=12, dimension="", grain="day")
    assert [cell.heads for cell in last] == [10]


def test_nobody_changes_one(posted: list[dt.datetime]) -> None:
    milestones.set_milestones()
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        MilestoneCell.objects.update(heads=1)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        Milestone.objects.update(total=1)


def test_the_recount_finds_one_that_is_not_its_entries(posted: list[dt.datetime]) -> None:
    milestones.set_milestones()
    with everything(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO milestone_cell (milestone_id, target_id, grain, dimension, key, starts_on, heads)"
            " SELECT milestone_id, target_id, 'day', 'district', 'slip', starts_on, 1 FROM milestone_cell LIMIT 1"
        )
    assert recount().astray == 1
