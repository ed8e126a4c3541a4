"""The roster follows the books: by itself, once, and as a fresh computation has it."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts.scope import everything
from backend.jobs.models import Job
from programs.records.models import Record
from programs.roster import services
from programs.roster.models import BUREAU, RosterEntry
from programs.roster.refresh import refresh
from programs.submissions.services import COMMIT
from talent.people.models import Person, PersonReport, RosterMark
from tests.factories import OfficerFactory
from tests.programs.targets.world import MASTER, World
from tests.support.http import Caller
from tests.support.partner import Partner


def entry(person: Person, reader: int = BUREAU) -> Any:
    with everything():
        return RosterEntry.objects.filter(organisation_id=reader, person_id=person.pk).first()


def test_what_is_taken_and_decided_is_found_without_anybody_asking(db: None, run_jobs: Callable[[], int]) -> None:
    partner = Partner(run_jobs)
    partner.report([partner.row(1, name="司马相如")])
    officer = Caller(OfficerFactory())
    [row] = officer.get("people/", {"q": "smxr"}).json()["results"]
    assert (row["states"], row["counts"]) == (["submitted"], [])
    with everything():
        record = Record.objects.get(person=row["id"])
        assert services.lag().waiting == 0
    for act, reason, states in (
        ("return", "缺证明", ["returned"]),
        ("verify", "", ["verified"]),
        ("revoke", "有误", ["revoked"]),
    ):
        if act == "verify":
            partner.report([partner.row(1, name="司马相如", remarks="已补")])
        assert officer.post(f"records/{record.pk}/{act}/", {"reason": reason}, format="json").status_code == 200
        run_jobs()
        [row] = officer.get("people/", {"q": "司马"}).json()["results"]
        assert row["states"] == states
        assert bool(row["counts"]) == (act == "verify")


def test_done_again_it_writes_nothing(world: World) -> None:
    person = world.person()
    world.record(person, "2018-03-30", (MASTER, "2016-06-30"))
    world.settle()
    first, again = refresh([person.pk]), refresh([person.pk])
    assert (first.written, first.removed) == (2, 0)  # the bureau's and the reporter's
    assert (again.written, again.removed) == (0, 0)


def test_merged_and_split(world: World) -> None:
    one, other = world.person(), world.person()
    world.record(one, "2018-03-30")
    world.record(other, "2018-05-31", by=world.b)
    world.settle()
    services.refresh()
    world.merge(other, one)
    world.settle()
    services.refresh()
    assert entry(other) is None
    assert entry(one).organisations == ["UNI-A", "UNI-B"]
    assert entry(one, world.b.pk) is None
    assert (entry(other, world.b.pk).organisations, entry(other, world.b.pk).name) == (["UNI-B"], other.name)
    world.merge(other, None, one)
    world.settle()
    services.refresh()
    assert entry(other).organisations == ["UNI-B"]
    assert (entry(one).organisations, entry(other, world.b.pk).organisations) == (["UNI-A"], ["UNI-B"])


def test_it_lets_intake_go_first_and_not_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    person = world.person()
    world.record(person, "2018-03-30")
    world.settle()
    Job.objects.create(kind=COMMIT, state=Job.State.RUNNING)
    assert services.refresh(polite=True).marks == 0
    assert services.lag().waiting
    monkeypatch.setattr(services, "PATIENCE", services.PATIENCE * 0)
    assert services.refresh(polite=True).marks


def test_the_command_tells_mends_and_compares(world: World) -> None:
    person = world.person()
    world.record(person, "2018-03-30")
    world.settle()
    services.refresh()
    said = StringIO()
    call_command("roster", check=True, stdout=said)
    assert "what it should be" in said.getvalue()
    RosterEntry.objects.filter(person_id=person.pk, organisation_id=BUREAU).update(tier="high_end")
    RosterEntry.objects.create(organisation_id=BUREAU, person_id=10**9, name="x", name_key="x", tier="other", terms="")
    with pytest.raises(CommandError, match="2 entries"):
        call_command("roster", check=True, stdout=said)
    call_command("roster", rebuild=True, check=True, stdout=said)
    assert entry(person).tier == "other"
    RosterMark.objects.create(person_id=person.pk)
    call_command("roster", stdout=said)
    assert "1 marks wait" in said.getvalue()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["verify", "revoke", "return", "report", "merge", "split", "settle", "refresh"]),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    min_size=3,
    max_size=12,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happened_it_is_what_a_fresh_computation_has(world: World, steps: list[tuple[str, int, int]]) -> None:
    people = [world.person() for _ in range(4)]
    RosterMark.objects.bulk_create(RosterMark(person_id=person.pk) for person in people)
    for step, first, second in steps:
        person, other = people[first], people[second]
        record = Record.objects.filter(person=person).first()
        if step == "report" and not Record.objects.filter(person=person, organisation=world.b).exists():
            world.record(person, "2018-06-30", by=world.b, state="submitted", mark=False)
            PersonReport.objects.get_or_create(organisation=world.b, person=person)
            RosterMark.objects.create(person_id=person.pk)
        elif step == "verify" and record is None:
            world.record(person, "2018-03-30", (MASTER, "2016-06-30"))
        elif step in ("revoke", "return") and record is not None:
            world.change(record, state="revoked" if step == "revoke" else "returned", reason="revoked")
        elif step == "merge" and first < second and person.canonical is None and other.canonical is None:
            world.merge(other, person)
        elif step == "split" and other.canonical is not None:
            world.merge(other, None, other.canonical)
        elif step == "settle":
            world.settle()
        elif step == "refresh":
            services.refresh()
    world.settle()
    services.refresh()
    assert services.check() == []
