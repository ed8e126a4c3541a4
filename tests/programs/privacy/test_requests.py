"""A request as a guided job, over HTTP: its steps in their order, two officers, the copy, who has looked."""

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from backend import clock
from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from backend.messages.inbox.models import InboxMessage
from backend.messages.models import Delivery
from programs.periods.calendar import add_working_days
from programs.privacy import daily
from programs.privacy.copying import KEPT_DAYS
from programs.privacy.models import PrivacyRequest
from programs.records.threads import Thread
from tests.factories import AdminFactory
from tests.programs.privacy.world import EMAIL, MOBILE, NAME, NUMBER, World
from tests.support.partner import API, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(run_jobs: Callable[[], int]) -> World:
    return World(run_jobs)


def received(world: World, kind: str, **more: Any) -> str:
    """The address of a request that was just taken down."""
    body = {"person": world.person_id, "kind": kind, "channel": "in_person", **more}
    answer = client_of(world.officer).post(f"{API}privacy-requests/", body, format="json")
    assert answer.status_code == 201, answer.content
    with everything():
        assert answer.json()["due_on"] == add_working_days(clock.today(), 15).isoformat()
    return f"{API}privacy-requests/{answer.json()['id']}/"


def done(caller: Any, address: str, step: str, status: int = 200, **body: Any) -> Any:
    answer = caller.post(f"{address}{step}/", body, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_copy_holds_everything_masked_and_may_be_fetched_for_a_while(world: World) -> None:
    officer = client_of(world.officer)
    officer.get(f"{API}people/{world.person_id}/")
    officer.post(f"{API}people/{world.person_id}/reveal/", {"reason": "核对身份"}, format="json")
    address = received(world, "copy")
    assert done(officer, address, "copy", 409)["type"].endswith("not_identified")
    done(officer, address, "confirm-identity", identified="document")
    done(officer, address, "copy", 202)
    world.run_jobs()
    told = officer.get(address).json()
    assert (told["files"], told["in_full"], told["name"]) == (["json", "xlsx"], False, "欧***")
    data = officer.get(f"{address}copy.json")
    assert data["Content-Disposition"].startswith("attachment")
    text, copy = data.content.decode(), json.loads(data.content)
    assert NAME in text
    assert not any(one in text for one in (NUMBER, MOBILE, EMAIL))
    held = {one["table"]: one["rows"] for one in copy["held"]}
    assert {"record", "revision", "amendment", "decision", "credential", "evidence", "candidate", "standing"} <= set(
        held
    )
    assert {row["organisation_id"] for row in held["person_report"]} == {
        world.partner.organisation.code,
        world.second.organisation.code,
    }
    looks = {(one["act"], one["user"], one["reason"]) for one in copy["looks"]}
    assert ("person.reveal", world.officer.username, "核对身份") in looks
    assert ("person.page", world.officer.username, "") in looks
    book = openpyxl.load_workbook(io.BytesIO(officer.get(f"{address}copy.xlsx").content))
    assert len(book.sheetnames) == len(copy["held"]) + 2
    with everything():
        fetched = AuditEntry.objects.filter(action="privacy.fetch")
        assert [one.detail["number"] for one in fetched] == [False, False]
        PrivacyRequest.objects.update(files_until=clock.now())
        daily.run()
    gone = officer.get(f"{address}copy.json")
    assert (gone.status_code, gone.json()["type"].rpartition("/")[2]) == (410, "disposed")
    assert KEPT_DAYS == 14


def test_numbers_stand_in_full_where_an_officer_says_why(world: World) -> None:
    officer = client_of(world.officer)
    address = received(world, "access")
    done(officer, address, "confirm-identity", identified="document")
    done(officer, address, "copy", 202, numbers_reason="本人要求核对证件号码")
    world.run_jobs()
    text = officer.get(f"{address}copy.json").content.decode()
    assert all(one in text for one in (NUMBER, MOBILE, EMAIL))


def test_a_correction_asks_whoever_reported_the_record(world: World) -> None:
    officer = client_of(world.officer)
    address = received(world, "correction", wanted="毕业日期应为 2011 年")
    done(officer, address, "confirm-identity", identified="video")
    told = done(officer, address, "ask", record=world.record.pk, text="本人称毕业日期有误，请核对后重新上报。")
    with everything():
        thread = Thread.objects.get(pk=told["thread"])
        other = Thread.objects.exclude(pk=thread.pk).get()
    assert (thread.record_id, thread.organisation_id) == (world.record.pk, world.partner.organisation.pk)
    assert other.pk != thread.pk
    assert done(officer, address, "answer", text="已请学校更正")["state"] == "answered"
    done(officer, address, "withdraw", 409, reason="晚了")


def test_a_deletion_takes_two_officers_and_no_administrator(world: World) -> None:
    officer, colleague, admin = (client_of(one) for one in (world.officer, world.colleague, AdminFactory()))
    address = received(world, "deletion")
    again = {"person": world.person_id, "kind": "deletion", "channel": "phone"}
    assert officer.post(f"{API}privacy-requests/", again, format="json").status_code == 409
    done(officer, address, "confirm-identity", identified="authority")
    done(colleague, address, "approve", 409)
    done(officer, address, "propose")
    assert done(officer, address, "approve", 403)["type"].endswith("four_eyes")
    assert admin.post(f"{address}approve/").status_code == 403
    preview = officer.get(f"{address}preview/").json()
    assert "identity_document" in {one["table"] for one in preview["erased"]}
    assert all(one["why"] for one in (*preview["stripped"], *preview["kept"]))
    assert preview["heads"] == 2
    assert done(colleague, address, "approve", 202)["approved_by"] == world.colleague.username
    done(colleague, address, "refuse", 409, reason="晚了")


def test_officers_hear_of_what_is_due_once_and_the_list_downloads_masked(world: World) -> None:
    address = received(world, "access")
    with everything():
        PrivacyRequest.objects.update(due_on=clock.today())
        told = daily.run()
        assert (told, daily.run()) == (1, 0)
        assert Delivery.objects.filter(key__startswith="notice:privacy:", recipient=str(world.officer.pk)).count() == 1
        assert not InboxMessage.objects.filter(user=world.colleague, delivery__key__startswith="notice:privacy:")
    csv = client_of(world.officer).get(f"{API}privacy-requests/", {"format": "csv"})
    text = b"".join(csv).decode("utf-8-sig")
    assert "欧***" in text
    assert NAME not in text
    assert address


def test_who_has_looked_is_told_to_officers_and_administrators(world: World) -> None:
    officer, admin = client_of(world.officer), client_of(AdminFactory())
    for _twice in range(2):
        world.partner.api.get(f"{API}people/{world.person_id}/")
    looks = admin.get(f"{API}people/{world.person_id}/access-report/").json()["looks"]
    pages = [one for one in looks if one["act"] == "person.page"]
    assert [(one["user"], one["organisation"]) for one in pages] == [
        (world.partner.clerk.username, world.partner.organisation.code)
    ]
    again = officer.get(f"{API}people/{world.person_id}/access-report/").json()["looks"]
    assert "privacy.report" in {one["act"] for one in again}
