"""Verdicts that meet: real transactions, real threads."""

import pytest

from backend.accounts.scope import everything
from talent.credentials.models import Examination
from tests.factories import CredentialFactory, OfficerFactory
from tests.programs.review.test_at_once import together
from tests.support.http import Caller

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
