"""The recount finds what was slipped into the books, and leaves alone what is still to be settled."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from programs.records.models import Record
from programs.targets.models import Book, LedgerEntry, Standing
from programs.targets.recount import recount
from tests.programs.targets.world import MASTER, World, day


def settled(world: World) -> None:
    for number in range(5):
        world.record(world.person(), f"2019-03-{number + 10}", (MASTER, "2016-06-30"))
    world.settle()


def checked() -> str:
    """What the command prints; raises where it would end with 1."""
    out = io.StringIO()
    call_command("recount", "--check", stdout=out)
    return out.getvalue()


def test_books_that_agree(world: World) -> None:
    settled(world)
    said = checked()
    assert [line.split() for line in said.splitlines()[1:3]] == [
        ["all", "5", "5", "5", "0", "0"],
        ["high-end", "5", "5", "5", "0", "0"],
    ]
    assert said.endswith("Recount, ledger, standings, cube and gap agree.\n")


def test_marks_are_settled_first(world: World) -> None:
    settled(world)
    world.record(world.person(), "2019-04-01")
    assert "Settled first: 1 persons" in checked()


def test_what_is_marked_meanwhile_is_pending_and_no_difference(world: World) -> None:
    settled(world)
    whole, part = world.person(), world.person()
    world.merge(part, whole)
    world.record(part, "2019-04-01")
    found = recount()
    assert found.agrees
    assert {target.target: target.pending for target in found.targets} == {"all": 1, "high-end": 0}


def test_a_change_that_was_not_marked(world: World) -> None:
    settled(world)
    record = Record.objects.latest("pk")
    Record.objects.filter(pk=record.pk).update(state="revoked")
    found = {target.target: target for target in recount().targets}
    assert (found["all"].recounted, found["all"].ledger, found["all"].differing) == (4, 5, 1)
    [shown] = found["all"].shown
    assert (shown.person_id, shown.recounted, shown.ledger) == (record.person_id, None, day("2019-03-14"))
    with pytest.raises(CommandError) as ended:
        checked()
    assert ended.value.returncode == 1
    call_command("recount", stdout=io.StringIO())


def test_a_change_of_dimension_that_was_not_marked(world: World) -> None:
    settled(world)
    Record.objects.filter(pk=Record.objects.latest("pk").pk).update(district="520103")
    assert [target.differing for target in recount().targets] == [1, 1]


def test_a_standing_that_was_tampered_with(world: World) -> None:
    settled(world)
    Standing.objects.filter(pk=Standing.objects.latest("pk").pk).delete()
    assert sum(target.differing for target in recount().targets) == 1


def test_an_entry_that_was_slipped_in(world: World) -> None:
    settled(world)
    entry = LedgerEntry.objects.latest("pk")
    values = {field.attname: getattr(entry, field.attname) for field in LedgerEntry._meta.fields if field.name != "id"}
    LedgerEntry.objects.create(**{**values, "number": 2, "delta": -1, "district": "520103", "reason": "revoked"})
    found = recount()
    assert found.amiss == 1
    assert sum(target.differing for target in found.targets) == 1
    assert not found.agrees


def test_a_horizon_that_was_put_back(world: World) -> None:
    settled(world)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE book SET posted_to = posted_to - interval '1 day'")
    assert recount().amiss == LedgerEntry.objects.count()
    assert Book.objects.count() == 1


@pytest.mark.parametrize(
    "change", ["heads = heads + 1", "effective_in = effective_in + 40", "posted_in = '2019-01-01'"]
)
def test_a_cell_of_the_triangle_that_was_tampered_with(world: World, change: str) -> None:
    settled(world)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE run_off_cell SET {change} WHERE id = (SELECT max(id) FROM run_off_cell)")
    found = recount()
    assert found.astray in (1, 2)
    assert not found.agrees


@pytest.mark.parametrize(
    "change", ["entries = entries + 1", "reason = 'undone'", "delta = -delta", "posted_on = '2019-01-01'"]
)
def test_a_sum_by_reason_that_was_tampered_with(world: World, change: str) -> None:
    settled(world)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE turn_cell SET {change} WHERE id = (SELECT max(id) FROM turn_cell)")
    found = recount()
    assert found.astray in (1, 2)
    assert not found.agrees


@pytest.mark.parametrize("change", ["heads = heads + 1", "key = 'nobody'", "starts_on = starts_on + 40"])
def test_a_cell_that_was_tampered_with(world: World, change: str) -> None:
    settled(world)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE cube_cell SET {change} WHERE id = (SELECT max(id) FROM cube_cell WHERE dimension = 'district')"
        )
    found = recount()
    assert found.astray in (1, 2)
    assert not found.agrees
    with pytest.raises(CommandError):
        checked()
