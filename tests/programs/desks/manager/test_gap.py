"""The gap and the people behind a change, as the manager's pages show them."""

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from backend.clock import now
from programs.records.models import Record
from programs.targets import explaining
from tests.factories import ManagerFactory, OfficerFactory
from tests.programs.desks.manager.conftest import known
from tests.programs.targets.world import World

Browse = Callable[..., Client]


def opened(client: Client, address: str, **params: Any) -> Any:
    response = client.get(address, params)
    assert response.status_code == 200, response.content.decode()
    return response


@pytest.fixture
def short(settled: World) -> World:
    """Beside the five who count: two who wait for review, one twice reported, one returned."""
    for state in ("submitted", "submitted", "returned"):
        record = known(settled, "2019-05-01", state=state, district="520102")
        explaining.mark(person_ids=[record.person_id])
    twice = Record.objects.filter(organisation=settled.b).get().person
    settled.record(twice, "2019-06-01", by=settled.c)
    settled.settle()
    explaining.explain()
    return settled


def shown(page: Any) -> dict[str, int]:
    """By reason, what the table says."""
    return {
        row["reason"]: row["count"] for _label, rows in page.context["gap"]["groups"] for row in rows if row["count"]
    }


def test_the_gap_says_how_much_why_and_whose_turn(short: World, browse: Browse) -> None:
    page = opened(browse(), "/targets/all/")
    assert shown(page) == {"awaiting_review": 2, "returned": 1, "duplicate": 1}
    assert "Of 9 records on the books 5 count, and 4 do not." in page.content.decode()
    assert shown(opened(browse(), "/targets/high-end/")) == {
        "awaiting_review": 2,
        "returned": 1,
        "no_qualifying_credential": 4,
    }
    turns = {row["reason"]: row["turn_said"] for _label, rows in page.context["gap"]["groups"] for row in rows}
    assert (turns["awaiting_review"], turns["returned"], turns["duplicate"]) == (
        "The bureau’s",
        "The partner’s",
        "Nobody’s",
    )
    assert shown(opened(browse(), "/targets/all/", organisation="HITECH")) == {"duplicate": 1}
    by_credential = opened(browse(), "/targets/all/", basis="none")
    assert shown(by_credential) == shown(page)
    assert "A credential or a cohort narrows the people who count" in by_credential.content.decode()


def test_each_reason_opens_into_its_rows(short: World, browse: Browse) -> None:
    for user in (ManagerFactory(), OfficerFactory()):
        client = browse(user)
        for _label, rows in opened(client, "/targets/all/").context["gap"]["groups"]:
            for row in rows:
                page = opened(client, row["url"])
                assert page.context["count"] == row["count"]
                assert len(page.context["rows"]) == row["count"]
                for one in page.context["rows"]:
                    assert opened(client, one["url"])
    page = opened(browse(), "/targets/all/gap/duplicate/")
    assert "counts for University UNI-B since 2019-03-15" in page.content.decode()
    sheet: Any = browse().get("/targets/all/gap/awaiting_review/", {"format": "csv", "organisation": "UNI-A"})
    read = list(csv.DictReader(io.StringIO(b"".join(sheet.streaming_content).decode("utf-8-sig"))))
    assert [one["Why it does not count"] for one in read] == ["Awaiting review"] * 2
    part = browse(**{"hx-request": "true"}).get("/targets/all/gap/returned/")
    assert b"<html" not in part.content
    assert browse().get("/targets/all/gap/nothing/").status_code == 404


def test_the_gap_of_a_moment_past_stays(short: World, browse: Browse) -> None:
    client = browse()
    before = opened(client, "/targets/all/").context["clocks"].moment.known_at.isoformat()
    for record in Record.objects.filter(state="submitted"):
        short.change(record, state="verified", reason="verified")
    short.settle()
    explaining.explain()
    assert shown(opened(client, "/targets/all/")) == {"returned": 1, "duplicate": 1}
    past = opened(client, "/targets/all/", known_at=before)
    assert shown(past) == {"awaiting_review": 2, "returned": 1, "duplicate": 1}
    [url] = [row["url"] for _l, rows in past.context["gap"]["groups"] for row in rows if row["reason"] == "returned"]
    assert parse_qs(urlsplit(url).query)["known_at"] == [before]
    too_early = opened(client, "/targets/all/", known_at="1969-01-01")
    assert "The gap is known from" in too_early.content.decode()


def test_contributors_and_finished_months_are_told(short: World, browse: Browse) -> None:
    page = opened(browse(), "/targets/all/")
    assert {row["key"]: row["contributed"] for row in page.context["parts"]} == {"UNI-A": 3, "UNI-B": 1, "HITECH": 2}
    assert "At the end of the last finished month, 2020-12-31" in page.content.decode()
    assert "Contributed to" not in opened(browse(), "/targets/all/", by="path").content.decode()


def test_a_reason_of_a_change_opens_into_its_people(short: World, browse: Browse) -> None:
    client = browse()
    since = now().isoformat()
    [first] = Record.objects.filter(organisation=short.b)
    short.change(first, state="revoked", reason="revoked")
    short.settle()
    page = opened(client, "/targets/all/changes/", **{"from": since})
    [row] = page.context["rows"]
    assert page.context["chart"]["links"] == ["", row["url"], ""]
    people = opened(client, row["url"])
    assert [one["delta"] for one in people.context["rows"]] == [-1, 1]
    text = people.content.decode()
    assert "moved to Company HITECH" in text or "moved to " in text
    narrowed = opened(client, "/targets/all/changes/", **{"from": since, "organisation": "UNI-B"})
    assert "1 of those taken back count under another heading now." in narrowed.content.decode()
    assert narrowed.context["movement"].closing == 0
    sheet: Any = client.get(row["url"], {"format": "csv"})
    assert sheet.status_code == 200
    address = urlsplit(row["url"])
    pages = opened(client, address.path, **{**{k: v[0] for k, v in parse_qs(address.query).items()}, "limit": 1})
    assert pages.context["page"].next
