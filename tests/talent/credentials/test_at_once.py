"""Verdicts that meet: real transactions, real threads."""

import pytest

from backend.accounts.scope import everything
from talent.credentials.examining import follow
from talent.credentials.models import Examination
from talent.people.models import PersonChange
from tests.factories import CredentialFactory, OfficerFactory
from tests.support.http import Caller
from tests.support.together import together

pytestmark = pytest.mark.usefixtures("fresh_database")


def test_of_two_officers_with_opposite_verdicts_one_wins() -> None:
    officers = [Caller(OfficerFactory()) for _ in range(2)]
    for _ in range(10):
        with everything():
            credential = CredentialFactory()
        path = f"credentials/{credential.pk}"
        confirmed, refuted = together(
            lambda: officers[0].post(f"{path}/confirm/"),  # noqa: B023 - called before the next turn
            lambda: officers[1].post(f"{path}/refute/", {"reason": "查无此证"}, format="json"),  # noqa: B023
        )
        assert sorted((confirmed.status_code, refuted.status_code)) == [200, 409]
        winner = "confirmed" if confirmed.status_code == 200 else "refuted"
        loser = refuted if winner == "confirmed" else confirmed
        assert loser.json()["state"] == winner
        with everything():
            credential.refresh_from_db()
            assert credential.state == winner
            assert Examination.objects.filter(credential_id=credential.pk).count() == 1


def test_a_certificate_that_comes_in_beside_a_verdict_follows_it() -> None:
    officer = Caller(OfficerFactory())
    with everything():
        first = CredentialFactory(number="106101201002000001")
    with everything():
        # Written before the verdict is given, and committed after it.
        second = CredentialFactory(number="106101201002000001", person=first.person, record_id=1)
        answer = together(
            lambda: officer.post(f"credentials/{first.pk}/refute/", {"reason": "查无此证"}, format="json").status_code
        )
    assert answer == [200]
    with everything():
        second.refresh_from_db()
        assert second.state == "claimed"
    with everything():
        follow()
        second.refresh_from_db()
        assert second.state == "refuted"
        assert PersonChange.objects.filter(person_id=first.person_id, reason="refuted").count() == 2
