"""What a list shows, kept under a name: on its page, in its files, for colleagues, and to open with."""

import csv
import io
from typing import Any

import pytest

from backend import clock
from tests.factories import OfficerFactory, OrganisationFactory, PartnerFactory, SubmissionFactory
from tests.programs.desks.officer.world import Reader, links, owed, reported, saved, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Reader:
    return Reader(OfficerFactory(username="li"))


def heads(answer: Any) -> list[str]:
    """The headings of a downloaded list."""
    return next(csv.reader(io.StringIO(saved(answer).decode("utf-8-sig"))))


def test_a_view_is_made_shared_and_opened_with(officer: Reader) -> None:
    late, _due = owed(OrganisationFactory(name_en="Late University"), -3), owed(OrganisationFactory(), 40)
    address = "/obligations/?overdue=true&columns=period%2Cname"
    page = officer.get(address)
    assert "Late University" in text(page)
    assert links(page, r"^/obligations/\d+/$") == [f"/obligations/{late.pk}/"]
    given = {"list": "obligations", "query": address.partition("?")[2], "name": "late ones", "next": "/obligations/"}
    assert "The view “late ones” is saved." in text(
        officer.post("/saved-views/", given | {"shared": "on"}, follow=True)
    )

    colleague = Reader(OfficerFactory(username="wang"))
    assert links(colleague.get("/obligations/"), "columns=") == [address]
    assert "late ones li" in text(colleague.get("/obligations/"))
    assert "late ones" not in text(colleague.get("/reminders/")), "it is of one list"
    assert "late ones" not in text(Reader(PartnerFactory()).get("/obligations/"))

    [default] = [one for one in officer.get("/obligations/").content.decode().split('"') if one.endswith("/default/")]
    officer.post(default)
    assert officer.get("/obligations/")["Location"] == address
    cleared = links(officer.get(address), r"columns=$")
    assert cleared == ["/obligations/?columns="]
    assert officer.get(cleared[0]).status_code == 200


def test_the_files_have_the_columns_that_the_page_shows(officer: Reader) -> None:
    reported(2)
    page = officer.get("/records/?state=submitted&columns=state,name")
    table = page.content.decode().partition("<thead>")[2].partition("</thead>")[0]
    assert table.index(">State<") < table.index(">Name<"), "in the order that the address gives"
    assert 'name="ids"' in page.content.decode(), "what is shown so can be ticked and decided on"
    [address] = links(page, "format=csv")
    assert heads(officer.get("/records/" + address)) == ["State", "Name"]
    assert heads(officer.get("/records/?format=csv"))[:3] == ["Record", "Partner reference", "Name"]
    refused = officer.get("/records/?columns=state,secret")
    assert refused.status_code == 400
    assert "no column “secret”" in text(refused)


def test_what_changes_in_place_brings_the_views_along(officer: Reader) -> None:
    SubmissionFactory(received_at=clock.now())
    answer = officer.get("/submissions/?columns=id&columns=status", part=True, HTTP_HX_TRIGGER="filters")
    said = answer.content.decode()
    assert 'id="rows"' in said
    assert 'id="views" class="list-views" hx-swap-oob="true"' in said
    assert 'name="query" value="columns=id%2Cstatus"' in said


def test_a_default_that_cannot_be_read_any_more_is_passed_over(officer: Reader) -> None:
    from backend.accounts import scope
    from backend.saved_views.models import SavedView

    given = {"list": "submissions", "query": "columns=id", "name": "ids", "is_default": "on", "next": "/"}
    officer.post("/saved-views/", given)
    assert officer.get("/submissions/").status_code == 303
    with scope.everything():
        SavedView.objects.update(query="columns=gone")
    assert officer.get("/submissions/").status_code == 200
