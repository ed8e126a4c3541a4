"""Light or dark and how numbers are written, chosen by a reader; and what was sent in vain, kept for its sender."""

import re
from typing import Any

import pytest
from django.test import Client

from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.models import AuditEntry
from backend.web import looks
from backend.web.keeping import Kept, packed, unpacked
from backend.web.templatetags.web import number, number_shown, signed_shown
from tests.factories import AdminFactory, ManagerFactory, PartnerFactory
from tests.factories.backend import PASSWORD
from tests.support.browsing import signed_in, words
from tests.support.factors import code_of

pytestmark = pytest.mark.django_db
FORM = {"code": "GZMU", "name_zh": "贵州民族大学", "kind": "university"}
ROWS = {"contacts-TOTAL_FORMS": "0", "contacts-INITIAL_FORMS": "0"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, ""),
        (9_999, ""),
        (9_999.99, ""),
        (10_000, "1万"),
        (10_001, "1.00万"),
        (12_345, "1.23万"),
        (12_350, "1.24万"),
        (15_000, "1.5万"),
        (-12_345, "-1.23万"),
        (99_999, "10.00万"),
        (100_000, "10万"),
        (99_995_000, "9,999.5万"),
        (99_999_950, "1.00亿"),
        (123_456_789, "1.23亿"),
        (12_345_678_900_000, "123,456.79亿"),
        (12_345.67, "1.23万"),
    ],
)
def test_numbers_by_myriads(value: float, shown: str) -> None:
    assert looks.shortened(value) == shown


def test_a_shortened_number_says_the_whole_one() -> None:
    reader = User(numbers="myriads")
    with looks.nobody_reading():
        looks.read_by(reader, "zh-hans")
        assert number_shown(12_345) == '<data class="short" value="12345" title="12,345">1.23万</data>'
        assert signed_shown(-12_345) == '<data class="short" value="12345" title="−12,345">−1.23万</data>'
        assert [number_shown(one) for one in (None, "", 0, 9_999)] == ["–", "–", "0", "9,999"]
        assert number(12_345) == "12,345", "what is told elsewhere stays as it is"
        looks.read_by(reader, "en")
        assert number_shown(12_345) == "12,345"
    assert number_shown(12_345) == "12,345"


def test_what_is_chosen_stays_with_the_account_and_the_browser() -> None:
    assert tuple(User.Theme.values) == looks.THEMES
    assert tuple(User.Numbers.values) == looks.NUMBERS
    manager = ManagerFactory(language="zh-hans")
    browser = signed_in(manager)
    assert 'data-looks="auto">' in browser.get("/account/").content.decode()
    answer = browser.post("/looks/", {"theme": "dark", "numbers": "myriads", "next": "/account/"})
    assert (answer.status_code, answer["Location"]) == (303, "/account/")
    manager.refresh_from_db()
    assert (manager.theme, manager.numbers) == ("dark", "myriads")
    with scope.everything():
        assert AuditEntry.objects.get(action="user.change_own").detail == {"changed": ["theme", "numbers"]}
    shown = 'data-bs-theme="dark" data-looks="dark" data-numbers="myriads"'
    assert attributes(browser.get("/account/")) == set(shown.split())
    # Without a choice that there is, nothing changes; a part of a page is told and stays.
    browser.post("/looks/", {"theme": "pink"})
    part = browser.post("/looks/", {"theme": "light"}, headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Trigger"]) == (204, '{"shugu:looks": {"theme": "light"}}')
    browser.post("/sign-out/")
    assert attributes(browser.get("/sign-in/")) == {'data-bs-theme="light"', 'data-looks="light"'}
    assert attributes(browser.get("/nowhere/")) == {'data-bs-theme="light"', 'data-looks="light"'}


def attributes(answer: Any) -> set[str]:
    [head] = re.findall(r"<html([^>]*)>", answer.content.decode())
    return set(re.findall(r'data-[\w-]+="\w+"', head))


def test_what_is_kept_is_ours_and_not_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept("/a/", "/b/?x=1", [("name", "名"), ("name", "二")], lost=True)
    text = packed(kept)
    assert unpacked(text) == kept
    assert unpacked(text[:-1] + ("a" if text[-1] != "a" else "b")) is None
    assert unpacked("") is None
    monkeypatch.setattr("backend.web.keeping.HOUR", -1)
    assert unpacked(text) is None


def test_a_form_sent_without_a_session_is_sent_once_its_sender_is_known() -> None:
    admin = AdminFactory(language="en")
    browser = Client(headers={"accept-language": "en"})
    asked = browser.post("/organisations/new/", FORM | ROWS | {"password": "secret"}, follow=True)
    assert asked.redirect_chain == [("/kept/?to=%2Forganisations%2Fnew%2F", 307)]
    assert "Your session has ended" in words(asked)
    kept = asked.context["kept"]
    wrong = browser.post("/sign-in/", {"username": admin.username, "password": "wrong", "kept": kept})
    assert wrong.context["kept"] == kept
    code = code_of(admin)
    step = browser.post("/sign-in/", {"username": admin.username, "password": PASSWORD, "kept": kept})
    assert step.context["kept"] == kept
    page = browser.post("/sign-in/code/", {"otp": code, "kept": kept})
    assert (page.status_code, page.context["kept"].to, page.context["kept"].lost) == (200, "/organisations/new/", True)
    assert dict(page.context["kept"].fields) == FORM | ROWS
    # Somewhere else it is not sent, and whoever is signed in has nothing to be kept.
    assert Client().post("/kept/?to=https://elsewhere.example/", FORM)["Location"] == "/sign-in/"
    assert browser.post("/kept/?to=/organisations/new/", FORM)["Location"] == "/sign-in/"


@pytest.mark.parametrize(("site", "status"), [("same-origin", 200), ("cross-site", 403), ("same-site", 403), ("", 403)])
def test_a_stale_form_is_kept_where_the_browser_vouches_for_it(site: str, status: int) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": site, "referer": "http://testserver/users/"})
    browser.force_login(AdminFactory(language="en"))
    answer = browser.post("/organisations/new/", FORM | ROWS)
    assert answer.status_code == status
    assert ("What you had filled in is kept" in words(answer)) == (status == 200)
    assert not User.objects.filter(organisation__code="GZMU").exists()
    if status == 200:
        assert (answer.context["kept"].to, answer.context["kept"].back) == ("/organisations/new/", "/users/")


def test_a_stale_form_of_nobody_is_refused() -> None:
    browser = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})
    assert browser.post("/organisations/new/", FORM).status_code == 403
    browser.force_login(PartnerFactory())
    assert browser.post("/sign-in/", {"username": "x", "password": "y"})["Location"] == "/"
