"""The pages of who has stayed: the sheet of a period, one question, the months."""

import pytest
from django.test import Client

from backend.accounts.models import User
from backend.accounts.scope import everything
from programs.retention.models import RetentionAnswer, RetentionCheck
from tests.factories import ManagerFactory, OfficerFactory
from tests.programs.retention.world import Town

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def asked(town: Town) -> tuple[Town, Client, list[RetentionCheck]]:
    """Three people, asked after for the third quarter, and the employer's clerk."""
    records = [town.introduce("2019-03-01") for _ in range(3)]
    town.follow()
    with everything():
        clerk = User.objects.get(organisation=town.c, role="partner")
        User.objects.filter(pk=clerk.pk).update(language="en")
        clerk.refresh_from_db()
    return town, signed_in(clerk), [town.check(record) for record in records]


def sheet(checks: list[RetentionCheck], **said: str) -> dict[str, str]:
    """What a browser sends: every line that it shows, and what was chosen."""
    return {**{f"shown-{one.pk}": "1" for one in checks}, **said}


ADDRESS = "/retention/periods/2019-Q3/"


def test_the_sheet_shows_everybody_and_takes_what_was_chosen(asked: tuple[Town, Client, list[RetentionCheck]]) -> None:
    town, client, checks = asked
    page = client.get(ADDRESS).content.decode()
    assert page.count("<fieldset") == 3
    body = {
        f"said-{checks[0].pk}": "stays",
        f"said-{checks[1].pk}": "left",
        f"left_on-{checks[1].pk}": "2019-08-01",
        f"reason-{checks[1].pk}": "study",
        # Days that nobody is asked for, left standing in their fields.
        f"left_on-{checks[0].pk}": "2019-08-01",
    }
    answer = client.post(ADDRESS, sheet(checks, **body))
    assert answer.status_code == 303
    assert [state for _months, _day, state, _period in town.checks(months=6)] == ["answered", "answered", "open"]
    assert "2 questions are answered." in client.get(ADDRESS).content.decode()


def test_everybody_else_is_still_here_by_one_button(asked: tuple[Town, Client, list[RetentionCheck]]) -> None:
    town, client, checks = asked
    body = {
        f"said-{checks[1].pk}": "left",
        f"left_on-{checks[1].pk}": "2019-08-01",
        f"reason-{checks[1].pk}": "study",
        "rest": "1",
    }
    assert client.post(ADDRESS, sheet(checks, **body)).status_code == 303
    with everything():
        assert sorted(RetentionAnswer.objects.values_list("said", flat=True)) == ["left", "stays", "stays"]
    assert town.owed(period__code="2019-Q3") == [("HITECH", "2019-Q3", "reported", False)]


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_taken(
    asked: tuple[Town, Client, list[RetentionCheck]],
) -> None:
    _town, client, checks = asked
    body = {
        f"said-{checks[0].pk}": "stays",
        f"said-{checks[1].pk}": "left",
        f"left_on-{checks[1].pk}": "2019-13-01",
        f"said-{checks[2].pk}": "came_back",
    }
    answer = client.post(ADDRESS, sheet(checks, **body))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'aria-describedby="wrong-left_on-' in page
    assert "Nothing was taken yet" in page
    with everything():
        assert not RetentionAnswer.objects.exists()
    body[f"left_on-{checks[1].pk}"] = "2019-01-01"
    page = client.post(ADDRESS, sheet(checks, **body)).content.decode()
    assert "cannot have left before" in page
    assert "Say since which day they are back." in page


def test_one_question_shows_every_answer(asked: tuple[Town, Client, list[RetentionCheck]]) -> None:
    town, client, checks = asked
    address = f"/retention/checks/{checks[0].pk}/"
    for said in ("unknown", "stays"):
        assert client.post(address, sheet(checks[:1], **{f"said-{checks[0].pk}": said})).status_code == 303
    page = client.get(address).content.decode()
    assert "corrected since" in page
    assert page.index("Still here") < page.index("corrected since")
    assert town.checks(months=6, state="answered") != []


def test_an_officer_answers_on_behalf_from_the_sheet(asked: tuple[Town, Client, list[RetentionCheck]]) -> None:
    town, _client, checks = asked
    officer = signed_in(OfficerFactory())
    assert officer.get(ADDRESS).status_code == 303
    body = sheet(checks, **{f"said-{checks[0].pk}": "stays"})
    assert officer.post(f"{ADDRESS}?organisation=HITECH", body).status_code == 303
    assert len(town.checks(months=6, state="answered")) == 1


def test_months_are_laid_down_on_a_page(town: Town) -> None:
    officer = signed_in(OfficerFactory())
    body = {"path": "introduced", "valid_from": "2020-01-01", "months": "3，6, 24", "reason": "通知"}
    assert officer.post("/retention/rules/", body).status_code == 303
    assert "3, 6, 24" in officer.get("/retention/rules/").content.decode()
    assert officer.post("/retention/rules/", {**body, "months": "six"}).status_code == 400


def test_a_manager_sees_the_second_figure_and_who_left(asked: tuple[Town, Client, list[RetentionCheck]]) -> None:
    town, client, checks = asked
    body = {
        f"said-{checks[0].pk}": "left",
        f"left_on-{checks[0].pk}": "2019-08-01",
        f"reason-{checks[0].pk}": "study",
    }
    assert client.post(ADDRESS, sheet(checks, **body)).status_code == 303
    town.follow()
    manager = signed_in(ManagerFactory(language="en"))
    for address in ("/", "/targets/", "/targets/all/"):
        page = manager.get(address).content.decode()
        assert "Still here" in page or "still here" in page, address
    people = manager.get("/targets/all/people/?left=true").content.decode()
    assert "person who counts has left" in people
    assert manager.get("/targets/all/people/?left=perhaps").status_code == 400
    listed = manager.get("/retention/?left=true").content.decode()
    assert "not there since" in listed
