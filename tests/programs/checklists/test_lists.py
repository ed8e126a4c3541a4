"""Which people of a list count, and why the others do not: as much as the asker may know."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from programs.records.models import Record
from tests.factories import OfficerFactory, PartnerFactory, PersonFactory, PersonReportFactory
from tests.programs.targets.world import MASTER, World
from tests.support.http import Caller, code_of
from tests.support.partner import Partner

RunJobs = Callable[[], int]


@pytest.fixture
def world(scope_all: None) -> World:
    return World()


def person_of(world: World, *organisations: Any) -> Any:
    person = PersonFactory()
    for organisation in organisations:
        PersonReportFactory(organisation=organisation, person=person)
    return person


def asked(caller: Caller, run_jobs: RunJobs, people: list[dict[str, str]]) -> list[dict[str, Any]]:
    answer = caller.post("people/check-list/", {"people": people}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (202, "checking"), answer.content
    run_jobs()
    body = caller.get(f"people/check-list/{answer.json()['id']}/").json()
    assert (body["status"], body["rows"]) == ("done", len(people))
    return list(caller.get(f"people/check-list/{body['id']}/result/").json()["results"])


def line(person: Any, name: str = "") -> dict[str, str]:
    return {"name": name or person.name, "id_number": person.number}


def why(row: dict[str, Any], target: str = "all") -> list[str]:
    return next((one["why"] for one in row["targets"] if one["target"] == target), row["why"])


def test_what_comes_of_each_line(world: World, run_jobs: RunJobs) -> None:
    graduate, trainee, late, learning, waiting, returned, revoked, elsewhere, stranger = (
        person_of(world, *by) for by in (*[(world.a,)] * 7, (world.a, world.b), (world.b,))
    )
    world.record(graduate, "2018-03-30", (MASTER, "2016-06-30"))
    world.record(trainee, "2018-03-30")
    world.record(late, "2021-03-30")
    world.record(learning, None)
    world.record(waiting, "2019-03-30", state="submitted")
    world.record(returned, "2019-03-30", state="returned")
    world.record(revoked, "2019-03-30", state="revoked")
    world.record(elsewhere, "2019-03-30")
    world.record(elsewhere, "2018-03-30", by=world.b)
    world.record(stranger, "2018-03-30", by=world.b)
    world.settle()
    people = [graduate, trainee, late, learning, waiting, returned, revoked, elsewhere, stranger]
    lines = [line(one) for one in people]
    lines += [
        line(trainee, "另有其人"),
        {"name": "张伟", "id_number": "520111198811039160"},
        {"name": "", "id_number": "1"},
    ]
    partner = Caller(PartnerFactory(organisation=world.a))
    rows = asked(partner, run_jobs, lines)
    assert [row["counted"] for row in rows] == [True, True, *[False] * 5, True, False, False, False, False]
    assert [why(row) for row in rows[2:]] == [
        ["outside_plan"],
        ["not_completed"],
        ["awaiting_review"],
        ["returned"],
        ["revoked"],
        ["elsewhere"],
        ["not_reported"],
        ["other_name"],
        ["wrong_number"],
        ["incomplete"],
    ]
    assert why(rows[1], "high-end") == ["no_credential"]
    [all_, high_end] = sorted(rows[0]["targets"], key=lambda one: one["target"])
    assert (all_["since"], high_end["since"], high_end["basis"]) == ("2018-03-30", "2018-03-30", "education")
    # Of another's credit and of strangers nothing is told but what follows from one's own report.
    assert {one["since"] for one in rows[7]["targets"]} == {None}
    assert "UNI-B" not in str(rows)
    assert [row["person"] for row in rows[8:]] == [None] * 4
    officer = Caller(OfficerFactory())
    rows = asked(officer, run_jobs, lines)
    assert [row["counted"] for row in rows] == [True, True, *[False] * 5, True, True, False, False, False]
    assert rows[8]["targets"][1]["organisation"] == "UNI-B"
    assert why(rows[9]) == ["other_name"]


def test_a_row_that_fails_the_checks_is_told_where_it_stands(db: None, run_jobs: RunJobs) -> None:
    partner = Partner(run_jobs)
    sent = partner.send([partner.row(1), partner.row(2, district="火星区")])
    good, bad = partner.row(1), partner.row(2)
    lines = [{"name": one["name"], "id_type": one["id_type"], "id_number": one["id_number"]} for one in (good, bad)]
    rows = asked(Caller(partner.clerk), run_jobs, lines)
    assert [row["why"] for row in rows] == [["not_taken"], ["failing_checks"]]
    assert rows[1]["where"] == f"{sent['id']}/3"
    other = Partner(run_jobs)
    assert [row["why"] for row in asked(Caller(other.clerk), run_jobs, lines)] == [["not_reported"]] * 2


def test_a_file_is_answered_on_pages_and_taken_away_masked(world: World, run_jobs: RunJobs) -> None:
    person = person_of(world, world.a)
    world.record(person, "2018-03-30")
    world.settle()
    client = Client(headers={"accept-language": "en"})
    client.force_login(PartnerFactory(organisation=world.a), backend="django.contrib.auth.backends.ModelBackend")
    text = f"姓名,证件号码\n{person.name},{person.number}\n查无此人,E12345678\n合计,\n".encode("gb18030")
    response: Any = client.post("/people/check-list/", {"file": SimpleUploadedFile("名单.csv", text)})
    assert response.status_code == 303, response.content.decode()[-3000:]
    assert "being checked" in client.get(response["Location"]).content.decode()
    run_jobs()
    response = client.get(client.get(response["Location"])["Location"])
    page = response.content.decode()
    assert [row["counted"] for row in response.context["rows"]] == [True, False]
    assert person.number not in page
    assert "2018-03-30" in page
    response = client.get(response.wsgi_request.path, {"format": "csv", "counted": "true"})
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [row["Name"] for row in rows] == [person.name]
    assert person.number not in str(rows)


def test_a_file_that_cannot_be_read_says_why(world: World, run_jobs: RunJobs) -> None:
    caller = Caller(PartnerFactory(organisation=world.a))
    handed = caller.post("people/check-list/", {"file": SimpleUploadedFile("x.csv", b"colour,size\nred,2\n")})
    run_jobs()
    body = caller.get(f"people/check-list/{handed.json()['id']}/").json()
    assert body["status"] == "refused"
    assert body["error"]
    assert caller.get(f"people/check-list/{body['id']}/result/").status_code == 404
    assert caller.post("people/check-list/", {}, format="json").status_code == 400


def test_probing_is_limited_and_entered(world: World, run_jobs: RunJobs, settings: Any) -> None:
    settings.CHECK_LISTS_AN_HOUR = 1
    person = person_of(world, world.a)
    caller = Caller(PartnerFactory(organisation=world.a))
    asked(caller, run_jobs, [line(person)])
    answer = caller.post("people/check-list/", {"people": [line(person)]}, format="json")
    assert (answer.status_code, code_of(answer)) == (429, "throttled")
    with everything():
        entries = list(AuditEntry.objects.filter(action__startswith="check_list").order_by("pk"))
    assert [one.action for one in entries] == ["check_list.ask", "check_list.answer"]
    assert person.number not in str([one.detail for one in entries])
    assert Record.objects.count() == 0
