"""A write call sent twice acts once and is answered alike."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.client import encode_multipart
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from backend.api import idempotency
from backend.api.base import View
from backend.api.models import IdempotencyKey
from tests.factories import OfficerFactory
from tests.factories.backend import PASSWORD, AdminFactory
from tests.support.http import WITHOUT_TLS, Caller, code_of, token_for

BODY = {"code": "T-UNI-A", "name_zh": "验收大学甲", "kind": "university"}


def post(caller: Caller, body: Any = BODY, key: str | None = "k-1", path: str = "organisations/") -> Any:
    headers = {} if key is None else {"idempotency-key": key}
    return caller.post(path, body, format="json", headers=headers)


def kept(user: User) -> list[IdempotencyKey]:
    with scope._scoped((scope.ORGANISATION, "", str(user.pk), "", "")):
        return list(IdempotencyKey.objects.order_by("id"))


@pytest.mark.django_db
def test_the_first_answer_comes_again_byte_for_byte() -> None:
    caller = Caller(OfficerFactory())
    first, second = post(caller), post(caller)
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert first["Content-Type"] == second["Content-Type"]
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert Organisation.objects.filter(code="T-UNI-A").count() == 1
    assert post(caller, key="k-2").status_code == 409


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["body", "path", "query", "method"])
def test_the_key_stands_for_one_request_alone(change: str) -> None:
    caller = Caller(OfficerFactory())
    post(caller)
    if change == "method":
        other = caller.patch("organisations/T-UNI-A/", BODY, format="json", headers={"idempotency-key": "k-1"})
    else:
        path = {"path": "organisations/T-UNI-A/", "query": "organisations/?x=1"}.get(change, "organisations/")
        method = caller.patch if change == "path" else caller.post
        body = {**BODY, "code": "OTHER"} if change == "body" else BODY
        other = method(path, body, format="json", headers={"idempotency-key": "k-1"})
    assert other.status_code == 409
    assert code_of(other) == "idempotency_key_reused"
    assert not Organisation.objects.filter(code="OTHER").exists()


@pytest.mark.django_db
def test_keys_belong_to_their_users() -> None:
    one, other = Caller(OfficerFactory()), Caller(OfficerFactory())
    assert post(one).status_code == 201
    assert post(other, {**BODY, "code": "OTHER"}).status_code == 201


@pytest.mark.django_db
def test_a_refusal_is_not_kept() -> None:
    caller = Caller(OfficerFactory())
    assert post(caller, {**BODY, "kind": "club"}).status_code == 400
    assert post(caller).status_code == 201, "the same key may carry the mended request"


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 201, "é"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    answer = post(Caller(OfficerFactory()), key=key)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.django_db
def test_what_is_kept_can_be_read_by_nobody_else() -> None:
    admin = AdminFactory()
    body = {"username": "t-uni-a", "password": PASSWORD, "role": "officer", "email": "somebody@example.com"}
    answer = post(Caller(admin), body, path="users/")
    assert answer.status_code == 201
    [row] = kept(admin)
    raw = bytes(row.body or b"") + bytes(row.request_digest)
    assert b"somebody" not in raw
    assert not kept(OfficerFactory()), "the wall shows them to their own user alone"


@pytest.mark.django_db
def test_an_answer_without_a_body_comes_again_too() -> None:
    user = OfficerFactory()
    token = token_for(user)
    scoped = {"authorization": f"Token {token}", "idempotency-key": "bye"}
    first = Caller().delete("auth/token/", headers=scoped)
    assert first.status_code == 204
    assert Caller().delete("auth/token/", headers=scoped).status_code == 401, "the token is gone with its first use"
    [row] = kept(user)
    assert (row.status, row.content_type) == (204, "")


def test_fifty_at_once_are_one(server: str) -> None:
    token = token_for(OfficerFactory())
    gate = threading.Barrier(50)

    def send(number: int) -> httpx.Response:
        gate.wait()
        headers = {"Authorization": f"Token {token}", "Idempotency-Key": "storm"}
        return httpx.post(f"{server}/api/v1/organisations/", json=BODY, headers=headers, timeout=60, verify=WITHOUT_TLS)

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers].count(None) == 1
    assert Organisation.objects.filter(code="T-UNI-A").count() == 1


def test_the_second_takes_over_when_the_first_comes_to_nothing(fresh_database: str) -> None:
    officer = OfficerFactory()
    caller = Caller(officer)
    waiting, done = threading.Event(), threading.Event()

    def hold_the_key_and_give_up() -> None:
        with transaction.atomic():
            scope.enter(officer)
            IdempotencyKey.objects.create(user=officer, key="k-1", request_digest=b"another request")
            waiting.set()
            done.wait(1)
            transaction.set_rollback(True)
        connection.close()

    first = threading.Thread(target=hold_the_key_and_give_up)
    first.start()
    waiting.wait()
    answer = post(caller)
    done.set()
    first.join()
    assert answer.status_code == 201


class Upload(View):
    """Stands for any view that takes files."""


def digest(data: dict[str, Any], boundary: str) -> bytes:
    body = encode_multipart(boundary, data)
    made = APIRequestFactory().post("/api/v1/x/", body, content_type=f"multipart/form-data; boundary={boundary}")
    request: Request = Upload().initialize_request(made)
    return idempotency._digest(request)


def test_forms_are_told_apart_by_what_they_hold() -> None:
    def form(content: bytes = b"a,b\r\n1,2\r\n", name: str = "a.csv", **fields: str) -> dict[str, Any]:
        return {"file": SimpleUploadedFile(name, content), "period": "2019-Q1", **fields}

    same = digest(form(), "one")
    assert digest(form(), "another") == same, "a client that tries again may part the body elsewhere"
    others = [form(b"a,b\r\n1,3\r\n"), form(force="true"), form(name="b.csv"), {"period": "2019-Q1"}]
    fields_too = [{**form(), "file": [form()["file"], text]} for text in ("x", "y")]
    assert len({same, *(digest(other, "one") for other in others + fields_too)}) == 7


@pytest.mark.django_db
def test_old_answers_are_cleared_by_their_own_user(clock: Any) -> None:
    officer = OfficerFactory()
    caller = Caller(officer)
    post(caller, key="old")
    clock.shift(days=6)
    with scope.everything():
        scope.enter(officer)
        idempotency._clear(officer.pk)
        assert [row.key for row in kept(officer)] == ["old"]
        clock.shift(days=8)
        idempotency._clear(officer.pk)
        assert kept(officer) == []
