"""Plan files: what is taken, what is refused and how it is said, and what a changed rule does to the books."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from backend.audit.models import AuditEntry
from programs.targets import planfile
from programs.targets.loading import load_plan
from programs.targets.models import LedgerEntry, Plan, Target
from programs.targets.planfile import BadPlan
from talent.credentials.models import Credential, Tier
from talent.credentials.tiers import qualifying_codes
from talent.people.models import PersonChange
from tests.programs.targets.world import (
    BACHELOR,
    DOCTOR,
    MASTER,
    SENIOR,
    SENIOR_ACCOUNTANT,
    World,
    day,
)

pytestmark = pytest.mark.usefixtures("english")
Changed = Callable[[str, str], Path]
SHIPPED = planfile.FOLDER / "digital-valley-2020.toml"


@pytest.fixture
def english() -> Iterator[None]:
    """What is refused is said in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """``changed(old, new)``: the shipped plan with a text replaced, as a file."""

    def write(old: str, new: str) -> Path:
        text = SHIPPED.read_text("utf-8")
        assert old in text
        path = tmp_path / "plan.toml"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path

    return write


# --- the shipped plan


def test_the_shipped_plan_is_in_force(scope_all: None) -> None:
    plan = Plan.objects.get(code="digital-valley-2020")
    assert (plan.starts_on, plan.ends_on) == (day("2017-11-28"), day("2020-12-31"))
    targets = {target.code: target for target in Target.objects.filter(plan=plan)}
    assert {code: target.goal for code, target in targets.items()} == {"high-end": 5_000, "all": 100_000}
    assert (targets["high-end"].needs_credential, targets["all"].needs_credential) == (True, False)
    codes = qualifying_codes()
    assert codes.education == {"11", "14", "17"}
    assert codes.titles == {"082", "L-081"}
    assert (codes.starts_on, codes.ends_on) == (plan.starts_on, plan.ends_on)


def test_loading_again_changes_nothing(world: World) -> None:
    world.record(world.person(), "2019-03-29", (MASTER, "2016-06-30"))
    world.settle()
    before = AuditEntry.objects.count()
    out = io.StringIO()
    call_command("load_plan", stdout=out)
    assert out.getvalue() == "digital-valley-2020: up to date.\n"
    assert not PersonChange.objects.exists()
    assert AuditEntry.objects.count() == before


def test_without_a_plan_nothing_qualifies(scope_all: None) -> None:
    Tier.objects.all().delete()
    codes = qualifying_codes()
    assert (codes.education, codes.titles, codes.starts_on, codes.ends_on) == (frozenset(), frozenset(), None, None)


# --- a changed rule


def test_a_wider_reading_counts_its_holders_and_them_alone(world: World, changed: Changed) -> None:
    accountant, master, bachelor = world.person(), world.person(), world.person()
    world.record(accountant, "2019-03-29", (SENIOR_ACCOUNTANT, "2015-01-01"))
    world.record(master, "2019-03-29", (MASTER, "2016-06-30"))
    world.record(bachelor, "2019-03-29", (BACHELOR, "2016-06-30"))
    world.settle()
    assert world.counts_from(accountant) == ("2019-03-29", None)
    loaded = load_plan(plan=planfile.read(changed('"082",', '"082", "132",')))
    assert (loaded.new, loaded.changed, loaded.marked) == (False, True, 1)
    world.settle()
    assert world.counts_from(accountant) == ("2019-03-29", "2019-03-29")
    assert world.entries(accountant, "high-end") == [(1, "2019-03-29", "UNI-A", "rule_changed")]
    load_plan(plan=planfile.read(SHIPPED))
    world.settle()
    assert world.entries(accountant, "high-end")[1:] == [(-1, "2019-03-29", "UNI-A", "rule_changed")]
    assert len(world.entries(master, "high-end")) == 1
    assert AuditEntry.objects.filter(action="plan.load", subject_type="plan").count() >= 2


def test_a_rule_counts_from_the_day_on_which_it_is_in_force(world: World, changed: Changed) -> None:
    early, late, after = world.person(), world.person(), world.person()
    world.record(early, "2018-03-29", (SENIOR_ACCOUNTANT, "2015-01-01"))
    world.record(late, "2020-03-29", (SENIOR_ACCOUNTANT, "2015-01-01"))
    world.record(after, "2018-03-29", (SENIOR_ACCOUNTANT, "2020-08-01"))
    rule = '[[tiers.qualifying]]\nkind = "title"\ncodes = ["132"]\nvalid_from = 2019-07-01\nvalid_to = 2020-06-30\n\n'
    load_plan(plan=planfile.read(changed("[[tiers]]                     # no", rule + "[[tiers]]  # no")))
    world.settle()
    assert world.counts_from(early)[1] == "2019-07-01"
    assert world.counts_from(late)[1] == "2020-03-29"
    assert world.counts_from(after)[1] is None


def test_another_span_settles_everybody(world: World, changed: Changed) -> None:
    person = world.person()
    world.record(person, "2021-03-29")
    world.record(world.person(), "2019-03-29", state="submitted")
    world.settle()
    assert load_plan(plan=planfile.read(changed("ends_on = 2020-12-31", "ends_on = 2021-12-31"))).marked == 1
    world.settle()
    assert world.counts_from(person)[0] == "2021-03-29"


def test_another_goal_settles_nobody(world: World, changed: Changed) -> None:
    world.record(world.person(), "2019-03-29")
    world.settle()
    loaded = load_plan(plan=planfile.read(changed("goal = 5_000", "goal = 6_000")))
    assert (loaded.changed, loaded.marked) == (True, 0)
    assert Target.objects.get(code="high-end").goal == 6_000


def test_stricter_evidence_is_a_setting_of_the_plan(world: World, changed: Changed) -> None:
    person = world.person()
    record = world.record(person, "2019-03-29", (DOCTOR, "2016-06-30"))
    world.settle()
    load_plan(plan=planfile.read(changed('evidence = "claimed"', 'evidence = "evidenced"')))
    world.settle()
    assert world.counts_from(person) == ("2019-03-29", None)
    for state, counts in (("evidenced", True), ("claimed", False), ("confirmed", True), ("refuted", False)):
        Credential.objects.filter(record_id=record.pk).update(state=state)
        world.mark(person, reason="corrected")
        world.settle()
        assert (world.counts_from(person)[1] is not None) == counts, state


def test_a_target_with_entries_stays_with_its_plan(world: World, changed: Changed) -> None:
    world.record(world.person(), "2019-03-29", (SENIOR, "2016-06-30"))
    path = changed('code = "high-end"\nname_zh = "引进', 'code = "top"\nname_zh = "引进')
    world.settle()
    assert LedgerEntry.objects.filter(target__code="high-end").exists()
    with pytest.raises(BadPlan, match="high-end"):
        load_plan(plan=planfile.read(path))
    assert Target.objects.filter(code="high-end").exists()


def test_a_target_without_entries_may_leave(world: World, changed: Changed) -> None:
    world.record(world.person(), "2019-03-29")
    world.settle()
    load_plan(plan=planfile.read(changed('code = "high-end"\nname_zh = "引进', 'code = "top"\nname_zh = "引进')))
    assert set(Target.objects.values_list("code", flat=True)) == {"top", "all"}


def test_two_plans_do_not_share_a_code(scope_all: None, changed: Changed) -> None:
    with pytest.raises(BadPlan, match="digital-valley-2020"):
        load_plan(plan=planfile.read(changed('code = "digital-valley-2020"', 'code = "another"')))
    assert not Plan.objects.filter(code="another").exists()


def test_a_code_that_no_table_knows(scope_all: None, changed: Changed) -> None:
    path = changed('"082",', '"099",')
    with pytest.raises(BadPlan, match="title 099"):
        load_plan(plan=planfile.read(path))
    with pytest.raises(CommandError, match="title 099"):
        call_command("load_plan", path)


# --- files that cannot be taken


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("goal = 5_000", "goal =", r"plan\.toml: not readable as TOML.*line \d+"),
        ("goal = 5_000", "goal = 0", r"targets\[1\]\.goal must be at least 1"),
        ("goal = 5_000", 'goal = "many"', r"targets\[1\]\.goal must be a whole number"),
        ("goal = 5_000", "goal = true", r"targets\[1\]\.goal must be a whole number"),
        ("goal = 5_000\n", "", r"targets\[1\]\.goal is missing"),
        ("goal = 5_000", "goal = 5_000\nwish = 1", r"targets\[1\]\.wish is not an entry"),
        ('counts = ["high-end"]', 'counts = ["top"]', r"targets\[1\]\.counts names “top”"),
        ('counts = ["high-end"]', "counts = []", r"targets\[1\]\.counts must list at least one"),
        ('counts = ["high-end"]', 'counts = ["high-end", "high-end"]', r"counts names high-end more than once"),
        ("ends_on = 2020-12-31", "ends_on = 2016-12-31", r"plan\.toml: ends_on lies before starts_on"),
        ("ends_on = 2020-12-31", 'ends_on = "2020"', r"ends_on must be a day such as"),
        ("ends_on = 2020-12-31", "ends_on = 2020-12-31T00:00:00", r"ends_on must be a day such as"),
        ('evidence = "claimed"', 'evidence = "rumour"', r"evidence must be one of claimed, evidenced, confirmed"),
        ('kind = "title"', 'kind = "fame"', r"tiers\[1\]\.qualifying\[2\]\.kind must be one of education, title"),
        ('"14", ', '"11", ', r"codes names 11 more than once"),
        ("valid_from = 2017-11-28", "valid_from = 2017-11-28\nvalid_to = 2016-01-01", r"valid_to lies before"),
        ('code = "general"', 'code = "high-end"', r"tiers names high-end more than once"),
        ('code = "all"', 'code = "high-end"', r"targets names high-end more than once"),
        ('code = "all"', 'code = "all of them"', r"targets\[2\]\.code takes up to 60"),
        ('name_en = "High-end talent"', 'name_en = " "', r"tiers\[1\]\.name_en is empty"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(changed: Changed, old: str, new: str, said: str) -> None:
    with pytest.raises(BadPlan, match=said):
        planfile.read(changed(old, new))


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.toml: cannot be read"):
        call_command("load_plan", Path("nowhere.toml"))


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "gb.toml"
    path.write_bytes(SHIPPED.read_text("utf-8").encode("gb18030"))
    with pytest.raises(BadPlan, match="UTF-8"):
        planfile.read(path)
