"""The guided page of a request: it offers what comes next, and nothing else."""

import pytest

from programs.privacy.models import PrivacyRequest
from tests.factories import OfficerFactory, PersonFactory
from tests.support.browsing import signed_in, words

pytestmark = pytest.mark.usefixtures("scope_all")


def test_a_deletion_is_led_from_its_receipt_to_a_second_officer() -> None:
    person = PersonFactory()
    first, second = signed_in(OfficerFactory()), signed_in(OfficerFactory())
    form = {"person": person.pk, "kind": "deletion", "channel": "letter"}
    address = first.post("/privacy-requests/new/", form)["Location"]
    said = words(first.get(address))
    assert "Next: confirm who asks" in said
    assert "What a deletion would come to" not in said
    assert first.post(f"{address}propose/")["Location"] == address
    assert "Confirm first who asks." in words(first.get(address))
    first.post(f"{address}identity/", {"identified": "document"})
    said = words(first.get(address))
    assert "What a deletion would come to" in said
    # A deletion offers no copy: a template finds a dictionary's own ``copy`` where no form of that name is.
    assert "Make the copy" not in said
    assert "Form" not in said
    first.post(f"{address}propose/")
    assert "Approve: erase for good" not in words(first.get(address))
    assert "Approve: erase for good" in words(second.get(address))
    assert second.post(f"{address}refuse/", {"reason": ""}).status_code == 400
    second.post(f"{address}refuse/", {"reason": "法定保存期未满"})
    row = PrivacyRequest.objects.get(person_id=person.pk)
    assert (row.state, row.answer) == ("refused", "法定保存期未满")


def test_a_copy_is_ordered_and_waited_for_on_the_page() -> None:
    person = PersonFactory()
    officer = signed_in(OfficerFactory())
    form = {"person": person.pk, "kind": "copy", "channel": "in_person"}
    address = officer.post("/privacy-requests/new/", form)["Location"]
    officer.post(f"{address}identity/", {"identified": "document"})
    assert "Make the copy" in words(officer.get(address))
    assert officer.post(f"{address}gather/", {"numbers_reason": ""}).status_code == 303
    assert "The copy is being made." in words(officer.get(address))
