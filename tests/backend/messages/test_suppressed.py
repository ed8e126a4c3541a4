"""The page of addresses that nothing is sent to."""

import pytest

from backend.accounts import scope
from backend.audit.models import AuditEntry
from backend.messages import services
from backend.messages.models import SuppressedAddress
from tests.factories import AdminFactory, OfficerFactory
from tests.support.browsing import signed_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def suppressed() -> SuppressedAddress:
    with scope.everything():
        return SuppressedAddress.objects.create(address="old@example.com", answer="550 no such user")


def test_an_administrator_lets_mail_go_there_again(suppressed: SuppressedAddress) -> None:
    admin = signed_in(AdminFactory())
    said = words(admin.get("/suppressed/"))
    assert "old@example.com" in said
    assert "550 no such user" in said
    assert admin.post(f"/suppressed/{suppressed.pk}/release/").status_code == 303
    after = words(admin.get("/suppressed/"))
    assert "Mail goes to old@example.com again." in after
    assert "No address is suppressed" in after
    with scope.everything():
        noted = AuditEntry.objects.get(action="message.release")
    assert (noted.subject_type, noted.detail) == ("suppressed_address", {"address": "old@example.com"})
    assert admin.post(f"/suppressed/{suppressed.pk}/release/").status_code == 404


def test_what_is_gone_is_not_noted_twice(suppressed: SuppressedAddress) -> None:
    with scope.everything():
        services.release(actor=None, suppressed=suppressed)
        services.release(actor=None, suppressed=suppressed)
        assert AuditEntry.objects.filter(action="message.release").count() == 1


def test_nobody_else_learns_of_them(suppressed: SuppressedAddress) -> None:
    officer = signed_in(OfficerFactory())
    assert officer.get("/suppressed/").status_code == 403
    assert officer.post(f"/suppressed/{suppressed.pk}/release/").status_code == 403
    with scope.everything():
        assert SuppressedAddress.objects.exists()
