"""The chain over the trail, on the trail's page."""

import pytest
from django.test import Client

from backend.accounts.scope import everything
from backend.chain import services
from backend.chain.models import AuditExamination
from backend.chain.sealing import seal
from tests.factories import AdminFactory
from tests.support.browsing import signed_in, words
from tests.support.trails import enter
from tests.support.work import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    return signed_in(AdminFactory())


def test_the_page_says_how_the_chain_stands_and_has_it_examined(admin: Client) -> None:
    assert "Nothing is sealed yet." in words(admin.get("/audit/"))
    with everything():
        enter(2)
        seal()
        given = services.head()
    assert given is not None
    said = words(admin.get("/audit/"))
    assert given.head in said
    assert "Last verified Not yet; it is done every night." in said
    answer = admin.post("/audit/examine/", follow=True)
    assert "The whole trail is being examined" in words(answer)
    run_jobs()
    assert "Whole" in words(admin.get("/audit/"))


def test_a_broken_chain_is_said_in_words(admin: Client) -> None:
    broken = {"id": 4711, "at": None, "reason": "changed", "seal": 3}
    with everything():
        AuditExamination.objects.create(entries=5000, seals=9, head="0" * 64, broken=broken)
    said = words(admin.get("/audit/"))
    assert "Entry 4711 of the trail is not what was sealed: somebody changed it." in said
    assert "Chain broken" in said
