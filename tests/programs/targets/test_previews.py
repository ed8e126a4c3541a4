"""What a plan file would do, told beforehand, and what applying it then does."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from backend.accounts.scope import everything
from programs.targets import planfile
from programs.targets.models import LedgerEntry, Plan, PlanChange
from programs.targets.planfile import parse
from programs.targets.recount import recount
from talent.credentials.models import Credential, TierCredential
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory
from tests.programs.targets.world import BACHELOR, MASTER, SENIOR, SENIOR_ACCOUNTANT, World
from tests.support.http import Caller, code_of

TEXT = (planfile.FOLDER / "digital-valley-2020.toml").read_text("utf-8")
CODE = "digital-valley-2020"


def changed(*replacements: tuple[str, str]) -> str:
    text = TEXT
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    return text


WIDER = changed(('"082",', '"082", "132",'))
STRICTER = changed(('evidence = "claimed"', 'evidence = "confirmed"'))


@pytest.fixture
def admin(db: None) -> Caller:
    return Caller(AdminFactory(), **{"accept-language": "en"})


@pytest.fixture
def preview(admin: Caller, run_jobs: Callable[[], int]) -> Callable[[str], dict[str, Any]]:
    def make(text: str) -> dict[str, Any]:
        answer = admin.post("plans/preview/", {"toml": text}, format="json")
        assert answer.status_code == 202, answer.content
        run_jobs()
        whole: dict[str, Any] = admin.get(f"plans/previews/{answer.json()['id']}/").json()
        assert whole["state"] == "done", whole
        return whole

    return make


def applied(admin: Caller, preview: dict[str, Any], **more: Any) -> Any:
    body = {"preview": preview["id"], "reason": "市人社局2019年第3号通知", **more}
    return admin.post(f"plans/{CODE}/apply/", body, format="json")


def people(admin: Caller, preview: dict[str, Any], **filters: str) -> list[tuple[str, int, str, str]]:
    rows = admin.get(f"plans/previews/{preview['id']}/people/", filters).json()["results"]
    return [(row["target"], row["person"], row["change"], row["cause"]) for row in rows]


def test_a_wider_rule_tells_who_would_enter(
    world: World, admin: Caller, preview: Callable[[str], dict[str, Any]]
) -> None:
    accountant, both, bachelor = world.person(), world.person(), world.person()
    world.record(accountant, "2019-03-29", (SENIOR_ACCOUNTANT, "2015-01-01"), by=world.b)
    world.record(both, "2019-03-29", (SENIOR_ACCOUNTANT, "2015-01-01"), (MASTER, "2019-06-30"))
    world.record(bachelor, "2019-03-29", (BACHELOR, "2015-01-01"))
    world.settle()
    before = LedgerEntry.objects.count()
    told = preview(WIDER)
    assert LedgerEntry.objects.count() == before
    total = told["totals"]["high-end"]
    assert {name: total[name] for name in ("now", "then", "enter", "leave", "move")} == {
        "now": 1,
        "then": 2,
        "enter": 1,
        "leave": 0,
        "move": 1,
    }
    assert total["causes"] == [
        {"change": "enter", "cause": "credential", "count": 1},
        {"change": "move", "cause": "other", "count": 1},
    ]
    assert {one["organisation"]: one["enter"] for one in total["organisations"]} == {"UNI-A": 0, "UNI-B": 1}
    assert told["totals"]["all"]["enter"] == 0
    assert people(admin, told, change="enter") == [("high-end", accountant.pk, "enter", "credential")]
    [difference] = told["differences"]
    assert difference["field"] == "tiers[high-end].qualifying[2].codes"
    answer = applied(admin, told)
    assert answer.json() == {"plan": CODE, "preview": told["id"], "marked": 2}
    world.settle()
    assert world.entries(accountant, "high-end") == [(1, "2019-03-29", "UNI-B", "rule_changed")]
    assert [one[3] for one in world.entries(both, "high-end")] == ["verified", "rule_changed", "rule_changed"]
    assert recount().agrees
    assert Plan.objects.get(code=CODE).applied_preview_id == told["id"]
    assert admin.get(f"plans/previews/{told['id']}/").json()["reason"] == "市人社局2019年第3号通知"
    assert code_of(applied(admin, told)) == "conflict"


def test_stricter_evidence_tells_who_would_leave(
    world: World, admin: Caller, preview: Callable[[str], dict[str, Any]]
) -> None:
    claimed, confirmed = world.person(), world.person()
    world.record(claimed, "2019-03-29", (MASTER, "2015-01-01"))
    record = world.record(confirmed, "2019-03-29", (MASTER, "2015-01-01"))
    Credential.objects.filter(record_id=record.pk).update(state="confirmed")
    world.settle()
    told = preview(STRICTER)
    assert people(admin, told) == [("high-end", claimed.pk, "leave", "evidence")]
    applied(admin, told)
    world.settle()
    assert world.standing(claimed, "high-end") is None
    back = preview(TEXT)
    assert people(admin, back) == [("high-end", claimed.pk, "enter", "evidence")]
    assert recount().agrees


@pytest.mark.parametrize(
    ("old", "new", "change", "cause"),
    [
        ("ends_on = 2020-12-31", "ends_on = 2019-01-31", "leave", "span"),
        ("valid_from = 2017-11-28", "valid_from = 2017-11-28\nvalid_to = 2018-12-31", "leave", "days"),
        ('    "14", ', '    "12", ', "leave", "credential"),
        ('counts = ["high-end", "general"]', 'counts = ["high-end"]', "stay", ""),
    ],
)
def test_why_somebody_would_leave(
    world: World, admin: Caller, preview: Callable[[str], dict[str, Any]], old: str, new: str, change: str, cause: str
) -> None:
    person = world.person()
    world.record(person, "2019-03-29", (MASTER, "2015-01-01"))
    world.settle()
    told = preview(changed((old, new)))
    found = [(what, why) for target, _person, what, why in people(admin, told) if target == "high-end"]
    assert found == ([(change, cause)] if cause else [])
    assert recount().agrees


def test_a_target_that_needs_a_credential_from_now_on(
    world: World, admin: Caller, preview: Callable[[str], dict[str, Any]]
) -> None:
    bachelor = world.person()
    world.record(bachelor, "2019-03-29", (BACHELOR, "2015-01-01"))
    world.settle()
    told = preview(changed(('counts = ["high-end", "general"]', 'counts = ["high-end"]')))
    assert people(admin, told) == [("all", bachelor.pk, "leave", "need")]
    added = '[[targets]]\ncode = "more"\nname_zh = "甲"\nname_en = "A"\ngoal = 1\ncounts = ["general"]\n'
    told = preview(TEXT + "\n" + added)
    assert people(admin, told) == [("more", bachelor.pk, "enter", "new_target")]
    assert applied(admin, told).status_code == 200
    world.settle()
    assert world.standing(bachelor, "more") is not None


def test_merged_people_are_one_head_in_a_preview(
    world: World, admin: Caller, preview: Callable[[str], dict[str, Any]]
) -> None:
    one, other = world.person(), world.person()
    world.record(one, "2019-03-29")
    world.record(other, "2019-04-29", (SENIOR_ACCOUNTANT, "2015-01-01"), by=world.b)
    world.merge(other, one)
    world.settle()
    assert people(admin, preview(WIDER)) == [("high-end", one.pk, "enter", "credential")]


def test_a_preview_of_a_world_that_has_moved_says_so(
    world: World, admin: Caller, preview: Callable[[str], dict[str, Any]]
) -> None:
    world.record(world.person(), "2019-03-29", (SENIOR_ACCOUNTANT, "2015-01-01"))
    world.settle()
    told = preview(WIDER)
    world.record(world.person(), "2019-03-29", (SENIOR, "2015-01-01"))
    refused = applied(admin, told)
    assert (refused.status_code, refused.json()["pending"]) == (409, 1)
    world.settle()
    refused = applied(admin, told)
    assert code_of(refused) == "preview_outdated"
    assert (refused.json()["posted"], refused.json()["pending"]) == (2, 0)
    assert admin.get(f"plans/previews/{told['id']}/").json()["moved"] == {"posted": 2, "pending": 0}
    assert applied(admin, told, anyway=True).status_code == 200
    world.settle()
    assert recount().agrees
    # What rests on another plan than the one in force is not applied at all.
    stale = preview(STRICTER)
    assert applied(admin, preview(changed(("goal = 5_000", "goal = 6_000")))).status_code == 200
    assert code_of(applied(admin, stale, anyway=True)) == "conflict"


def test_series_ranks_and_levels_stand_for_their_codes(
    world: World, admin: Caller, preview: Callable[[str], dict[str, Any]]
) -> None:
    text = changed(
        (
            'codes = [\n    "082",',
            'series = ["080", "会计专业人员"]\nranks = ["正高", "副高"]\n# codes = [\n#   "082",',
        ),
        ('    "L-081",', '#   "L-081",'),
        ("]\nvalid_from = 2017-11-28\n\n[[tiers]]", "valid_from = 2017-11-28\n\n[[tiers]]"),
        ('codes = [\n    "11",', 'levels = ["postgraduate"]\nevidence = "evidenced"\n# [\n#   "11",'),
        ('    "14",', "#"),
        ('    "17",', "#"),
        ("]\nvalid_from = 2017-11-28\n\n[[tiers.q", "valid_from = 2017-11-28\n\n[[tiers.q"),
    )
    accountant, master = world.person(), world.person()
    world.record(accountant, "2019-03-29", (SENIOR_ACCOUNTANT, "2015-01-01"))
    world.record(master, "2019-03-29", (MASTER, "2015-01-01"))
    world.settle()
    told = preview(text)
    assert people(admin, told) == [
        ("high-end", accountant.pk, "enter", "credential"),
        ("high-end", master.pk, "leave", "evidence"),
    ]
    applied(admin, told)
    world.settle()
    assert recount().agrees
    assert world.counts_from(accountant)[1] == "2019-03-29"


def test_set_up_leaves_a_plan_as_it_was_applied(
    world: World, admin: Caller, preview: Callable[[str], dict[str, Any]]
) -> None:
    assert applied(admin, preview(WIDER)).status_code == 200
    out = io.StringIO()
    call_command("load_plan", stdout=out)
    assert "kept as it was applied" in out.getvalue()
    assert TierCredential.objects.filter(code="132").exists()
    call_command("load_plan", planfile.FOLDER / f"{CODE}.toml", stdout=out)
    assert not TierCredential.objects.filter(code="132").exists()


# --- files that cannot be taken, and who may


def test_what_is_wrong_is_told_with_its_line_in_both_languages(admin: Caller) -> None:
    text = changed(("goal = 5_000", "goal = 0"), ('kind = "title"', 'kind = "fame"'))
    answer = admin.post("plans/preview/", {"toml": text}, format="json")
    assert code_of(answer) == "bad_plan"
    errors = answer.json()["errors"]
    assert [one["field"] for one in errors] == ["tiers[1].qualifying[2].kind", "targets[1].goal"]
    lines = [
        number for number, line in enumerate(text.splitlines(), 1) if 'kind = "fame"' in line or "goal = 0" in line
    ]
    assert answer.json()["lines"] == lines
    assert errors[1]["message"].startswith(f"Line {lines[1]}: targets[1].goal must be at least 1")
    chinese = admin.post("plans/preview/", {"toml": text}, format="json", headers={"accept-language": "zh-hans"})
    assert f"第 {lines[1]} 行" in chinese.json()["errors"][1]["message"]
    for bad in (text.replace("[[targets]]", "[[targets"), changed(('"082",', '"099",'))):
        assert code_of(admin.post("plans/preview/", {"toml": bad}, format="json")) == "bad_plan"
    assert admin.post("plans/preview/", {}, format="json").status_code == 400
    raw = admin.generic("POST", "plans/preview/", TEXT.encode(), content_type="application/toml")
    assert raw.status_code == 202, raw.content


def test_who_applies(world: World, admin: Caller, preview: Callable[[str], dict[str, Any]]) -> None:
    told = preview(WIDER)
    for user in (OfficerFactory(), ManagerFactory()):
        assert applied(Caller(user), told).status_code == 403
    assert applied(admin, told, reason=" ").status_code == 400
    assert admin.post("plans/another/apply/", {"preview": told["id"], "reason": "x"}, format="json").status_code == 404


def test_every_line_is_found() -> None:
    plan = parse(TEXT.encode())
    lines = TEXT.splitlines()
    for place in ("targets[2].code", "tiers[1].qualifying[2].codes", "evidence", "tiers[2].name_en"):
        assert lines[plan.lines[place] - 1].startswith(place.rpartition(".")[2])


def test_the_list_behind_a_preview_is_masked(world: World, preview: Callable[[str], dict[str, Any]]) -> None:
    person = world.person()
    world.record(person, "2019-03-29", (SENIOR_ACCOUNTANT, "2015-01-01"))
    world.settle()
    told = preview(WIDER)
    manager = Caller(ManagerFactory())
    [row] = manager.get(f"plans/previews/{told['id']}/people/").json()["results"]
    assert row["name"] != person.name
    assert manager.get(f"plans/previews/{told['id']}/people/", {"format": "csv"}).status_code == 200
    with everything():
        assert PlanChange.objects.count() == 1
