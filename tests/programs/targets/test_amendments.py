"""Goals amended from a day on, and goals written over: what answers for the past, on both clocks."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.audit.models import AuditEntry
from programs.targets.amending import Line
from programs.targets.models import LedgerEntry, TargetVersion
from programs.targets.planfile import BadPlan, parse
from programs.targets.recount import recount
from tests.factories import AdminFactory, ManagerFactory
from tests.programs.targets.planfiles import SHIPPED, amended, load, parted
from tests.programs.targets.test_subtargets import get
from tests.programs.targets.world import World, day
from tests.support.http import Caller

AMENDED = amended(SHIPPED, "2019-07-01", 'goal = 120_000\nname_en = "More talent"', source="市人社局2019年第3号通知")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def manager(scope_all: None) -> Caller:
    return Caller(ManagerFactory(), **{"accept-language": "en"})


def test_a_day_before_the_amendment_answers_the_old_goal(world: World, manager: Caller) -> None:
    world.record(world.person(), "2018-03-29")
    world.settle()
    assert (load(AMENDED).marked, load(AMENDED).changed) == (0, False)
    before = get(manager, "targets/all/", as_of="2019-06-30")
    after = get(manager, "targets/all/", as_of="2019-07-01")
    assert (before["goal"], before["completion_rate"], before["name_en"][:3]) == (100_000, 0.00001, "Big")
    assert (after["goal"], after["completion_rate"], after["name_en"]) == (120_000, 0.000008, "More talent")
    assert (before["in_force_from"], before["amendment"]) == ("2017-11-28", "")
    assert (after["in_force_from"], after["amendment"]) == ("2019-07-01", "市人社局2019年第3号通知")
    assert after["remaining"] == 119_999
    assert {one["code"]: one["goal"] for one in get(manager, "targets/")["results"]}["all"] == 120_000
    told = get(manager, "targets/all/versions/", as_of="2019-06-30")["results"]
    assert [(one["valid_from"], one["goal"], one["in_force"], one["edition"]) for one in told] == [
        ("2017-11-28", 100_000, True, 2),
        ("2019-07-01", 120_000, False, 2),
    ]
    assert AuditEntry.objects.filter(action="plan.load", detail__amended=["all"]).count() == 1
    assert recount().agrees


def test_the_plans_line_bends_on_the_day(world: World, manager: Caller) -> None:
    load(AMENDED)
    old = 100_000 / 1130
    until = (day("2019-06-30") - day("2017-11-27")).days
    stood, left = old * until, (day("2020-12-31") - day("2019-06-30")).days
    points = {
        one["period"]: one
        for one in get(manager, "targets/all/series/", by="quarter", as_of="2020-12-31", limit=100)["results"]
    }
    assert points["2019-Q2"]["plan"] == round(stood, 2)
    assert points["2019-Q3"]["plan"] == round(stood + (120_000 - stood) * 92 / left, 2)
    assert points["2020-Q4"]["plan"] == 120_000
    assert sum(one["plan_increment"] for one in points.values()) == pytest.approx(120_000)
    # On a day before the amendment the line is the old one, to the end of its period.
    then = get(manager, "targets/all/series/", by="year", as_of="2019-06-30")["results"]
    assert then[-1]["plan"] == round(old * 764, 2)


def test_an_answer_as_known_before_keeps_its_goal(world: World, manager: Caller) -> None:
    world.record(world.person(), "2018-03-29")
    world.settle()
    addresses = [
        ("targets/all/", {"as_of": "2020-03-31"}),
        ("targets/all/series/", {"as_of": "2020-03-31", "by": "year"}),
        ("targets/all/versions/", {"as_of": "2020-03-31"}),
        ("targets/all/subtargets/", {"as_of": "2020-03-31"}),
    ]
    known_at = get(manager, "targets/all/")["known_at"]
    first = [get(manager, address, known_at=known_at, **params) for address, params in addresses]
    load(AMENDED)
    amended_at = get(manager, "targets/all/")["known_at"]
    assert amended_at > known_at
    second = [get(manager, address, known_at=amended_at, **params) for address, params in addresses]
    # Written over without an amendment: in force from the first day on, known from now on.
    load(parted("organisation UNI-A 9", text=SHIPPED.replace("goal = 100_000", "goal = 80_000", 1)))
    assert get(manager, "targets/all/", as_of="2018-01-01")["goal"] == 80_000
    assert get(manager, "targets/all/", as_of="2018-01-01", known_at=amended_at)["goal"] == 100_000
    assert [get(manager, address, known_at=known_at, **params) for address, params in addresses] == first
    assert [get(manager, address, known_at=amended_at, **params) for address, params in addresses] == second
    assert (first[0]["goal"], second[0]["goal"]) == (100_000, 120_000)
    editions = TargetVersion.objects.filter(target__code="all").values_list("edition", "goal")
    assert list(editions.order_by("edition", "valid_from")) == [(1, 100_000), (2, 100_000), (2, 120_000), (3, 80_000)]
    assert not TargetVersion.objects.filter(target__code="high-end", edition__gt=1).exists()


def test_versions_are_only_ever_added(scope_all: None) -> None:
    for act in (lambda rows: rows.update(goal=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
            act(TargetVersion.objects.all())


def test_a_later_end_counts_whom_it_reaches_and_nobody_else(world: World, manager: Caller) -> None:
    early, late = world.person(), world.person()
    world.record(early, "2019-03-29")
    world.record(late, "2021-03-29")
    world.settle()
    then = get(manager, "targets/all/", as_of="2020-06-30")
    load(amended(SHIPPED, "2020-07-01", "ends_on = 2021-06-30"))
    world.settle()
    assert world.entries(late) == [(1, "2021-03-29", "UNI-A", "rule_changed")]
    assert LedgerEntry.objects.count() == 2
    now = get(manager, "targets/all/", as_of="2020-06-30")
    same = ("goal", "achieved", "elapsed_rate", "completion_rate", "ends_on")
    assert [now[name] for name in same] == [then[name] for name in same]
    after = get(manager, "targets/all/", as_of="2021-03-31")
    assert (after["achieved"], after["ends_on"]) == (2, "2021-06-30")
    assert after["elapsed_rate"] == round(1220 / 1311, 6)
    assert get(manager, "targets/all/series/", as_of="2021-06-30", by="year")["results"][-1]["plan"] == 100_000
    assert recount().agrees


@pytest.mark.parametrize(
    ("said", "from_on", "target", "wrong"),
    [
        ("goal = 1", "2017-11-28", "all", r"amendments\[1\]\.from must lie after the target's first day"),
        ("goal = 1", "2021-01-01", "all", r"amendments\[1\]\.from must lie after the target's first day"),
        ("goal = 1", '"2019-01-01"', "all", r"amendments\[1\]\.from must be a day such as"),
        ("goal = 1", "2019-01-01", "none", r"amendments\[1\]\.targets\[1\]\.code names “none”, which is no target"),
        ("", "2019-01-01", "all", r"amendments\[1\]\.targets\[1\]\.code is all that stands here"),
        ("ends_on = 2018-12-31", "2019-01-01", "all", r"targets\[1\]\.ends_on lies before the day of the amendment"),
        ("goal = 0", "2019-01-01", "all", r"amendments\[1\]\.targets\[1\]\.goal must be at least 1"),
        ('counts = ["general"]', "2019-01-01", "all", r"targets\[1\]\.counts is not an entry of a plan file"),
        ("may_exceed = 1", "2019-01-01", "all", r"targets\[1\]\.may_exceed must be true or false"),
    ],
)
def test_what_is_wrong_with_an_amendment_is_said(said: str, from_on: str, target: str, wrong: str) -> None:
    text = amended(SHIPPED, from_on, said, target=target)
    with pytest.raises(BadPlan, match=wrong) as refused:
        parse(text.encode())
    assert refused.value.errors[0].line > len(SHIPPED.splitlines())


def test_an_amendment_must_leave_the_parts_room() -> None:
    text = parted("organisation UNI-A 60_000", "year 2020 10", "segment core 5 year=2020")
    for said, wrong in (
        ("goal = 50_000", r"amendments\[1\]\.targets\[1\]\.goal brings the parts by organisation to 60,000"),
        ("ends_on = 2019-12-31", r"targets\[1\] \(year 2020\) has days outside the target's"),
    ):
        with pytest.raises(BadPlan, match=wrong):
            parse(amended(text, "2019-07-01", said).encode())
    with pytest.raises(BadPlan, match="is 0, which takes away a part that stands"):
        parse(amended(text, "2019-07-01", "", "organisation UNI-B 0").encode())
    twice = amended(amended(text, "2019-07-01", "goal = 70_000"), "2019-07-01", "goal = 80_000")
    with pytest.raises(BadPlan, match="amendments names 2019-07-01 more than once"):
        parse(twice.encode())


def test_a_preview_tells_goals_parts_and_amendments(world: World, run_jobs: Callable[[], int]) -> None:
    admin = Caller(AdminFactory(), **{"accept-language": "en"})
    load(amended(parted("organisation UNI-A 10"), "2019-07-01", "goal = 120_000"))
    other = amended(parted("organisation UNI-A 12", "year 2019 4"), "2019-07-01", "goal = 110_000", "year 2019 5")
    preview = admin.post("plans/preview/", {"toml": other}, format="json").json()
    run_jobs()
    assert {(one["field"], one["old"], one["new"]) for one in preview["differences"]} == {
        ("targets[all].parts[organisation UNI-A].goal", 10, 12),
        ("targets[all].parts[year 2019].goal", None, 4),
        ("amendments[2019-07-01].targets[all].goal", 120_000, 110_000),
        ("amendments[2019-07-01].targets[all].parts[year 2019].goal", None, 5),
    }
    body = {"preview": preview["id"], "reason": "第5号通知"}
    assert admin.post("plans/digital-valley-2020/apply/", body, format="json").status_code == 200
    assert get(admin, "targets/all/", as_of="2019-07-01")["goal"] == 110_000


@settings(max_examples=25)
@given(
    goals=st.lists(st.integers(1, 100_000), min_size=1, max_size=4),
    cuts=st.lists(st.integers(1, 300), min_size=3, max_size=3),
    later=st.integers(0, 400),
)
def test_the_line_never_jumps_and_ends_at_the_goal(goals: list[int], cuts: list[int], later: int) -> None:
    start, end = day("2018-01-01"), day("2020-12-31")
    versions: list[Any] = []
    begins = start
    for place, goal in enumerate(goals):
        ends_on = end + dt.timedelta(later if place == len(goals) - 1 else 0)
        versions.append(TargetVersion(valid_from=begins, goal=goal, starts_on=start, ends_on=ends_on))
        begins += dt.timedelta(cuts[place % 3])
    line = Line(versions)
    last = versions[-1]
    days = [start + dt.timedelta(n) for n in range(-1, (last.ends_on - start).days + 1)]
    values = [line(on) for on in days]
    assert (values[0], values[-1], line(last.ends_on + dt.timedelta(9))) == (0.0, last.goal, last.goal)
    for version, following in zip(versions, [*versions[1:], None], strict=True):
        until = following.valid_from - dt.timedelta(1) if following else version.ends_on
        own = [line(version.valid_from + dt.timedelta(n)) for n in range(-1, (until - version.valid_from).days + 1)]
        steps = [after - before for before, after in itertools.pairwise(own)]
        assert max(steps) - min(steps) < 1e-6
