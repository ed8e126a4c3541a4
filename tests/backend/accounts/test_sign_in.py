"""Signing in and out."""

import hashlib
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from backend.accounts import signing
from backend.accounts.models import AccessToken, User
from backend.audit.models import AuditEntry
from tests.factories import PartnerFactory
from tests.factories.backend import PASSWORD
from tests.support.http import Caller, code_of, token_for

pytestmark = pytest.mark.django_db


def sign_in(username: str, password: str = PASSWORD, **headers: Any) -> Any:
    return Caller().post("auth/token/", {"username": username, "password": password}, format="json", **headers)


def test_a_token_opens_the_door_and_only_its_digest_is_kept() -> None:
    partner = PartnerFactory()
    answer = sign_in(partner.username)
    assert answer.status_code == 200
    token = answer.json()["token"]
    assert answer["Cache-Control"] == "no-store"
    kept = AccessToken.objects.get(user=partner)
    assert bytes(kept.digest) == hashlib.sha256(token.encode()).digest()
    asked = Caller(authorization=f"Token {token}").get("organisations/")
    assert asked.status_code == 200


@pytest.mark.parametrize("change", ["password", "username", "inactive"])
def test_every_refusal_reads_the_same(change: str) -> None:
    partner = PartnerFactory(is_active=change != "inactive")
    answer = sign_in(
        partner.username + ("x" if change == "username" else ""), PASSWORD + ("x" if change == "password" else "")
    )
    assert answer.status_code == 401
    assert code_of(answer) == "bad_credentials"
    assert answer["WWW-Authenticate"] == "Token"
    assert answer.json()["detail"] == "用户名或密码不正确。"


def test_an_unknown_name_costs_a_password_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []

    def noted(password: str) -> str:
        hashed.append(password)
        return make_password(password)

    monkeypatch.setattr(signing, "make_password", noted)
    sign_in("nobody-of-that-name", "some password")
    assert hashed == ["some password"]


@pytest.mark.usefixtures("scope_all")
def test_both_outcomes_are_on_the_trail_with_the_address() -> None:
    partner = PartnerFactory()
    sign_in(partner.username, "wrong", REMOTE_ADDR="198.51.100.7")
    sign_in(partner.username, REMOTE_ADDR="198.51.100.7")
    entries = list(AuditEntry.objects.filter(subject_type="user_account", subject_id=str(partner.pk)).order_by("id"))
    assert [(entry.action, entry.actor, entry.address) for entry in entries] == [
        ("auth.sign_in_failed", "system", "198.51.100.7"),
        ("auth.sign_in", partner.username, "198.51.100.7"),
    ]


def test_what_was_typed_for_an_unknown_name_is_not_kept(scope_all: None) -> None:
    sign_in("my-secret-password-in-the-wrong-field")
    entry = AuditEntry.objects.get(action="auth.sign_in_failed")
    assert "my-secret" not in str(vars(entry))


def test_fields_that_are_missing_are_named() -> None:
    answer = Caller().post("auth/token/", {}, format="json", headers={"accept-language": "en"})
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"username", "password"}


def test_signing_out_ends_this_token_alone() -> None:
    partner = PartnerFactory()
    one, other = Caller(partner), Caller(partner)
    assert one.delete("auth/token/").status_code == 204
    assert one.get("organisations/").status_code == 401
    assert other.get("organisations/").status_code == 200


def test_tokens_end(clock: Any) -> None:
    partner = PartnerFactory()
    caller = Caller(authorization=f"Token {token_for(partner, hours=1)}")
    assert caller.get("organisations/").status_code == 200
    clock.shift(minutes=59)
    assert caller.get("organisations/").status_code == 200
    clock.shift(minutes=61)
    answer = caller.get("organisations/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"


def test_a_deactivated_user_is_out_at_once() -> None:
    partner = PartnerFactory()
    caller = Caller(partner)
    User.objects.filter(pk=partner.pk).update(is_active=False)
    assert caller.get("organisations/").status_code == 401


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token é", "Token unknown", "token unknown"])
def test_a_token_that_is_none_is_refused(header: str) -> None:
    answer = Caller(authorization=header).get("organisations/")
    assert answer.status_code == 401
    assert code_of(answer) == "not_authenticated"


def test_an_ended_token_does_not_hinder_signing_in() -> None:
    partner = PartnerFactory()
    caller = Caller(authorization="Token long-gone")
    answer = caller.post("auth/token/", {"username": partner.username, "password": PASSWORD}, format="json")
    assert answer.status_code == 200


def test_an_idempotency_key_keeps_no_token() -> None:
    partner = PartnerFactory()
    bodies = [sign_in(partner.username, headers={"idempotency-key": "same"}).json()["token"] for _ in range(2)]
    assert bodies[0] != bodies[1]
