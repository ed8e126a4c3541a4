"""The administrator's desk."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts import scope
from backend.audit.services import enter_audit
from backend.health import probes
from backend.jobs.models import Job
from backend.messages.models import SuppressedAddress
from programs.desks.admin import watching
from tests.factories import AdminFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.support.browsing import signed_in, words

pytestmark = pytest.mark.django_db
CONTACT = {"name": "王芳", "role": "submitter", "email": "wang@example.com", "phone": ""}


@pytest.fixture
def admin() -> Client:
    return signed_in(AdminFactory())


def test_a_quiet_day(admin: Client) -> None:
    PartnerFactory(organisation=OrganisationFactory(contacts=[CONTACT]))
    said = words(admin.get("/"))
    assert "Every organisation can sign in and be reached" in said
    assert "Failed jobs All jobs None among the latest" in said


def test_what_needs_somebody_leads_to_its_list(admin: Client) -> None:
    OrganisationFactory.create_batch(2)
    PartnerFactory()
    with scope.everything():
        SuppressedAddress.objects.create(address="old@example.com", answer="550")
        Job.objects.create(kind="submission.check", state=Job.State.FAILED, error="its worker died")
    page = admin.get("/")
    said = words(page)
    assert "2 organisations for which nobody may sign in" in said
    assert "3 organisations without a contact’s address" in said
    assert "1 suppressed mail address" in said
    assert "1 of the latest 1000 jobs failed" in said
    assert "its worker died" in said
    marks = page.content.decode()
    for address in ("/organisations/?without_users=true", "/organisations/?without_contact=true", "/suppressed/"):
        assert f'href="{address}"' in marks
        assert len(admin.get(address).context["rows"]) in (1, 2, 3)


def test_failed_sign_ins_of_the_last_day(admin: Client, settings: Any) -> None:
    settings.SIGN_IN_PER_ACCOUNT = 3
    clerk = PartnerFactory()
    anonymous = Client(headers={"accept-language": "en"})
    for name in (clerk.username, clerk.username, clerk.username, "nobody-at-all"):
        anonymous.post("/sign-in/", {"username": name, "password": "wrong"})
    admin_user = AdminFactory()
    with scope.everything():
        sight = watching.look(admin_user)
    assert [(one.user, one.failed, one.locked, one.locked_now) for one in sight.attempts] == [
        (clerk, 3, True, True),
        (None, 1, False, False),
    ]
    assert sight.failed_sign_ins == 4
    said = words(admin.get("/"))
    assert "nobody-at-all" not in said
    assert "names that nobody bears" in said
    assert "locked" in said


def test_yesterdays_are_over(clock: Any) -> None:
    clerk = PartnerFactory()
    enter_audit(action="auth.sign_in_failed", subject=clerk)
    admin = AdminFactory()
    with scope.everything():
        assert watching.look(admin).failed_sign_ins == 1
        clock.shift(hours=25)
        assert watching.look(admin).failed_sign_ins == 0


def test_what_does_not_run_is_said_with_what_to_do(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # No worker has beaten under this process's own prefix; database and broker are really there.
    said = words(admin.get("/"))
    assert "Database runs" in said
    assert "Broker runs" in said
    assert "Worker does not answer Start a worker." in said
    assert probes.findings()["worker"].detail == "failed: NoWorker"


def test_only_the_latest_jobs_are_looked_at(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "JOBS_LOOKED_AT", 2)
    with scope.everything():
        for state in (Job.State.FAILED, Job.State.FAILED, Job.State.DONE):
            Job.objects.create(kind="submission.check", state=state)
        assert watching.look(AdminFactory()).failed_jobs == 1


def test_more_rows_take_no_more_queries(admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert admin.get("/").status_code == 200
        return len(caught)

    enter_audit(action="auth.sign_in_failed", subject=PartnerFactory())
    few = queries()
    for clerk in PartnerFactory.create_batch(4):
        enter_audit(action="auth.sign_in_failed", subject=clerk)
    OrganisationFactory.create_batch(5)
    assert queries() == few


def test_others_have_their_own_desks() -> None:
    assert "Health" not in words(signed_in(OfficerFactory()).get("/"))
