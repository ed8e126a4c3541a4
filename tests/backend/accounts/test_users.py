"""Users over HTTP: for administrators alone."""

from typing import Any

import pytest

from backend.accounts.models import User
from backend.audit.models import AuditEntry
from tests.factories import (
    AdminFactory,
    BureauFactory,
    ManagerFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
)
from tests.support.http import Caller, code_of

pytestmark = pytest.mark.django_db

PASSWORD = "Accept-7391-kit!"


@pytest.fixture
def admin() -> Caller:
    return Caller(AdminFactory(), **{"accept-language": "en"})


def body(**changes: Any) -> dict[str, Any]:
    organisation = OrganisationFactory(code="T-UNI-A")
    given = {"username": "t-uni-a", "password": PASSWORD, "role": "partner", "organisation": organisation.code}
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


def fields(answer: Any) -> set[str]:
    assert answer.status_code == 400, answer.content
    return {error["field"] for error in answer.json()["errors"]}


def test_a_new_user_can_sign_in_and_the_password_is_never_answered(admin: Caller) -> None:
    created = admin.post("users/", body(email="t-uni-a@example.com"), format="json")
    assert created.status_code == 201
    answer = created.json()
    assert answer == {
        "id": answer["id"],
        "username": "t-uni-a",
        "email": "t-uni-a@example.com",
        "role": "partner",
        "read_only": False,
        "signatory": False,
        "districts": [],
        "organisation": "T-UNI-A",
        "language": "zh-hans",
        "is_active": True,
        "created_at": answer["created_at"],
    }
    assert admin.get("users/t-uni-a/").json() == answer
    assert admin.get(f"users/{answer['id']}/").json() == answer
    assert answer in admin.get("users/?organisation=T-UNI-A").json()["results"]
    signed_in = Caller().post("auth/token/", {"username": "t-uni-a", "password": PASSWORD}, format="json")
    assert signed_in.status_code == 200


def test_staff_belong_to_the_bureau_by_default(admin: Caller) -> None:
    answer = admin.post("users/", body(role="officer", organisation=None), format="json")
    assert answer.json()["organisation"] == BureauFactory().code


@pytest.mark.parametrize(
    ("changes", "at_fault"),
    [
        ({"role": "officer"}, "organisation"),
        ({"organisation": "BUREAU"}, "organisation"),
        ({"organisation": None}, "organisation"),
        ({"organisation": "NO-SUCH"}, "organisation"),
        ({"role": "officer", "organisation": None, "read_only": True}, "read_only"),
        ({"role": "officer", "organisation": None, "signatory": True}, "signatory"),
        ({"read_only": True, "signatory": True}, "signatory"),
        ({"role": "king"}, "role"),
        ({"language": "fr"}, "language"),
        ({"email": "nonsense"}, "email"),
        ({"username": "12345"}, "username"),
        ({"username": "with space"}, "username"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "t-uni-a-t-uni-a", "username": "t-uni-a-t-uni-a"}, "password"),
        ({"password": None}, "password"),
    ],
)
def test_a_field_at_fault_is_named(admin: Caller, changes: dict[str, Any], at_fault: str) -> None:
    answer = admin.post("users/", body(**changes), format="json")
    assert fields(answer) == {at_fault}
    assert PASSWORD not in answer.content.decode()


def test_what_exists_is_a_conflict(admin: Caller) -> None:
    assert admin.post("users/", body(), format="json").status_code == 201
    again = admin.post("users/", body(password="Another-7391-kit!"), format="json")
    assert again.status_code == 409
    assert code_of(again) == "already_exists"
    user = User.objects.get(username="t-uni-a")
    assert user.check_password(PASSWORD)


def test_deactivating_signs_out_for_good(admin: Caller) -> None:
    partner = PartnerFactory()
    caller = Caller(partner)
    assert caller.get("organisations/").status_code == 200
    assert admin.patch(f"users/{partner.username}/", {"is_active": False}, format="json").status_code == 200
    assert caller.get("organisations/").status_code == 401
    assert admin.patch(f"users/{partner.username}/", {"is_active": True}, format="json").status_code == 200
    assert caller.get("organisations/").status_code == 401, "a token does not come back to life"


def test_a_new_password_ends_the_old_one_and_its_tokens(admin: Caller, scope_all: None) -> None:
    partner = PartnerFactory()
    caller = Caller(partner)
    answer = admin.patch(f"users/{partner.username}/", {"password": PASSWORD}, format="json")
    assert answer.status_code == 200
    assert caller.get("organisations/").status_code == 401
    partner.refresh_from_db()
    assert partner.check_password(PASSWORD)
    detail = AuditEntry.objects.get(action="user.update").detail
    assert detail == {"username": partner.username, "changed": {}, "password_changed": True}


def test_a_change_must_leave_the_user_consistent(admin: Caller) -> None:
    partner = PartnerFactory()
    assert fields(admin.patch(f"users/{partner.username}/", {"role": "officer"}, format="json")) == {"organisation"}
    moved = {"role": "officer", "organisation": BureauFactory().code}
    assert admin.patch(f"users/{partner.username}/", moved, format="json").json()["role"] == "officer"


def test_administrators_do_not_lock_themselves_out() -> None:
    user = AdminFactory()
    caller = Caller(user)
    for change in ({"is_active": False}, {"role": "officer"}):
        assert caller.patch(f"users/{user.username}/", change, format="json").status_code == 409
    assert caller.patch(f"users/{user.username}/", {"email": "a@example.com"}, format="json").status_code == 200


@pytest.mark.parametrize("factory", [PartnerFactory, OfficerFactory, ManagerFactory])
@pytest.mark.parametrize(("method", "path"), [("get", "users/"), ("post", "users/"), ("patch", "users/x/")])
def test_for_administrators_alone(factory: Any, method: str, path: str) -> None:
    answer = Caller(factory()).generic(method.upper(), path)
    assert answer.status_code == 403
    assert code_of(answer) == "permission_denied"


@pytest.mark.parametrize("name", ["nobody", "999999999", "9" * 40, "%00"])
def test_nobody_of_that_name(admin: Caller, name: str) -> None:
    assert admin.get(f"users/{name}/").status_code == 404
