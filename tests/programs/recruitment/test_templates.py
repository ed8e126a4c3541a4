"""Positions and candidates come in by files as by single calls, and are told the same of what is wrong."""

from typing import Any

import pytest

from programs.recruitment.models import Candidate, CandidateKey, Move, Position, PositionEdition
from tests.programs.recruitment.world import World, done, errors
from tests.support.http import every, get
from tests.support.partner import number

Row = dict[str, Any]


def sent(world: World, template: str, rows: list[Row], by: Any = None, **options: Any) -> Row:
    """The submission of some rows, checked, and taken where nothing is asked."""
    body = {"template": template, "records": rows, "confirm": "auto", "force": True, **options}
    answer = done((by or world.clerk).post("submissions/", body, format="json"), 202)
    world.run_jobs()
    return get(by or world.clerk, f"submissions/{answer['id']}/")


def found(world: World, submission: Row, by: Any = None) -> set[tuple[int, str, str]]:
    """The findings as (row, rule, column)."""
    rows = every(by or world.clerk, f"submissions/{submission['id']}/findings/")
    return {(one["row"], one["rule"], one["column"]) for one in rows}


def position(world: World, **values: Any) -> Row:
    row = {
        "ref": "P1",
        "title": "数据工程师",
        "occupation": "大数据工程技术人员",
        "level": "副高",
        "wanted": "3",
        "segment": "核心",
        "district": "南明区",
        "opened_on": world.ago(10),
        "open_until": world.ago(-90),
    } | values
    return {name: value for name, value in row.items() if value is not None}


def candidate(world: World, n: int, **values: Any) -> Row:
    row = {
        "name": "李" + "甲乙丙丁"[n % 4],
        "id_type": "居民身份证",
        "id_number": number(n),
        "mobile": f"139{n:08d}",
        "source": "招聘会",
        "campaign": world.campaign.code,
        "stage": "面试",
        "day": world.ago(20),
    } | values
    return {name: value for name, value in row.items() if value is not None}


def test_positions_come_in_change_and_stay_by_file(world: World) -> None:
    first = sent(world, "positions/1", [position(world), position(world, ref="P2", wanted="1")])
    assert (first["status"], first["counts"]["accepted"]) == ("accepted", 2)
    [row, _other] = Position.objects.order_by("ref")
    assert (row.occupation, row.level, row.wanted, row.segment) == ("2-02-38-03", "deputy_senior", 3, "core")
    second = sent(world, "positions/1", [position(world), position(world, ref="P2", wanted="4")])
    assert (second["counts"]["unchanged"], second["amendments"], second["counts"]["accepted"]) == (1, 1, 1)
    assert Position.objects.get(ref="P2").wanted == 4
    assert PositionEdition.objects.count() == 3


def test_what_is_wrong_with_positions_is_told_by_row(world: World) -> None:
    rows = [
        position(world),
        position(world),
        position(world, ref="P3", level="guru", wanted="0"),
        position(world, ref="P4", open_until=world.ago(11)),
        position(world, ref="P5", opened_on=world.ago(-1)),
        position(world, ref="P6", title="长" * 201),
        position(world, ref="P7", occupation=None),
    ]
    assert found(world, sent(world, "positions/1", rows)) == {
        (2, "P02", "ref"),
        (3, "E02", "level"),
        (3, "E13", "wanted"),
        (4, "P01", "open_until"),
        (5, "P01", "opened_on"),
        (6, "P05", "title"),
        (7, "E01", "occupation"),
    }
    assert Position.objects.count() == 1


def test_a_closed_position_is_changed_and_stays_closed(world: World) -> None:
    row = world.position(ref="P1")
    done(world.clerk.post(f"positions/{row['id']}/close/", {"reason": "停招"}, format="json"))
    world.arrived(1)
    submission = sent(world, "positions/1", [position(world)])
    assert found(world, submission) == {(1, "P04", "ref")}
    assert get(world.clerk, f"positions/{row['id']}/")["state"] == "closed"


def test_candidates_come_in_change_and_stay_by_file(world: World) -> None:
    world.position()
    rows = [
        candidate(world, 1, position="p1", education="硕士研究生毕业", owner=world.user.username),
        candidate(world, 2, ref="R2", stage=None, day=None),
        candidate(world, 3, id_type=None, id_number=None, birth_date="1990-05-06"),
    ]
    first = sent(world, "candidates/1", rows)
    assert (first["status"], first["counts"]["accepted"]) == ("accepted", 3)
    one, two, three = Candidate.objects.order_by("pk")
    assert (one.stage, one.stage_on.isoformat(), one.education, one.owner) == (
        "interview",
        world.ago(20),
        "14",
        world.user,
    )
    assert (two.stage, two.ref, three.number_index) == ("sourced", "R2", None)
    assert Move.objects.count() == 3
    assert CandidateKey.objects.filter(candidate=three).exists()
    assert world.seen(one.pk)["name"] == "李乙"
    again = sent(world, "candidates/1", rows)
    assert (again["counts"]["unchanged"], again["counts"]["accepted"]) == (3, 0)
    rows[0] |= {"mobile": "13711112222"}
    rows[1] |= {"name": "李丙丙"}
    third = sent(world, "candidates/1", rows)
    assert (third["counts"]["unchanged"], third["amendments"]) == (1, 2)
    assert world.seen(two.pk)["name"] == "李丙丙"
    assert world.seen(one.pk)["mobile"].startswith("137")
    assert (Candidate.objects.count(), Move.objects.count()) == (3, 3)


def test_what_is_wrong_with_candidates_is_told_by_row(world: World) -> None:
    closed = world.position(ref="P9")
    done(world.clerk.post(f"positions/{closed['id']}/close/", {"reason": "停招"}, format="json"))
    world.candidate(30, ref="R30")
    world.candidate(31)
    rows = [
        candidate(world, 1),
        candidate(world, 1),
        candidate(world, 3, campaign="NO-SUCH"),
        candidate(world, 4, position="P9"),
        candidate(world, 5, position="NONE", owner="nobody-here"),
        candidate(world, 6, day=world.ago(-1)),
        candidate(world, 7, id_number="520101198001010010"),
        candidate(world, 31, ref="R30"),
        candidate(world, 30),
        candidate(world, 10, source="电视"),
        candidate(world, 11, stage="到岗"),
    ]
    assert found(world, sent(world, "candidates/1", rows)) == {
        (2, "C04", "id_number"),
        (3, "C01", "campaign"),
        (4, "C02", "position"),
        (5, "C02", "position"),
        (5, "C08", "owner"),
        (6, "C03", "day"),
        (7, "E04", "id_number"),
        (8, "C05", "ref"),
        (8, "C07", "stage"),
        (9, "C07", "stage"),
        (10, "E02", "source"),
        (11, "E02", "stage"),
    }


def test_whoever_arrived_is_not_changed_by_a_file_and_others_holders_are_warned_of(world: World) -> None:
    world.arrived(1, ref="R1")
    row = candidate(world, 1, ref="R1", name="李别人")
    assert ("C06", "name") in {
        (rule, column) for _row, rule, column in found(world, sent(world, "candidates/1", [row]))
    }
    other = sent(world, "candidates/1", [candidate(world, 1)], by=world.stranger)
    assert found(world, other, by=world.stranger) == {(1, "W04", "id_number")}
    assert Candidate.objects.get(organisation=world.other).known == "reported"


def test_the_bureau_sends_its_own_and_names_positions_with_their_organisation(world: World) -> None:
    world.position()
    row = candidate(world, 1, position=f"{world.own.code}/P1")
    submission = sent(world, "candidates/1", [row], by=world.officer)
    assert submission["status"] == "accepted", found(world, submission, by=world.officer)
    one = Candidate.objects.get()
    assert (one.organisation, one.position.ref if one.position else "") == (world.bureau, "P1")
    assert every(world.clerk, "candidates/") == []


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"id_number": "520101198001010010"}, {("id_number", "E04")}),
        ({"gender": "9", "education": "99"}, {("education", "E02")}),
        ({"birth_date": "1981-02-03"}, {("birth_date", "E06")}),
    ],
)
def test_a_call_and_a_file_are_told_the_same(world: World, values: Row, wrong: set[tuple[str, str]]) -> None:
    told = world.told(1, **values)
    assert errors(world.clerk.post("candidates/", told, format="json")) == wrong
    submission = sent(world, "candidates/1", [told])
    assert {(column, rule) for _row, rule, column in found(world, submission)} == wrong
