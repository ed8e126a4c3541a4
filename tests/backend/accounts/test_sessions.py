"""Sessions of the pages: they end, are listed and ended, and ask again before what cannot be undone."""

from typing import Any

import pytest
from django.test import Client

from backend.accounts.models import AccessToken, User
from backend.accounts.sessions.models import UserSession
from tests.factories import AdminFactory, OfficerFactory, PartnerFactory
from tests.factories.backend import PASSWORD
from tests.support.browsing import signed_in, words
from tests.support.factors import SECRET, code_at, enrol
from tests.support.http import Caller

pytestmark = pytest.mark.django_db


def outside(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 302)


def test_a_session_ends_where_nobody_uses_it(clock: Any) -> None:
    client = signed_in(PartnerFactory())
    for minutes in (100, 200, 300):
        clock.shift(minutes=minutes)
        assert not outside(client)
    clock.shift(minutes=421)
    assert outside(client)


def test_a_session_ends_however_much_it_is_used(clock: Any) -> None:
    client = signed_in(PartnerFactory())
    for minutes in range(100, 12 * 60, 100):
        clock.shift(minutes=minutes)
        assert not outside(client)
    clock.shift(hours=12, minutes=1)
    assert outside(client)


def test_a_new_key_does_not_prolong_it(clock: Any) -> None:
    user = PartnerFactory()
    client = signed_in(user)
    for minutes in (100, 200, 300, 400, 500, 600, 700):
        clock.shift(minutes=minutes)
        assert not outside(client)
    given = {"current": PASSWORD, "password": "Better-7391-kit", "repeated": "Better-7391-kit"}
    assert client.post("/account/", given).status_code == 303
    assert not outside(client)
    clock.shift(hours=12, minutes=1)
    assert outside(client)


def test_ones_sessions_are_listed_and_ended() -> None:
    user = PartnerFactory()
    here, there, far = (
        Client(headers={"user-agent": "Kylin", "accept-language": "en"}),
        signed_in(user),
        signed_in(user),
    )
    here.post("/sign-in/", {"username": user.username, "password": PASSWORD})
    stranger = signed_in(PartnerFactory())
    assert not outside(here)
    page = here.get("/account/access/")
    assert "127.0.0.1 this one" in words(page)
    assert "Kylin" in words(page)
    assert page.content.decode().count("/end/") == 2
    theirs = UserSession.objects.exclude(agent="Kylin").filter(user=user).first()
    assert theirs is not None
    assert stranger.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    assert here.post(f"/account/sessions/{theirs.pk}/end/").status_code == 303
    assert [outside(there), outside(far)].count(True) == 1
    assert here.post("/account/sessions/end-others/").status_code == 303
    assert (outside(there), outside(far), outside(here), outside(stranger)) == (True, True, False, False)


def test_by_the_api_all_are_ended() -> None:
    user = PartnerFactory()
    client, caller = signed_in(user), Caller(user)
    assert not outside(client)
    [row] = caller.get("auth/sessions/").json()["results"]
    assert row["ends_at"] > row["began_at"]
    assert caller.delete("auth/sessions/").status_code == 204
    assert outside(client)


def test_a_password_given_by_an_administrator_ends_them() -> None:
    user = PartnerFactory()
    client = signed_in(user)
    body = {"password": "Better-7391-kit"}
    assert Caller(AdminFactory()).patch(f"users/{user.username}/", body, format="json").status_code == 200
    assert outside(client)
    assert not UserSession.objects.filter(user=user).exists()


def test_a_token_is_shown_once_and_ended_by_the_page() -> None:
    user = PartnerFactory()
    client = signed_in(user)
    made = client.post("/account/access/", {"name": "ERP", "scope": "submit", "days": "30"})
    token = AccessToken.objects.get(user=user)
    assert "shown this once" in words(made)
    assert "data-token" not in client.get("/account/access/").content.decode()
    assert signed_in(PartnerFactory()).post(f"/tokens/{token.pk}/end/").status_code == 404
    admin = signed_in(AdminFactory())
    assert "ERP" in words(admin.get(f"/users/{user.username}/access/"))
    assert admin.post(f"/tokens/{token.pk}/end/")["Location"] == f"/users/{user.username}/access/"
    assert not AccessToken.objects.filter(user=user).exists()


def promoted(admin: User, user: User) -> dict[str, str]:
    return {
        "role": "officer",
        "organisation": admin.organisation.code,
        "language": "en",
        "is_active": "on",
        "email": "somebody@example.com",
    }


def test_the_page_asks_again_and_carries_on(clock: Any) -> None:
    admin, user = AdminFactory(), PartnerFactory()
    enrol(admin)
    client, address = signed_in(admin), f"/users/{user.username}/"
    clock.shift(minutes=11)
    asked = client.post(address, promoted(admin, user), follow=True)
    assert asked.redirect_chain == [(f"/prove/?to=%2Fusers%2F{user.username}%2F", 307)]
    assert (asked.status_code, "Is it you?" in words(asked)) == (403, True)
    kept = asked.context["kept"]
    wrong = client.post("/prove/now/", {"kept": kept, "password": "wrong", "otp": code_at(SECRET)})
    assert (wrong.status_code, wrong.context["kept"]) == (400, kept)
    assert client.post("/prove/now/", {"kept": kept, "password": PASSWORD, "otp": ""}).status_code == 400
    page = client.post("/prove/now/", {"kept": kept, "password": PASSWORD, "otp": code_at(SECRET)})
    assert (page.status_code, page.context["kept"].to) == (200, address)
    sent = dict(page.context["kept"].fields)
    assert sent == promoted(admin, user)
    assert client.post(address, sent).status_code == 303
    user.refresh_from_db()
    assert user.role == "officer"


def test_a_button_that_asks_for_a_proof_is_not_carried_out(clock: Any) -> None:
    officer = OfficerFactory()
    enrol(officer)
    client = signed_in(officer)
    clock.shift(minutes=11)
    answer = client.post("/account/second-factor/", {"do": "codes"})
    assert (answer.status_code, answer["Location"]) == (307, "/prove/?to=%2Faccount%2Fsecond-factor%2F")
    assert client.post("/prove/now/", {"kept": "forged"})["Location"] == "/"
