"""What has changed since: by figure, by reason, by part, and in sentences of both languages."""

from typing import Any

from programs.records.models import Record
from programs.targets.models import CubeCell, Plan, Target
from talent.credentials.models import TierCredential
from tests.factories import OfficerFactory
from tests.programs.snapshots.conftest import DAY, publish, restatement
from tests.programs.targets.world import MASTER, World
from tests.support.goals import put_goals
from tests.support.http import Caller

ZH = {"accept-language": "zh-hans"}


def verified_at(organisation: Any) -> Any:
    return Record.objects.filter(organisation=organisation, state="verified").order_by("pk")


def test_nothing_has_changed(world: World, manager: Caller) -> None:
    made = publish(manager)
    found = restatement(manager, made)
    assert (found["changed"], found["all"]["delta"], found["all"]["entries"], found["all"]["parts"]) == (
        False,
        0,
        [],
        {},
    )
    assert "As now known, on the same basis: 5; nothing has changed." in found["text"]
    chinese = restatement(Caller(OfficerFactory(), **ZH), made)["text"]
    assert "按现有数据同口径核算仍为5人，没有变化。" in chinese


def test_fewer_by_reasons_and_by_organisation(world: World, manager: Caller) -> None:
    made = publish(manager)
    lost = verified_at(world.a)[:2]
    for record in lost:
        world.change(record, reason="revoked", state="revoked")
    world.record(world.person(), "2019-05-02", by=world.b)
    world.record(world.person(), "2019-08-01")  # counts after the day that was published
    world.settle()
    found = restatement(manager, made)
    one = found["all"]
    assert (one["then"]["achieved"], one["now"]["achieved"], one["delta"], one["reproduced"]) == (5, 4, -1, True)
    assert {entry["reason"]: entry["delta"] for entry in one["entries"]} == {"revoked": -2, "verified": 1}
    parts = {part["key"]: (part["then"], part["now"], part["delta"]) for part in one["parts"]["organisation"]}
    assert parts == {"UNI-A": (4, 2, -2), "UNI-B": (1, 2, 1)}
    assert "5 of 100,000" in one["text"]
    assert "as of 30 June 2019" in one["text"]
    assert "As now known, on the same basis: 4, 1 fewer: 2 revoked, 1 verified later." in one["text"]
    assert "By organisation, then and now: " in one["text"]
    assert "4 → 2 (−2)" in one["text"]
    chinese = restatement(Caller(OfficerFactory(), **ZH), made)["all"]["text"]
    assert "截至2019年6月30日" in chinese
    assert "按现有数据同口径核算为4人，比发布数少1人：撤销减2人，其后审核通过增1人。" in chinese
    assert "由4人变为2人（−2）" in chinese


def test_more_and_up_to_a_moment(world: World, manager: Caller) -> None:
    made = publish(manager)
    world.record(world.person(), "2019-05-02")
    world.settle()
    assert restatement(manager, made)["all"]["delta"] == 1
    earlier = restatement(manager, made, known_at=made["known_at"])
    assert (earlier["all"]["delta"], earlier["changed"]) == (0, False)
    assert ", on the same basis: 5; nothing has changed." in earlier["text"]
    refused = manager.get(f"snapshots/{made['id']}/restatement/", {"known_at": "2019-01-01"})
    assert refused.status_code == 400


def test_a_move_between_organisations_with_an_equal_total(world: World, manager: Caller) -> None:
    person = world.person()
    world.record(person, "2019-04-05", by=world.a)
    second = world.record(person, "2019-04-06", by=world.b)
    world.settle()
    made = publish(manager)
    world.change(Record.objects.get(person=person, organisation=world.a), reason="revoked", state="revoked")
    world.settle()
    one = restatement(manager, made)["all"]
    assert (one["delta"], second.organisation.code) == (0, "UNI-B")
    assert {part["key"]: part["delta"] for part in one["parts"]["organisation"]} == {"UNI-A": -1, "UNI-B": 1}
    assert "6 as before, though not all as before: 1 was taken back and counted anew elsewhere" in one["text"]
    assert "By organisation, then and now: " in one["text"]


def test_another_goal_and_another_rule_are_told(world: World, manager: Caller) -> None:
    made = publish(manager)
    put_goals("all", goal=90_000)
    found = restatement(manager, made)
    assert (found["rule"]["changed"], found["all"]["goal_changed"], found["changed"]) == (False, True, True)
    assert "The goal was 100,000 when it was published and is 90,000 now." in found["all"]["text"]
    TierCredential.objects.filter(kind="education", code=MASTER).delete()
    world.mark(*(record.person for record in verified_at(world.a)), reason="rule_changed")
    world.settle()
    found = restatement(manager, made)
    assert found["rule"]["changed"]
    assert found["high-end"]["delta"] == -3
    assert "by the rule in force now: 0, 3 fewer: 3 lost by the changed rule." in found["high-end"]["text"]
    assert found["text"].endswith("what it changed is part of the differences.")
    assert "same basis" not in found["text"]


def test_a_target_that_the_plan_has_no_more(world: World, manager: Caller) -> None:
    plan = Plan.objects.get()
    spare = Target.objects.create(
        plan=plan,
        code="spare",
        name_zh="备用",
        name_en="Spare",
        goal=10,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
    )
    put_goals("spare")
    made = publish(manager)
    spare.delete()
    one = restatement(manager, made)["spare"]
    assert one["now"] is None
    assert "no such target any more" in one["text"]


def test_books_that_were_tampered_with_are_told(world: World, manager: Caller) -> None:
    made = publish(manager)
    cell = CubeCell.objects.filter(target__code="all", dimension="", grain="day").earliest("pk")
    CubeCell.objects.filter(pk=cell.pk).update(heads=cell.heads + 1)
    one = restatement(manager, made)["all"]
    assert (one["reproduced"], one["delta"], one["entries"]) == (False, 1, [])
    assert "for no reason that the ledger gives" in one["text"]
    assert "the ledger gives 6 and not the published figure" in one["text"]


def test_what_a_figure_rests_on_is_not_undone(world: World, manager: Caller) -> None:
    person = world.person()
    record = world.record(person, "2019-05-05", state="submitted")
    officer = Caller(OfficerFactory(), **{"accept-language": "en"})
    assert officer.post(f"records/{record.pk}/verify/").status_code == 200
    world.settle()
    publish(manager, as_of="2019-05-04")
    later = world.record(world.person(), "2019-05-05", state="submitted")
    assert officer.post(f"records/{later.pk}/verify/").status_code == 200
    world.settle()
    assert officer.post(f"records/{later.pk}/undo/").status_code == 200
    publish(manager, as_of=DAY)
    refused = officer.post(f"records/{record.pk}/undo/")
    assert (refused.status_code, refused.json()["why"]) == (409, "published")
    assert officer.post(f"records/{record.pk}/revoke/", {"reason": "有误"}, format="json").status_code == 200
    world.settle()
    publish(manager, as_of=DAY)
    refused = officer.post(f"records/{record.pk}/undo/")
    assert (refused.status_code, refused.json()["why"]) == (409, "published_without")
