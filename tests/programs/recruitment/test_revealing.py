"""Candidates' numbers that were seen stand in the weekly letter, beside those of people on the books."""

import uuid

from backend.accounts.scope import everything
from talent.people.services import reveal_numbers
from talent.reveals import selectors
from tests.factories import AdminFactory, PersonFactory
from tests.programs.recruitment.world import World, caller, done
from tests.support.http import get


def test_who_saw_candidates_numbers_is_told_with_the_others(world: World) -> None:
    known, nameless = world.candidate(1), world.candidate(2, id_type=None, id_number=None)
    for one in (known, nameless):
        done(world.officer.post(f"candidates/{one['id']}/reveal/", {"reason": "核对证件"}, format="json"))
    with everything():
        reveal_numbers(person=PersonFactory(), reason="复核", actor=world.official)
    # A call sent twice is answered twice, and shows the number twice.
    headers = {"idempotency-key": str(uuid.uuid4())}
    for _time in range(2):
        address = f"candidates/{known['id']}/reveal/"
        done(world.clerk.post(address, {"reason": "约面试"}, format="json", headers=headers))
    admin = AdminFactory(email="a@example.com")
    told = {row["user"]: row for row in get(caller(admin), "reveals/")["results"]}
    officer, clerk = told[world.official.username], told[world.user.username]
    assert (officer["reveals"], officer["people"], officer["role"]) == (2, 2, "officer")
    assert {one["reason"]: one["times"] for one in officer["reasons"]} == {"核对证件": 1, "复核": 1}
    assert (clerk["reveals"], clerk["people"], clerk["reasons"]) == (2, 1, [{"reason": "约面试", "times": 2}])
    with everything():
        assert {one.user for one in selectors.week(None, selectors.monday_of(world.day))} == set(told)
