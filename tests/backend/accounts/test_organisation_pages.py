"""The pages of organisations."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts import scope
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
from tests.support.browsing import faults, signed_in, words

pytestmark = pytest.mark.django_db
NEW = "/organisations/new/"


@pytest.fixture
def officer() -> Client:
    return signed_in(OfficerFactory())


def rows(*contacts: dict[str, str], there: int = 0) -> dict[str, str]:
    """Contacts as the form sends them; ``there`` of them were on the page already."""
    found = {"contacts-TOTAL_FORMS": str(len(contacts)), "contacts-INITIAL_FORMS": str(there)}
    for place, contact in enumerate(contacts):
        found |= {f"contacts-{place}-{name}": value for name, value in contact.items()}
    return found


def body(**changes: str) -> dict[str, str]:
    return {"code": "T-UNI", "name_zh": "验收大学", "kind": "university", **rows(), **changes}


CLERK = {"name": "王芳", "role": "submitter", "email": "wang@example.com", "phone": "0851-88290000"}
LEADER = {"name": "李雷", "role": "leader", "email": "li@example.com", "phone": ""}


def test_a_new_one_with_contacts(officer: Client) -> None:
    parent = OrganisationFactory(code="PARENT")
    empty = {"name": "", "role": "", "email": "", "phone": ""}
    sent = body(name_en="Test University", parent=parent.code, school_code="10657", **rows(CLERK, empty, LEADER))
    answer = officer.post(NEW, sent)
    assert (answer.status_code, answer["Location"]) == (303, "/organisations/T-UNI/")
    made = Organisation.objects.get(code="T-UNI")
    assert (made.name_en, made.parent, made.school_code, made.contacts) == (
        "Test University",
        parent,
        "10657",
        [CLERK, LEADER],
    )
    assert "Organisation T-UNI is created." in words(officer.get("/organisations/T-UNI/"))


def test_what_is_wrong_stands_beside_its_field(officer: Client) -> None:
    OrganisationFactory(code="T-TAKEN")
    refused = officer.post(NEW, body(school_code="123", uscc="91520900MA6DKT8N6X"))
    found = faults(refused)
    assert set(found) == {"school_code", "uscc"}
    assert found["school_code"] == ["A school code is five digits."]
    assert b'name="name_zh" value="\xe9\xaa\x8c' in refused.content, "what was typed is kept"
    assert "already" in faults(officer.post(NEW, body(code="T-TAKEN")))["__all__"][0]
    assert not Organisation.objects.filter(code="T-UNI").exists()


def test_a_contact_that_is_wrong_is_told_in_its_row(officer: Client) -> None:
    empty = {"name": "", "role": "", "email": "", "phone": ""}
    nameless = {**LEADER, "name": ""}
    refused = officer.post(NEW, body(**rows(CLERK, empty, nameless)))
    assert refused.status_code == 400
    contacts = refused.context["form"].contacts
    assert [dict(form.errors) for form in contacts.forms] == [{}, {}, {"name": ["A contact needs a name."]}]
    refused = officer.post(NEW, body(**rows({**CLERK, "email": "no address"})))
    assert list(refused.context["form"].contacts.forms[0].errors) == ["email"]


def test_changing_one_keeps_roles_in_words_of_their_own(officer: Client) -> None:
    own = {"name": "岑若溪", "role": "填报人", "email": "cen@example.com", "phone": ""}
    organisation = OrganisationFactory(contacts=[own, LEADER])
    page = f"/organisations/{organisation.code}/"
    assert '<option value="填报人" selected>' in officer.get(page).content.decode()
    same = {"name_en": organisation.name_en, "kind": "university"}
    sent = {**same, "name_zh": "改名大学", **rows(own, {**LEADER, "DELETE": "on"}, CLERK, there=2)}
    assert officer.post(page, sent).status_code == 303
    organisation.refresh_from_db()
    assert (organisation.name_zh, organisation.contacts) == ("改名大学", [own, CLERK])
    with scope.everything():
        noted = AuditEntry.objects.get(action="organisation.update")
    assert noted.detail["changed"] == {"name_zh": [f"大学 {organisation.code}", "改名大学"], "contacts": []}
    refused = officer.post(page, {**sent, "contacts-0-role": "made up"})
    assert list(refused.context["form"].contacts.forms[0].errors) == ["role"]


def test_the_bureau_is_for_administrators(officer: Client) -> None:
    bureau = BureauFactory()
    page = f"/organisations/{bureau.code}/"
    assert "changed by an administrator" in words(officer.get(page))
    refused = officer.post(page, {"name_zh": "别的", "kind": "university", **rows()})
    assert refused.status_code == 403
    assert "the bureau's own is for an administrator" in words(refused)
    assert list(faults(officer.post(NEW, body(kind="bureau")))) == ["kind"]
    admin = signed_in(AdminFactory())
    assert admin.post(page, {"name_zh": "新局名", "kind": "bureau", **rows()}).status_code == 303
    bureau.refresh_from_db()
    assert bureau.name_zh == "新局名"


def test_who_may_only_read_sees_no_form() -> None:
    clerk = PartnerFactory(organisation=OrganisationFactory(contacts=[CLERK]))
    for user in (clerk, ManagerFactory()):
        said = signed_in(user).get(f"/organisations/{clerk.organisation.code}/")
        assert '<form class="card"' not in said.content.decode()
        assert "Who reports" in words(said)
        assert "wang@example.com" in words(said)
    OrganisationFactory(code="ELSEWHERE")
    listed = words(signed_in(clerk).get("/organisations/"))
    assert clerk.organisation.code in listed
    assert "ELSEWHERE" not in listed


def test_an_administrator_sees_its_users_and_nobody_else_does(officer: Client) -> None:
    clerk = PartnerFactory()
    page = f"/organisations/{clerk.organisation.code}/"
    assert clerk.username in words(signed_in(AdminFactory()).get(page))
    assert clerk.username not in words(officer.get(page))


def listed(client: Client, **filters: str) -> list[str]:
    return [row.code for row in client.get("/organisations/", filters).context["rows"]]


def test_what_partners_lack(officer: Client) -> None:
    BureauFactory()
    PartnerFactory(organisation=OrganisationFactory(code="A", contacts=[CLERK]))
    PartnerFactory(organisation=OrganisationFactory(code="B", contacts=[{**CLERK, "email": ""}]), is_active=False)
    OrganisationFactory(code="C", contacts=[])
    assert listed(officer) == ["A", "B", "BUREAU", "C"]
    assert listed(officer, without_users="true") == ["B", "C"]
    assert listed(officer, without_users="false") == ["A"]
    assert listed(officer, without_contact="true") == ["B", "C"]
    assert listed(officer, without_contact="false") == ["A"]
    assert listed(officer, search="b", kind="university") == ["B"]


def test_the_list_as_a_file(officer: Client) -> None:
    OrganisationFactory(code="A", contacts=[CLERK])
    answer: Any = officer.get("/organisations/", {"format": "csv", "search": "A"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    [row] = [row for row in csv.DictReader(io.StringIO(text)) if row["Code"] == "A"]
    assert row["Kind"] == "University"
    assert "wang@example.com" in row["Contacts"]


def test_a_filter_brings_the_downloads_along(officer: Client) -> None:
    OrganisationFactory(code="A")
    part = {"hx-request": "true"}
    filtered = officer.get("/organisations/?kind=university", headers={**part, "hx-trigger": "filters"})
    said = filtered.content.decode()
    assert 'id="rows"' in said
    assert 'hx-swap-oob="true"' in said
    assert "kind=university&amp;format=xlsx" in said
    assert "<html" not in said
    assert "hx-swap-oob" not in officer.get("/organisations/?kind=university", headers=part).content.decode()


def test_more_rows_take_no_more_queries(officer: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert officer.get("/organisations/").status_code == 200
        return len(caught)

    PartnerFactory.create_batch(2)
    few = queries()
    PartnerFactory.create_batch(10)
    assert queries() == few
