"""Signing in by the pages in two steps, setting the factor up, and losing it."""

import re
from typing import Any

import pytest
from django.test import Client

from backend.accounts.factors.models import SecondFactor
from backend.accounts.models import User
from backend.accounts.sessions.models import UserSession
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory, PartnerFactory
from tests.factories.backend import PASSWORD
from tests.support.browsing import faults, signed_in, words
from tests.support.factors import SECRET, code_at, enrol

pytestmark = pytest.mark.django_db


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def password(client: Client, user: User, **more: str) -> Any:
    return client.post("/sign-in/", {"username": user.username, "password": PASSWORD, **more})


def secret_of(page: Any) -> str:
    found = re.search(r"data-secret>([A-Z2-7 ]+)<", page.content.decode())
    assert found
    return found.group(1).replace(" ", "")


def outside(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 302)


def test_staff_set_it_up_at_their_first_sign_in_and_see_nothing_before() -> None:
    client, user = browser(), ManagerFactory()
    sent_on = password(client, user, next="/targets/")
    assert sent_on["Location"] == "/sign-in/enrol/?next=%2Ftargets%2F"
    assert outside(client)
    page = client.get(sent_on["Location"])
    assert page["Cache-Control"] == "no-store"
    assert 'src="data:image/svg+xml' in page.content.decode()
    secret = secret_of(page)
    wrong = client.post("/sign-in/enrol/", {"otp": "000000", "next": "/targets/"})
    assert "no code of the secret" in faults(wrong)["otp"][0]
    assert secret_of(wrong) == secret
    assert outside(client)
    done = client.post("/sign-in/enrol/", {"otp": code_at(secret), "next": "/targets/"})
    assert done.status_code == 200
    assert len(re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", words(done))) == 10
    assert 'href="/targets/"' in done.content.decode()
    assert not outside(client)
    assert client.get("/sign-in/enrol/")["Location"] == "/sign-in/"


def test_the_second_step_is_asked_of_whoever_has_a_factor() -> None:
    client, user = browser(), PartnerFactory()
    assert password(browser(), user)["Location"] == "/", "a partner may be without"
    enrol(user)
    step = password(client, user, next="/account/")
    assert "One-time code" in words(step)
    assert outside(client)
    wrong = client.post("/sign-in/code/", {"otp": "000000", "next": "/account/"})
    assert wrong.status_code == 401
    assert "not right" in words(wrong)
    assert client.post("/sign-in/code/", {"otp": "", "next": "/account/"}).status_code == 400
    assert client.post("/sign-in/code/", {"otp": code_at(SECRET), "next": "/account/"})["Location"] == "/account/"
    assert not outside(client)


def test_nobody_comes_to_the_second_step_without_the_first(clock: Any) -> None:
    client, user = browser(), OfficerFactory()
    enrol(user)
    for address in ("/sign-in/code/", "/sign-in/enrol/"):
        assert client.get(address)["Location"] == "/sign-in/"
        assert client.post(address, {"otp": code_at(SECRET)})["Location"] == "/sign-in/"
    password(client, user)
    clock.shift(minutes=16)
    assert client.post("/sign-in/code/", {"otp": code_at(SECRET)})["Location"] == "/sign-in/", "it takes too long"
    clock.reset()
    password(client, user)
    user.set_password("another-7391-secret")
    user.save()
    assert client.post("/sign-in/code/", {"otp": code_at(SECRET)})["Location"] == "/sign-in/", "the password is another"


def test_guesses_by_the_page_lock_too() -> None:
    client, user = browser(), OfficerFactory()
    enrol(user)
    password(client, user)
    answers = [client.post("/sign-in/code/", {"otp": "000000"}).status_code for _ in range(5)]
    assert answers == [401] * 5
    locked = client.post("/sign-in/code/", {"otp": code_at(SECRET)})
    assert locked.status_code == 429
    assert int(locked["Retry-After"]) > 200
    assert outside(client)


def test_the_session_is_another_after_each_step_and_its_key_is_not_kept() -> None:
    client, user = browser(), OfficerFactory()
    enrol(user)
    password(client, user)
    before = client.cookies["shugu_session"].value
    client.post("/sign-in/code/", {"otp": code_at(SECRET)})
    after = client.cookies["shugu_session"].value
    assert before != after
    keys = set(UserSession.objects.values_list("session_key", flat=True))
    assert len(keys) == 1
    assert after not in keys
    stale = browser()
    stale.cookies["shugu_session"] = before
    assert outside(stale)


def test_on_ones_account_setting_it_up_ends_the_other_sessions() -> None:
    user = PartnerFactory()
    here, elsewhere = signed_in(user), signed_in(user)
    page = here.get("/account/second-factor/")
    codes = here.post("/account/second-factor/", {"otp": code_at(secret_of(page))})
    assert codes.status_code == 200
    assert "written" not in words(codes)
    assert not outside(here)
    assert outside(elsewhere)
    assert "Recovery codes left 10" in words(here.get("/account/second-factor/"))
    assert here.post("/account/second-factor/", {"do": "codes"}).status_code == 200
    assert here.post("/account/second-factor/", {"do": "remove"}).status_code == 303
    assert not SecondFactor.objects.filter(user=user).exists()


def test_staff_cannot_take_theirs_away_by_the_page() -> None:
    user = OfficerFactory()
    enrol(user)
    client = signed_in(user)
    assert "Take the second factor away" not in words(client.get("/account/second-factor/"))
    assert client.post("/account/second-factor/", {"do": "remove"}).status_code == 409
    assert SecondFactor.objects.filter(user=user).exists()


def test_an_administrator_resets_one_that_was_lost() -> None:
    officer, admin = OfficerFactory(), AdminFactory()
    enrol(officer)
    theirs, client = signed_in(officer), signed_in(admin)
    page = client.get(f"/users/{officer.username}/")
    assert f"/users/{officer.username}/second-factor/" in page.content.decode()
    empty = client.post(f"/users/{officer.username}/second-factor/", {"reason": ""})
    assert "reason" in faults(empty)
    done = client.post(f"/users/{officer.username}/second-factor/", {"reason": "came by"})
    assert done["Location"] == f"/users/{officer.username}/"
    assert outside(theirs)
    again = browser()
    assert password(again, officer)["Location"].startswith("/sign-in/enrol/")
