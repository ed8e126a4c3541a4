"""Whom is asked once the organisation that reported is no more: whoever it went into, or else the bureau is told."""

import datetime as dt

import pytest

from backend import clock
from backend.accounts.history import services as history
from backend.accounts.models import Organisation, User
from backend.accounts.scope import everything
from backend.messages.models import Delivery
from programs.retention import expecting
from programs.retention.models import RetentionCheck
from programs.targets.staying.models import Departure
from tests.factories import BureauFactory, OfficerFactory
from tests.programs.retention.world import Town
from tests.support.partner import API

pytestmark = pytest.mark.django_db


def ends(town: Town, into: Organisation | None, on: dt.date | None = None) -> None:
    with everything():
        day = on or clock.today()
        if into:
            history.merge(actor=None, organisation=town.c, into=into, on=day, reason="批复")
        else:
            history.close(actor=None, organisation=town.c, on=day, reason="批复")


def notes() -> list[Delivery]:
    with everything():
        return list(Delivery.objects.filter(key__startswith="notice:retention.orphans:").order_by("pk"))


def asked() -> set[tuple[str, str]]:
    with everything():
        return set(RetentionCheck.objects.values_list("organisation__code", "state"))


def test_whoever_went_on_is_asked_and_answers(town: Town) -> None:
    early = town.introduce("2019-03-01")
    town.follow()
    assert town.answer(town.check(early), answer="stays").status_code == 200
    ends(town, town.a)
    assert asked() == {("HITECH", "answered"), ("UNI-A", "open")}
    assert town.owed() == [("HITECH", "2019-Q3", "reported", False), ("UNI-A", "2020-Q1", "missing", None)]
    late = town.introduce("2019-04-01")
    town.follow()
    assert {code for code, state in asked() if state == "open"} == {"UNI-A"}, "also what is laid out only now"
    assert {code for code, _period, state, _late in town.owed() if state == "missing"} == {"UNI-A"}

    listed = town.clients["UNI-A"].get(f"{API}retention/checks/", {"state": "open"}).json()["results"]
    assert {row["name"] for row in listed} == {early.person.name, late.person.name}
    answer = {"answer": "left", "left_on": "2019-09-15", "reason": "other"}
    assert town.answer(town.check(late), **answer).status_code == 403, "its own users read alone"
    assert town.answer(town.check(late), by="UNI-B", **answer).status_code == 404
    told = town.answer(town.check(late), by="UNI-A", **answer)
    assert told.status_code == 200, told.content
    with everything():
        assert Departure.objects.get(record=late).organisation == town.c, "they have left whoever they came to"
    assert notes() == []


def test_what_was_merged_by_mistake_is_asked_of_its_own_again(town: Town) -> None:
    town.introduce("2019-03-01")
    town.follow()
    ends(town, town.a)
    with everything():
        change = town.c.changes.get(kind="merged")
        history.withdraw(actor=None, change=change, reason="误登", correction=True)
    assert asked() == {("HITECH", "open")}
    assert {code for code, *_rest in town.owed()} == {"HITECH"}


def test_nobody_is_left_and_the_bureau_is_told_once(town: Town) -> None:
    bureau = BureauFactory()
    officer = OfficerFactory(organisation=bureau)
    OfficerFactory(organisation=bureau, districts=["520102"])
    whole = User.objects.filter(role="officer", districts=[]).count()
    ends(town, None)
    record = town.introduce("2019-03-01")
    town.follow()
    assert town.owed() == [], "nothing is laid on whoever is no more"
    told = notes()
    assert len(told) == 2 * whole, "once for each period"
    assert str(officer.pk) in {one.recipient for one in told}
    with everything():
        expecting.expect()
    assert len(notes()) == len(told)
    answered = town.officer.post(
        f"{API}retention/checks/{town.check(record).pk}/answer/", {"answer": "unknown"}, format="json"
    )
    assert answered.status_code == 200, answered.content
    assert town.owed() == []
