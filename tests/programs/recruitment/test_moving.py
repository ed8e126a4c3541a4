"""Moves: by the day, with their reasons, one at a time or many, and never twice at once."""

import pytest
from django.db import connection, transaction

from backend.accounts import scope
from backend.accounts.models import User
from backend.problems import Problem
from programs.recruitment import moving
from programs.recruitment.models import Candidate, Move
from tests.programs.recruitment.world import World, done, errors
from tests.support.http import every
from tests.support.together import together


def test_each_move_is_a_row_with_its_day(world: World) -> None:
    id = world.candidate(1)["id"]
    done(world.move(id, "applied", day=world.ago(40)))
    done(world.move(id, "interview", "applied", day=world.ago(30), note="二面"))
    done(world.move(id, "screened", "interview", day=world.ago(30), reason="another_round"))
    done(world.move(id, "withdrawn", "screened", day=world.ago(10), reason="withdrawn_other", note="出国"))
    moves = every(world.clerk, f"candidates/{id}/moves/")
    assert [(one["before"], one["to"], one["day"]) for one in moves] == [
        ("", "sourced", world.ago(50)),
        ("sourced", "applied", world.ago(40)),
        ("applied", "interview", world.ago(30)),
        ("interview", "screened", world.ago(30)),
        ("screened", "withdrawn", world.ago(10)),
    ]
    assert {one["by"] for one in moves} == {world.user.username}
    assert world.seen(id)["stage"] == "withdrawn"


def test_days_reasons_and_stages_are_looked_at(world: World) -> None:
    id = world.candidate(1)["id"]
    assert errors(world.move(id, "applied", day=world.ago(51))) == {("day", "earlier")}
    assert errors(world.move(id, "applied", day=world.ago(-1))) == {("day", "future")}
    assert errors(world.move(id, "declined")) == {("reason", "required")}
    assert errors(world.move(id, "declined", reason="pay")) == {("reason", "wrong_reason")}
    assert errors(world.move(id, "applied", reason="pay")) == {("reason", "wrong_reason")}
    assert errors(world.move(id, "declined", reason="because")) == {("reason", "not_in_table")}
    assert errors(world.move(id, "declined", reason="declined_other")) == {("note", "required")}
    assert world.move(id, "sourced").status_code == 409
    assert world.move(id, "arrived").status_code == 409
    assert world.move(id, "offer", "interview").status_code == 409
    done(world.move(id, "offer"))
    assert errors(world.move(id, "applied", "offer")) == {("reason", "required")}
    assert Move.objects.count() == 2


def test_a_move_is_never_changed(world: World) -> None:
    world.candidate(1)
    for act in ("UPDATE candidate_move SET note = 'x'", "DELETE FROM candidate_move"):
        with pytest.raises(Exception, match=r"denied|append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(act)


def test_many_are_moved_and_the_others_listed_with_why(world: World) -> None:
    ids = [world.candidate(n, day=world.ago(50 - n))["id"] for n in range(6)]
    done(world.move(ids[1], "offer"))
    done(world.move(ids[2], "declined", reason="unqualified"))
    done(world.move(ids[3], "screened"))
    body = {"filter": {"campaign": world.campaign.code}, "to": "screened", "day": world.ago(47)}
    answer = done(world.clerk.post("candidates/move/", body, format="json"))
    assert answer["ids"] == [ids[0]]
    assert [(one["id"], one["code"]) for one in answer["skipped"]] == [
        (ids[1], "no_reason"),
        (ids[2], "no_reason"),
        (ids[3], "same"),
        (ids[4], "earlier"),
        (ids[5], "earlier"),
    ]
    body = {"ids": ids, "to": "screened", "expected": "sourced"}
    answer = done(world.clerk.post("candidates/move/", body, format="json"))
    assert answer["ids"] == ids[4:]
    assert {one["code"] for one in answer["skipped"]} == {"same", "elsewhere"}
    body = {"ids": ids[1:3], "to": "screened", "reason": "came_back"}
    assert done(world.clerk.post("candidates/move/", body, format="json"))["ids"] == ids[1:3]
    assert Move.objects.filter(candidate__in=ids).count() == 6 + 3 + 1 + 2 + 2


def test_who_is_on_the_way_again_does_not_come_back(world: World) -> None:
    first = world.candidate(1)["id"]
    done(world.move(first, "declined", reason="unqualified"))
    second = world.candidate(1)["id"]
    done(world.move(second, "withdrawn", reason="pay"))
    body = {"ids": [first, second], "to": "applied", "reason": "came_back"}
    answer = done(world.clerk.post("candidates/move/", body, format="json"))
    assert (answer["ids"], [(one["id"], one["code"]) for one in answer["skipped"]]) == (
        [second],
        [(first, "duplicate")],
    )


def test_an_empty_or_blank_filter_moves_nobody(world: World) -> None:
    world.candidate(1)
    wrong: list[dict[str, object]] = [{}, {"campaign": ""}, {"stage": []}, {"no_such": "x"}]
    for chosen in wrong:
        answer = world.clerk.post("candidates/move/", {"filter": chosen, "to": "applied"}, format="json")
        assert answer.status_code == 400, chosen
    assert errors(world.clerk.post("candidates/move/", {"to": "applied"}, format="json")) == {("ids", "invalid")}
    body = {"ids": [1], "to": "arrived"}
    assert world.clerk.post("candidates/move/", body, format="json").status_code == 400
    assert Move.objects.count() == 1


def test_of_two_moves_at_once_one_wins(fresh_database: str) -> None:
    with scope.everything():
        world = World(lambda: 0)
        id = world.candidate(1)["id"]
        official, clerk = world.official, world.user

    def attempt(user: User, to: str) -> str:
        with transaction.atomic():
            scope.enter(user)
            try:
                moving.move(actor=user, candidate_id=id, expected="sourced", wished=moving.wish(to=to))
            except Problem as problem:
                return problem.code
            return "moved"

    outcomes = together(lambda: attempt(clerk, "applied"), lambda: attempt(official, "screened"))
    assert sorted(outcomes) == ["conflict", "moved"]
    with scope.everything():
        assert Move.objects.filter(candidate=id).count() == 2
        assert Candidate.objects.get(pk=id).stage == Move.objects.order_by("-pk")[0].to
