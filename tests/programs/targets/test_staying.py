"""Who is still here: by hand-worked cases, and against a reading day by day of the same words."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts.scope import everything
from programs.records.models import Record
from programs.targets import books, cube
from programs.targets.books import Moment
from programs.targets.models import Target
from programs.targets.readings import Reading
from programs.targets.recount import recount
from programs.targets.selectors import DIMENSIONS, counted
from programs.targets.staying import selectors as staying
from programs.targets.staying.models import Departure, DepartureEntry
from programs.targets.staying.services import Told, note
from talent.people.models import Person
from tests.factories import ManagerFactory
from tests.programs.targets.world import MASTER, World, day

pytestmark = pytest.mark.django_db
LATER = "2020-12-31"
ASKED = iter(range(1, 1_000_000))


def tell(record: Record, left_on: str | None, returned_on: str | None = None, asked: int | None = None) -> int:
    """Say of a record's person that they left; the question by which it was told."""
    asked = asked or next(ASKED)
    with everything():
        note(
            [
                Told(
                    asked,
                    record.pk,
                    record.person_id,
                    record.organisation_id,
                    day(left_on) if left_on else None,
                    day(returned_on) if returned_on else None,
                )
            ]
        )
    return asked


def reading(target: str = "all", as_of: str = LATER, known_at: dt.datetime | None = None) -> Reading:
    moment = books.moment(as_of=day(as_of), known_at=known_at)
    return Reading(ManagerFactory(), Target.objects.get(code=target), moment)


def both(target: str = "all", as_of: str = LATER) -> tuple[int, int]:
    """The figure, and how many are still here."""
    found = reading(target, as_of)
    return found.achieved(), found.still_here()


def course(person: Person, target: str = "all") -> list[tuple[int, str]]:
    with everything():
        rows = DepartureEntry.objects.filter(person=person, target__code=target).order_by("number")
        return [(row.delta, row.effective_on.isoformat()) for row in rows]


def test_who_left_is_taken_off_from_the_day_they_left(world: World) -> None:
    person = world.person()
    record = world.record(person, "2019-03-01", by=world.c)
    world.settle()
    tell(record, "2019-09-01")
    world.settle()
    assert both(as_of="2019-08-31") == (1, 1)
    assert both(as_of="2019-09-01") == (1, 0)
    assert course(person) == [(-1, "2019-09-01")]
    assert recount().agrees


def test_who_came_back_is_here_again(world: World) -> None:
    person = world.person()
    record = world.record(person, "2019-03-01", by=world.c)
    asked = tell(record, "2019-09-01")
    world.settle()
    tell(record, "2019-09-01", "2020-01-15", asked)
    world.settle()
    assert course(person) == [(-1, "2019-09-01"), (1, "2020-01-15")]
    assert [both(as_of=on)[1] for on in ("2019-08-31", "2020-01-14", "2020-01-15")] == [1, 0, 1]


def test_a_corrected_answer_takes_back_what_was_posted(world: World) -> None:
    person = world.person()
    record = world.record(person, "2019-03-01", by=world.c)
    asked = tell(record, "2019-09-01")
    world.settle()
    tell(record, "2019-10-01", asked=asked)
    world.settle()
    assert course(person) == [(-1, "2019-09-01"), (1, "2019-09-01"), (-1, "2019-10-01")]
    tell(record, None, asked=asked)
    world.settle()
    assert both() == (1, 1)
    assert not Departure.objects.exists()
    assert recount().agrees


def test_who_is_not_counted_any_more_is_not_taken_off_either(world: World) -> None:
    record = world.record(world.person(), "2019-03-01", by=world.c)
    tell(record, "2019-09-01")
    world.settle()
    world.change(record, state="revoked", reason="revoked")
    world.settle()
    assert both() == (0, 0)
    world.change(record, state="verified", reason="verified")
    world.settle()
    assert both() == (1, 0)
    assert recount().agrees


def test_who_works_at_another_employer_is_still_here(world: World) -> None:
    """Left HITECH in September, came to UNI-B in June, left that in December."""
    person = world.person()
    first = world.record(person, "2019-03-01", by=world.c)
    second = world.record(person, "2019-06-01", by=world.b, introduced=True)
    tell(first, "2019-09-01")
    world.settle()
    assert both() == (1, 1)
    tell(second, "2019-12-01")
    world.settle()
    assert both(as_of="2019-11-30") == (1, 1)
    assert both(as_of="2019-12-01") == (1, 0)
    assert course(person) == [(-1, "2019-12-01")]


def test_a_later_introduction_brings_back_who_had_left(world: World) -> None:
    person = world.person()
    tell(world.record(person, "2019-03-01", by=world.b, introduced=True), "2019-05-01")
    world.change(world.record(person, "2019-07-01", by=world.b), path="introduced", reason="corrected")
    world.settle()
    assert [both(as_of=on)[1] for on in ("2019-04-30", "2019-05-01", "2019-06-30", "2019-07-01")] == [1, 0, 0, 1]
    assert recount().agrees


def test_a_training_before_holds_nobody_and_one_afterwards_does(world: World) -> None:
    person = world.person()
    world.record(person, "2019-02-01", by=world.a)
    tell(world.record(person, "2019-03-01", by=world.c), "2019-05-01")
    world.settle()
    assert both(as_of="2019-05-01") == (1, 0)
    world.record(person, "2019-08-01", by=world.b)
    world.settle()
    assert [both(as_of=on)[1] for on in ("2019-07-31", "2019-08-01")] == [0, 1]


def test_a_head_that_counts_only_later_is_taken_off_from_that_day(world: World) -> None:
    person = world.person()
    record = world.record(person, "2019-03-01", (MASTER, "2019-11-01"), by=world.c)
    tell(record, "2019-06-01")
    world.settle()
    assert course(person) == [(-1, "2019-06-01")]
    assert course(person, "high-end") == [(-1, "2019-11-01")]
    assert both("high-end", "2019-10-31") == (0, 0)
    assert both("high-end", "2019-11-01") == (1, 0)


def test_a_merge_moves_the_departure_and_a_split_brings_it_back(world: World) -> None:
    first, second = world.person(), world.person()
    world.record(first, "2019-02-01", by=world.a)
    tell(world.record(second, "2019-03-01", by=world.c), "2019-05-01")
    world.settle()
    assert both() == (2, 1)
    world.merge(second, first)
    world.settle()
    assert both() == (1, 0)
    assert course(second) == [(-1, "2019-05-01"), (1, "2019-05-01")]
    world.merge(second, None, first, reason="split")
    world.settle()
    assert both() == (2, 1)
    assert recount().agrees


def test_the_people_are_those_behind_the_second_figure(world: World) -> None:
    people = [world.person() for _ in range(4)]
    records = [world.record(person, "2019-03-01", by=world.c) for person in people]
    asked = tell(records[0], "2019-09-01")
    tell(records[1], "2019-10-01")
    world.settle()
    tell(records[0], "2019-11-01", asked=asked)
    world.settle()
    target, found = Target.objects.get(code="all"), reading()
    heads = counted(found.actor, target, found.moment)
    left = staying.narrowed(heads, target, found.moment, left=True)
    here = staying.narrowed(heads, target, found.moment, left=False)
    assert set(left.values_list("person_id", flat=True)) == {people[0].pk, people[1].pk}
    assert set(here.values_list("person_id", flat=True)) == {people[2].pk, people[3].pk}
    assert staying.away(target, found.moment, [one.pk for one in people]) == {
        people[0].pk: day("2019-11-01"),
        people[1].pk: day("2019-10-01"),
    }


def test_settling_without_a_departure_posts_none(world: World) -> None:
    world.record(world.person(), "2019-03-01", by=world.c)
    world.settle()
    assert not DepartureEntry.objects.exists()


def test_an_answer_for_a_past_moment_stays_what_it_was(world: World) -> None:
    record = world.record(world.person(), "2019-03-01", by=world.c)
    world.settle()
    kept = []
    asked = next(ASKED)
    for left_on in ("2019-09-01", "2019-07-01", None, "2019-12-01"):
        tell(record, left_on, asked=asked)
        world.settle()
        found = reading()
        kept.append((found.moment, found.still_here(), found.course("month"), found.parts("district")))
    assert [still_here for _moment, still_here, *_rest in kept] == [0, 0, 1, 0]
    for moment, still_here, months, parts in kept:
        again = reading(known_at=moment.known_at)
        assert again.moment == moment
        assert (again.still_here(), again.course("month"), again.parts("district")) == (still_here, months, parts)


# --- against a reading day by day

Stay = tuple[str, bool, str, str | None, str | None]
"""Where, whether by an introduction, and when somebody came; when they left and came back."""

DAYS = ["2019-02-01", "2019-03-01", "2019-05-01", "2019-07-01", "2019-09-01", "2020-01-01"]


@st.composite
def lives(draw: st.DrawFn) -> list[list[Stay]]:
    people = []
    for _ in range(draw(st.integers(1, 3))):
        stays: dict[tuple[str, bool], Stay] = {}
        for _ in range(draw(st.integers(1, 3))):
            where, introduced = draw(st.sampled_from("abc")), draw(st.booleans())
            introduced = introduced or where == "c"
            came = draw(st.integers(0, 4))
            left = draw(st.none() | st.integers(came, 5))
            back = None if left is None or left == 5 else draw(st.none() | st.integers(left + 1, 5))
            stays[where, introduced] = (
                where,
                introduced,
                DAYS[came],
                None if left is None else DAYS[left],
                None if back is None else DAYS[back],
            )
        people.append(list(stays.values()))
    return people


def gone(stays: list[Stay], on: str) -> bool:
    """Whether somebody is gone on a day, in the words of the page."""
    away = [one for one in stays if one[3] is not None and one[3] <= on and (one[4] is None or on < one[4])]
    if not away:
        return False
    latest = max(str(one[3]) for one in away)
    for where, introduced, came, _left, _back in stays:
        left_there = any(one[0] == where and one[1] and str(one[3]) >= came for one in away)
        if came <= on and (not left_there if introduced else came > latest):
            return False
    return True


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    people=lives(),
    changes=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from("cut")), max_size=4),
)
def test_still_here_is_what_a_reading_day_by_day_says(
    world: World, people: list[list[Stay]], changes: list[tuple[int, int, str]]
) -> None:
    before = {on: both(as_of=on) for on in DAYS}
    places = {"a": world.a, "b": world.b, "c": world.c}
    known: list[list[tuple[Record, int, Stay]]] = []
    for stays in people:
        person = world.person()
        known.append([])
        for where, introduced, came, left, back in stays:
            district = {"a": "520102", "b": "520103", "c": ""}[where]
            record = world.record(person, came, by=places[where], introduced=introduced, district=district)
            known[-1].append((record, tell(record, left, back), (where, introduced, came, left, back)))
    world.settle()
    holds(before, [[one for _record, _asked, one in life] for life in known])
    for whose, which, change in changes:
        if whose >= len(known) or which >= len(known[whose]):
            continue
        record, asked, one = known[whose][which]
        if change == "c":  # the departure proves untrue
            one = (*one[:3], None, None)
            tell(record, None, asked=asked)
        elif change == "u":  # the record is taken off the books
            world.change(record, state="revoked", reason="revoked")
            known[whose].pop(which)
            world.settle()
            continue
        else:  # they left on the day they came
            one = (*one[:3], one[2], None)
            tell(record, one[2], asked=asked)
        known[whose][which] = (record, asked, one)
        world.settle()
    holds(before, [[one for _record, _asked, one in life] for life in known])
    assert recount().agrees


def holds(before: dict[str, tuple[int, int]], people: list[list[Stay]]) -> None:
    """That figure and second figure are as a plain reading says, and so are their parts and course."""
    for on in DAYS:
        here = [stays for stays in people if stays and min(one[2] for one in stays) <= on]
        expected = (before[on][0] + len(here), before[on][1] + sum(not gone(stays, on) for stays in here))
        assert both(as_of=on) == expected, on
    found = reading()
    for by in DIMENSIONS:
        assert sum(part.still_here or 0 for part in found.parts(by)) == found.still_here()
    assert found.course("quarter")[-1].still_here == found.still_here()
    for by in ("organisation", "district"):
        again = Reading(found.actor, found.target, Moment(found.moment.as_of, found.moment.known_at))
        assert again.parts(by) == found.parts(by)
        sums = cube.parts(found.actor, found.target, found.moment, by, cube.DEPARTURES)
        assert sum(sums.values()) == found.still_here() - found.achieved()
