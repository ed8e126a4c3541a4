"""A first hour: steps that tick themselves off, help in place, and what has changed until it is read."""

import pytest

from backend.accounts.models import User
from programs.desks.changes.changes import changes, concerning
from programs.intake.rules import RULES
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory, PartnerFactory
from tests.programs.desks.officer.world import Reader, reported, text

pytestmark = pytest.mark.django_db
NEW = {"first_steps": True, "read_changes": 0}


def test_steps_tick_themselves_off_and_are_put_away() -> None:
    officer = Reader(OfficerFactory(**NEW))
    assert "First steps 0 of 4 done" in text(officer.get("/"))
    [record] = reported(1)
    officer.post("/records/decide/", {"ids": record.pk, "decision": "verify"})
    officer.post("/saved-views/", {"list": "records", "name": "mine", "query": "state=submitted"})
    page = text(officer.get("/"))
    assert "2 of 4 done" in page
    assert "Decide on a first record done" in page
    put_away = text(officer.post("/account/first-steps/", follow=True))
    assert "The first steps are put away." in put_away
    assert "Decide on a first record" not in put_away
    assert "Show the first steps on my desk again" in text(officer.get("/account/"))
    assert "2 of 4 done" in text(officer.post("/account/first-steps/", {"shown": "1"}, follow=True))


@pytest.mark.parametrize(
    ("user", "first", "steps"),
    [
        (lambda: PartnerFactory(**NEW), "Practise first", 5),
        (lambda: PartnerFactory(read_only=True, **NEW), "Put the due days into your calendar", 2),
        (lambda: ManagerFactory(**NEW), "Say what is done about an alert", 3),
        (lambda: AdminFactory(**NEW), "Create an organisation", 3),
    ],
)
def test_every_role_has_steps_of_its_own(user: type[User], first: str, steps: int) -> None:
    page = text(Reader(user()).get("/"))
    assert f"of {steps} done" in page
    assert first in page


def test_what_is_new_is_told_until_it_is_read() -> None:
    clerk = Reader(PartnerFactory(**NEW))
    waiting = len(concerning(PartnerFactory()))
    assert 0 < waiting < len(changes()), "some of it concerns others"
    assert f"unread {waiting}" in text(clerk.get("/"))
    page = text(clerk.get("/changes/"))
    assert page.count("new to you") == waiting
    assert "unread" not in text(clerk.get("/"))
    assert "new to you" not in text(clerk.get("/changes/"))


def test_the_list_of_changes_counts_on_and_says_all_in_both_languages() -> None:
    numbers = [one.number for one in changes()]
    assert numbers == list(range(len(numbers), 0, -1))
    for one in changes():
        assert [sorted(said) for said in one.said.values()] == [["text", "title"]] * 2


def test_help_in_place_is_the_rule_and_a_page_without_scripts() -> None:
    clerk = Reader(PartnerFactory())
    rule = RULES["E06"]
    part = clerk.get("/rules/help/?rule=E06", part=True)
    assert rule.guidance_en in text(part)
    assert "<html" not in part.content.decode()
    assert clerk.get("/rules/help/?rule=E06")["Location"] == "/rules/E06/"
    of_column = text(clerk.get("/rules/help/?column=education", part=True))
    assert {code for code in ("E02", "E06") if f"{code} " in of_column} == {"E02"}
    assert "No check looks at this field." in text(clerk.get("/rules/help/?column=remarks", part=True))
    assert clerk.get("/rules/help/?rule=X99", part=True).status_code == 404
