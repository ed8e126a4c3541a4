"""People on pages: masked, as far as one may see them, and their numbers only to an officer who says why."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from backend.audit.models import AuditEntry
from programs.records.models import Record
from tests.factories import (
    AdminFactory,
    ManagerFactory,
    OfficerFactory,
    PartnerFactory,
    PersonAliasFactory,
    PersonFactory,
    PersonReportFactory,
)
from tests.programs.desks.manager.conftest import known
from tests.programs.targets.world import MASTER, World
from tests.support.rosters import refresh_roster

Browse = Callable[..., Client]
WHOLE_NUMBER = re.compile(r"\d{17}[\dXx]")


def opened(client: Client, address: str, **params: Any) -> Any:
    if address == "/people/":
        refresh_roster()
    response = client.get(address, params)
    assert response.status_code == 200, response.content.decode()[:2000]
    return response


@pytest.fixture
def person(world: World) -> Any:
    """Somebody high-end whom A reported and B too, whose number is ``person.number``."""
    person = PersonFactory(name="欧阳建国")
    world.record(person, "2018-03-30", (MASTER, "2016-06-30"))
    world.record(person, "2018-05-31", by=world.b, state=Record.State.SUBMITTED)
    for organisation in (world.a, world.b):
        PersonReportFactory(organisation=organisation, person=person)
    PersonAliasFactory(person=person, name="欧阳国建")
    world.settle()
    return person


# --- looking for people


def test_partners_see_whom_they_reported(settled: World, browse: Browse) -> None:
    page = opened(browse(PartnerFactory(organisation=settled.b)), "/people/")
    [row] = page.context["rows"]
    assert "*" not in row["name"]
    assert "organisation" not in {one.name for one in page.context["choosing"]}
    assert len(opened(browse(), "/people/").context["rows"]) == 5


def test_names_are_looked_for_by_whoever_may_read_them(settled: World, browse: Browse) -> None:
    name = PersonFactory(name="司马相如").name
    for user in (ManagerFactory(), AdminFactory()):
        page = opened(browse(user), "/people/")
        assert "name" not in {one.name for one in page.context["choosing"]}
        assert name not in page.content.decode()
        assert browse(user).get("/people/", {"name": name}).status_code == 403
    found = opened(browse(OfficerFactory()), "/people/", name="司马")
    assert [row["name"] for row in found.context["rows"]] == [name]
    assert "Nobody fits these filters" in opened(browse(OfficerFactory()), "/people/", name="无").content.decode()


def test_people_download_masked(settled: World, browse: Browse) -> None:
    refresh_roster()
    response: Any = browse().get("/people/?format=csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert not WHOLE_NUMBER.search(text)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 5
    assert all("*" in row["Name"] and "*" in row["Documents"] for row in rows)


def test_nobody_yet(world: World, browse: Browse) -> None:
    assert "Nobody has been reported yet" in opened(browse(), "/people/").content.decode()


# --- one person


def test_a_manager_sees_the_person_masked(person: Any, browse: Browse) -> None:
    page = opened(browse(), f"/people/{person.pk}/")
    text = page.content.decode()
    assert "欧***" in text
    for hidden in (person.name, "欧阳国建", person.number):
        assert hidden not in text
    assert not WHOLE_NUMBER.search(text)
    assert page.context["form"] is None
    assert [row["organisation"] for row in page.context["records"]] == ["UNI-A", "UNI-B"]
    assert [one["of"].target.code for one in page.context["standings"]] == ["high-end", "all"]
    [credential] = page.context["credentials"]
    assert credential["label"] == "Master's postgraduate - graduated"
    events = [one["event"] for one in page.context["events"]]
    assert events.count("reported") == 2
    assert events.count("counted") == 2


def test_a_partner_sees_its_own_part_alone(world: World, person: Any, browse: Browse) -> None:
    page = opened(browse(PartnerFactory(organisation=world.b)), f"/people/{person.pk}/")
    text = page.content.decode()
    assert [row["organisation"] for row in page.context["records"]] == ["UNI-B"]
    for hidden in ("UNI-A", "Counts towards", "by record", "Counts since"):
        assert hidden not in text
    assert page.context["credentials"] == []
    assert [one["event"] for one in page.context["events"]] == ["reported"]
    assert browse(PartnerFactory(organisation=world.c)).get(f"/people/{person.pk}/").status_code == 404


def test_a_timeline_reads_as_sentences(world: World, person: Any, browse: Browse) -> None:
    record = Record.objects.get(person=person, organisation=world.a)
    world.change(record, state=Record.State.REVOKED, reason="revoked")
    world.settle()
    told = opened(browse(), f"/people/{person.pk}/").context["events"]
    taken_back = [one for one in told if one["event"] == "uncounted"]
    assert {one["reason"] for one in taken_back} == {"Verified records revoked"}
    assert all("University UNI-A" in one["sentence"] for one in taken_back)
    reported = [one["sentence"] for one in told if one["event"] == "reported"]
    assert any(
        one.startswith("University UNI-A (") and one.endswith("reported the person for “Big data training”.")
        for one in reported
    )


# --- the numbers


def test_an_officer_reveals_the_numbers_once(person: Any, browse: Browse) -> None:
    officer = OfficerFactory()
    client = browse(officer)
    before = opened(client, f"/people/{person.pk}/")
    assert person.number not in before.content.decode()
    response = client.post(f"/people/{person.pk}/reveal/", {"reason": "名字写法不一，核对证件"})
    assert response.status_code == 200
    assert person.number in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    [entry] = AuditEntry.objects.filter(action="person.reveal")
    assert (entry.actor, entry.subject_id) == (officer.username, str(person.pk))
    assert entry.detail["reason"] == "名字写法不一，核对证件"
    after = opened(client, f"/people/{person.pk}/")
    assert person.number not in after.content.decode()
    again = client.get(f"/people/{person.pk}/reveal/")
    assert (again.status_code, again["Location"]) == (303, f"/people/{person.pk}/")
    assert AuditEntry.objects.filter(action="person.reveal").count() == 1


def test_the_numbers_put_in_place(person: Any, browse: Browse) -> None:
    client = browse(OfficerFactory(), **{"hx-request": "true"})
    response = client.post(f"/people/{person.pk}/reveal/", {"reason": "核对"})
    text = response.content.decode()
    assert text.lstrip().startswith('<section class="card" id="numbers"')
    assert 'hx-history="false"' in text
    assert person.number in text
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_without_a_reason_nothing_is_shown(person: Any, browse: Browse, reason: str) -> None:
    for headers in ({}, {"hx-request": "true"}):
        response = browse(OfficerFactory(), **headers).post(f"/people/{person.pk}/reveal/", {"reason": reason})
        assert response.status_code == 400
        assert person.number not in response.content.decode()
        assert "reason_error" in response.content.decode()
    assert not AuditEntry.objects.filter(action="person.reveal").exists()


def test_nobody_else_reveals(world: World, person: Any, browse: Browse) -> None:
    for user in (ManagerFactory(), AdminFactory(), PartnerFactory(organisation=world.a)):
        response = browse(user).post(f"/people/{person.pk}/reveal/", {"reason": "看看"})
        assert response.status_code == 403
        assert person.number not in response.content.decode()
    assert not AuditEntry.objects.filter(action="person.reveal").exists()


# --- how much it costs


def test_queries_do_not_grow(
    settled: World, person: Any, browse: Browse, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    manager = browse()
    refresh_roster()
    for address, most in (("/people/", 23), (f"/people/{person.pk}/", 45)):
        manager.get(address)
        with django_assert_max_num_queries(most):
            manager.get(address)
    for _ in range(5):
        known(settled, "2019-05-31")
    settled.record(person, "2018-06-30", introduced=True)
    settled.record(person, "2018-07-31", by=settled.c)
    settled.settle()
    refresh_roster()
    for address, most in (("/people/", 23), (f"/people/{person.pk}/", 45)):
        with django_assert_max_num_queries(most):
            manager.get(address)
