"""Organisations over HTTP."""

from typing import Any

import pytest

from backend.accounts.models import Organisation
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

BODY = {"code": "T-UNI-A", "name_zh": "验收大学甲", "name_en": "T-UNI-A", "kind": "university"}
SOUND_USCC = "91520900MA6DKT8N6B"


def as_officer(**headers: Any) -> Caller:
    return Caller(OfficerFactory(), **{"accept-language": "en", **headers})


def faults(answer: Any) -> set[tuple[str, str]]:
    assert answer.status_code == 400, answer.content
    assert code_of(answer) == "invalid"
    return {(error["field"], error["code"]) for error in answer.json()["errors"]}


def test_an_officer_creates_and_reads_one() -> None:
    caller = as_officer()
    parent = OrganisationFactory(code="PARENT")
    contact = {"name": "王芳", "role": "联络员", "email": "wang@example.com", "phone": "0851-88290000"}
    body = {**BODY, "parent": parent.code, "school_code": "10657", "contacts": [contact], "uscc": "", "sign_off": True}
    created = caller.post("organisations/", body, format="json")
    assert created.status_code == 201
    beside = {
        "closed_on": None,
        "merged_into": None,
        "names": [{"from": None, "name_zh": BODY["name_zh"], "name_en": BODY["name_en"]}],
        "parents": [{"from": None, "parent": "PARENT"}],
    }
    assert {**body, **beside, "created_at": created.json()["created_at"]} == created.json()
    assert created.json()["created_at"].endswith("+08:00")
    assert caller.get("organisations/T-UNI-A/").json() == created.json()
    listed = caller.get("organisations/?code=T-UNI-A").json()
    assert listed == {"next": None, "previous": None, "results": [created.json()]}


def test_what_exists_is_a_conflict_and_stays_as_it_is() -> None:
    caller = as_officer()
    caller.post("organisations/", BODY, format="json")
    again = caller.post("organisations/", {**BODY, "name_zh": "另一所"}, format="json")
    assert again.status_code == 409
    assert code_of(again) == "already_exists"
    assert Organisation.objects.get(code="T-UNI-A").name_zh == BODY["name_zh"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"code": "has space"}, ("code", "invalid")),
        ({"code": ""}, ("code", "blank")),
        ({"code": "../x"}, ("code", "invalid")),
        ({"code": "a\x00b"}, ("code", "null_characters_not_allowed")),
        ({"name_zh": " "}, ("name_zh", "blank")),
        ({"kind": "club"}, ("kind", "invalid_choice")),
        ({"uscc": "91520900MA6DKT8N66"}, ("uscc", "invalid")),
        ({"uscc": "1"}, ("uscc", "invalid")),
        ({"school_code": "1065"}, ("school_code", "invalid")),
        ({"school_code": "１０６５７"}, ("school_code", "invalid")),
        ({"parent": "NOBODY"}, ("parent", "does_not_exist")),
        ({"parent": 7}, ("parent", "invalid")),
        ({"contacts": [{"name": "x"}, {"name": "x", "email": "no"}]}, ("contacts.1.email", "invalid")),
        ({"contacts": {}}, ("contacts", "not_a_list")),
    ],
)
def test_a_field_at_fault_is_named(change: dict[str, Any], fault: tuple[str, str]) -> None:
    answer = as_officer().post("organisations/", {**BODY, **change}, format="json")
    assert faults(answer) == {fault}
    assert not Organisation.objects.filter(code="T-UNI-A").exists()


def test_a_sound_credit_code_is_taken_in_either_case() -> None:
    answer = as_officer().post("organisations/", {**BODY, "uscc": SOUND_USCC.lower()}, format="json")
    assert answer.json()["uscc"] == SOUND_USCC


def test_officers_leave_the_bureau_alone() -> None:
    caller, bureau = as_officer(), BureauFactory()
    for answer in (
        caller.post("organisations/", {**BODY, "kind": "bureau"}, format="json"),
        caller.patch(f"organisations/{bureau.code}/", {"name_en": "x"}, format="json"),
    ):
        assert answer.status_code == 403
        assert code_of(answer) == "permission_denied"
    partner = OrganisationFactory()
    assert caller.patch(f"organisations/{partner.code}/", {"kind": "bureau"}, format="json").status_code == 403
    admin = Caller(AdminFactory())
    assert admin.patch(f"organisations/{bureau.code}/", {"name_en": "Bureau"}, format="json").status_code == 200


def test_a_partner_sees_its_own_alone() -> None:
    own, other = OrganisationFactory(), OrganisationFactory()
    caller = Caller(PartnerFactory(organisation=own))
    assert [row["code"] for row in caller.get("organisations/").json()["results"]] == [own.code]
    assert caller.get(f"organisations/{own.code}/").status_code == 200
    hidden = caller.get(f"organisations/{other.code}/")
    nowhere = caller.get("organisations/NO-SUCH/")
    assert hidden.status_code == nowhere.status_code == 404
    assert hidden.content == nowhere.content, "nobody learns that an id exists"


@pytest.mark.parametrize("factory", [PartnerFactory, ManagerFactory])
def test_others_create_none(factory: Any) -> None:
    assert Caller(factory()).post("organisations/", BODY, format="json").status_code == 403


def test_a_change_is_on_the_trail_without_what_is_private(scope_all: None) -> None:
    caller, organisation = as_officer(), OrganisationFactory(name_en="Before")
    contact = {"name": "李雷", "phone": "13800000000"}
    changes = {"name_en": "After", "contacts": [contact]}
    assert caller.patch(f"organisations/{organisation.code}/", changes, format="json").status_code == 200
    entry = AuditEntry.objects.get(action="organisation.update")
    assert entry.detail == {"changed": {"name_en": ["Before", "After"], "contacts": []}}
    again = caller.patch(f"organisations/{organisation.code}/", changes, format="json")
    assert again.json()["contacts"] == [{**contact, "role": "", "email": ""}]
    assert AuditEntry.objects.filter(action="organisation.update").count() == 1, "nothing changed, nothing to note"


def test_a_change_is_checked_like_a_new_one() -> None:
    caller, organisation = as_officer(), OrganisationFactory()
    path = f"organisations/{organisation.code}/"
    assert faults(caller.patch(path, {"contacts": [{"phone": "1"}]}, format="json")) == {
        ("contacts.0.name", "required")
    }
    assert faults(caller.patch(path, {"uscc": "1"}, format="json")) == {("uscc", "invalid")}


def test_a_code_stays() -> None:
    caller, organisation = as_officer(), OrganisationFactory()
    answer = caller.patch(f"organisations/{organisation.code}/", {"code": "OTHER"}, format="json")
    assert faults(answer) == {("code", "immutable")}


def test_nothing_stands_above_itself() -> None:
    caller = as_officer()
    top, below = OrganisationFactory(code="TOP"), OrganisationFactory(code="BELOW")
    assert caller.patch("organisations/BELOW/", {"parent": top.code}, format="json").status_code == 200
    assert faults(caller.patch("organisations/TOP/", {"parent": "TOP"}, format="json")) == {("parent", "invalid")}
    answer = caller.patch("organisations/TOP/", {"parent": below.code}, format="json")
    assert faults(answer) == {("parent", "invalid")}
    assert caller.patch("organisations/BELOW/", {"parent": None}, format="json").json()["parent"] is None


def test_an_organisation_with_users_does_not_change_sides() -> None:
    organisation = PartnerFactory().organisation
    answer = Caller(AdminFactory()).patch(f"organisations/{organisation.code}/", {"kind": "bureau"}, format="json")
    assert faults(answer) == {("kind", "invalid")}


def test_filters() -> None:
    caller = as_officer()
    OrganisationFactory(code="AAA", name_zh="花溪学院", kind="training_provider")
    found = caller.get("organisations/?kind=training_provider&search=花溪").json()["results"]
    assert [row["code"] for row in found] == ["AAA"]
    assert faults(caller.get("organisations/?kind=club")) == {("kind", "invalid_choice")}
