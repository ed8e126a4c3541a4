"""Every refusal is a problem (RFC 9457), whoever refuses."""

import ast
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core import exceptions as django
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection
from django.urls import get_resolver, include, path
from django.utils.translation import override
from rest_framework import exceptions as drf
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from backend import problems
from backend.accounts.models import Organisation
from backend.api import base
from backend.api.faults import as_problem
from backend.problems import FieldError, Problem, flatten
from tests.factories import OfficerFactory, OrganisationFactory
from tests.support.http import API, Caller, code_of

handler400 = "backend.api.faults.bad_request"
handler404 = "backend.api.faults.not_found"
handler500 = "backend.api.faults.server_error"

SECRET = "520102198001010011 stood in the row"


class Breaks(base.View):
    """Writes a row, then fails in the way that the address names."""

    permission_classes = [AllowAny]

    def get(self, request: Request, how: str) -> Response:
        Organisation.objects.create(code=f"LEFT-{how}", name_zh="x", kind="employer")
        raise FAILURES[how]


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


FAILURES: dict[str, Exception] = {
    "bug": RuntimeError(SECRET),
    "value": DataError(SECRET),
    "integrity": IntegrityError(SECRET),
    "full": caused(OperationalError(SECRET), psycopg.errors.DiskFull()),
    "lost": OperationalError(SECRET),
    "closed": InterfaceError(SECRET),
    "deadlock": caused(OperationalError(SECRET), psycopg.errors.DeadlockDetected()),
    "big": django.RequestDataTooBig("x"),
    "odd": django.TooManyFieldsSent("x"),
    "denied": django.PermissionDenied(),
    "throttled": drf.Throttled(wait=7.2),
    "domain": problems.Conflict("said so", "duplicate_file", existing=7),
}
urlpatterns = [path("api/v1/", include([path("breaks/<str:how>/", Breaks.as_view())]))]


@pytest.fixture
def breaking(settings: Any, db: None) -> Caller:
    settings.ROOT_URLCONF = __name__
    return Caller()


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("bug", 500, "internal_error"),
        ("value", 400, "invalid"),
        ("integrity", 500, "internal_error"),
        ("full", 507, "insufficient_storage"),
        ("lost", 503, "unavailable"),
        ("closed", 503, "unavailable"),
        ("deadlock", 503, "unavailable"),
        ("big", 413, "too_large"),
        ("odd", 400, "malformed"),
        ("denied", 403, "permission_denied"),
        ("throttled", 429, "throttled"),
        ("domain", 409, "duplicate_file"),
    ],
)
def test_whatever_fails_is_told_and_undone(breaking: Caller, how: str, status: int, code: str) -> None:
    answer = breaking.get(f"breaks/{how}/")
    assert answer.status_code == status
    assert code_of(answer) == code
    assert SECRET not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    assert not Organisation.objects.filter(code=f"LEFT-{how}").exists()


def test_a_problem_carries_its_own_members_and_headers(breaking: Caller) -> None:
    assert breaking.get("breaks/domain/").json() == {
        "type": "/api/v1/problems/duplicate_file",
        "title": "Conflict" if "duplicate_file" not in problems.TITLES else str(problems.TITLES["duplicate_file"]),
        "status": 409,
        "detail": "said so",
        "existing": 7,
    }
    assert breaking.get("breaks/throttled/")["Retry-After"] == "8"
    assert int(breaking.get("breaks/lost/")["Retry-After"]) > 0


def test_a_bug_is_logged_with_its_way(breaking: Caller, caplog: pytest.LogCaptureFixture) -> None:
    breaking.get("breaks/bug/")
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.exc_info is not None


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/nowhere/", "/api/nowhere", "/api", "/api/v1/organisations", "/api/v1/%ff/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_address_that_is_none(path: str, method: str) -> None:
    answer = Caller().generic(method, path)
    assert answer.status_code == 404
    assert code_of(answer) == "not_found"


@pytest.mark.django_db
def test_elsewhere_pages_are_djangos() -> None:
    answer = Caller().get("/nowhere/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_a_method_that_is_none() -> None:
    answer = Caller(OfficerFactory()).put("organisations/", {}, format="json")
    assert answer.status_code == 405
    assert code_of(answer) == "method_not_allowed"
    assert {method.strip() for method in answer["Allow"].split(",")} == {"GET", "HEAD", "POST"}
    assert Caller(OfficerFactory()).options("organisations/").status_code == 405


@pytest.mark.django_db
def test_media_types_that_are_none() -> None:
    caller = Caller(OfficerFactory())
    strange = caller.get("organisations/", headers={"accept": "image/png"})
    assert (strange.status_code, code_of(strange)) == (406, "not_acceptable")
    browser = caller.get("organisations/", headers={"accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})
    assert (browser.status_code, browser["Content-Type"]) == (200, "application/json")
    sent = caller.post("organisations/", "<x/>", content_type="application/xml")
    assert (sent.status_code, code_of(sent)) == (415, "unsupported_media_type")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", [b"{", b'{"code": "\xff"}', b'{"code": "\\ud800"}', b'{"code": NaN}', b"[" * 3000, b'{"a":1}x']
)
def test_bodies_that_are_no_json(body: bytes) -> None:
    answer = Caller(OfficerFactory(), **{"accept-language": "en"}).post(
        "organisations/", body, content_type="application/json"
    )
    assert (answer.status_code, code_of(answer)) == (400, "malformed")
    assert "line 1" in answer.json()["detail"]


@pytest.mark.django_db
@pytest.mark.parametrize("body", [[], [1], "text", 7, None])
def test_json_of_another_shape(body: Any) -> None:
    answer = Caller(OfficerFactory()).post("organisations/", body, format="json")
    assert (answer.status_code, code_of(answer)) == (400, "invalid")


@pytest.mark.django_db
def test_without_a_login() -> None:
    for call in ("GET organisations/", "POST organisations/", "GET audit/", "GET jobs/1/", "DELETE auth/token/"):
        answer = Caller().generic(*call.split())
        assert (answer.status_code, code_of(answer)) == (401, "not_authenticated")
        assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.django_db
def test_a_taken_name_is_a_conflict_and_the_transaction_lives_on() -> None:
    OrganisationFactory(code="TAKEN")
    with pytest.raises(problems.AlreadyExists, match="taken"), problems.unique({"organisation_code": "taken"}):
        Organisation.objects.create(code="TAKEN", name_zh="x", kind="employer")
    assert Organisation.objects.filter(code="TAKEN").count() == 1
    with pytest.raises(IntegrityError), problems.unique({"something_else": "taken"}):
        Organisation.objects.create(code="TAKEN", name_zh="x", kind="employer")
    assert connection.in_atomic_block
    assert Organisation.objects.filter(code="TAKEN").count() == 1


def test_nested_errors_are_flattened() -> None:
    detail = drf.ValidationError(
        {"non_field_errors": ["a"], "contacts": [{}, {"email": [drf.ErrorDetail("bad", "invalid")]}], "x": {"y": ["b"]}}
    ).detail
    assert flatten(detail) == [
        FieldError("", "invalid", "a"),
        FieldError("contacts.1.email", "invalid", "bad"),
        FieldError("x.y", "invalid", "b"),
    ]


def test_djangos_validation_errors_keep_fields_and_codes() -> None:
    error = django.ValidationError(
        {"name": [django.ValidationError("no %(x)s", "odd", {"x": 1})], "__all__": ["whole"]}
    )
    problem = as_problem(error)
    assert problem is not None
    assert problem.errors == [FieldError("name", "odd", "no 1"), FieldError("", "invalid", "whole")]


def test_known_codes_can_be_read_about() -> None:
    for code in problems.TITLES:
        body = Problem(400, code).body()
        with override("en"):
            answer = Caller().get(body["type"])
        assert answer.status_code == 200
        assert answer.json()["type"] == body["type"]
    assert Caller().get(API + "problems/no-such-code").status_code == 404
    assert len(Caller().get("problems/").json()) == len(problems.TITLES)


AT = {"Problem": 1, "Conflict": 1, "Forbidden": 1}
"""Which of a refusal's arguments is its code."""


def codes_used() -> set[str]:
    """The codes that refusals are raised with anywhere, as far as they are written out."""
    apps = [path for app in ("backend", "talent", "programs") for path in (settings.BASE_DIR / app).rglob("*.py")]
    calls = [
        node for path in apps for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    named = [(node, AT[node.func.id]) for node in calls if isinstance(node.func, ast.Name) and node.func.id in AT]
    values = [
        value
        for node, place in named
        for value in [*node.args[place : place + 1], *(one.value for one in node.keywords if one.arg == "code")]
    ]
    return {value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)}


def test_every_code_that_is_raised_can_be_read_about() -> None:
    assert get_resolver("backend.urls").url_patterns, "every room is loaded by its addresses"
    used = codes_used()
    assert len(used) > 30
    assert used - problems.TITLES.keys() == set()
