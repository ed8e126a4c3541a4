"""The pages of claims, views, previews and undoing, in a browser without scripts."""

from typing import Any

import pytest

from backend.accounts import scope
from backend.accounts.models import User
from backend.jobs import services as jobs
from backend.jobs.models import Job
from programs.records.claims import Claim
from programs.records.models import Record
from programs.review import previewing, services, settings, undoing
from tests.factories import AdminFactory, OfficerFactory
from tests.programs.desks.officer.world import REASON, Reader, fresh, links, reported, states, text
from tests.support.http import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def li() -> User:
    return OfficerFactory(username="li", language="en")


@pytest.fixture
def officer(li: User) -> Reader:
    return Reader(li)


def hold(records: list[Record], by: str) -> User:
    colleague = User.objects.filter(username=by).first() or OfficerFactory(username=by, language="en")
    body = {"ids": [one.pk for one in records]}
    assert Caller(colleague).post("claims/", body, format="json").status_code == 200
    return colleague


def holders() -> dict[int, str]:
    with scope.everything():
        return dict(Claim.objects.values_list("record_id", "officer__username"))


def test_ticked_records_are_claimed_and_given_back(officer: Reader) -> None:
    records = reported(3)
    hold(records[2:], "wang")
    ids = [one.pk for one in records]
    page = text(officer.post("/claims/", {"ids": ids, "next": "/records/"}, follow=True))
    assert "You have claimed 2 records." in page
    assert "1 is held by a colleague: wang." in page
    assert "claimed by you" in page
    assert "claimed by wang" in page
    assert "2 records are free again." in text(officer.post("/claims/release/", {"ids": ids}, follow=True))
    assert "Nothing was ticked" in text(officer.post("/claims/", {}, follow=True))


def test_one_row_is_claimed_in_its_place(officer: Reader) -> None:
    mine, theirs = reported(2)
    hold([theirs], "wang")
    answer = officer.post(f"/records/{mine.pk}/claim/", part=True)
    assert (answer.status_code, "claimed by you" in text(answer)) == (200, True)
    answer = officer.post(f"/records/{theirs.pk}/claim/", part=True)
    assert (answer.status_code, "claimed by wang" in text(answer)) == (409, True)
    assert holders() == {mine.pk: "li", theirs.pk: "wang"}


def test_the_next_of_the_list(officer: Reader) -> None:
    records = reported(3)
    given = {"filter": f"submission={records[0].submission_id}"}
    page = officer.post("/claims/next/", given, follow=True)
    assert "You have claimed 3 records." in text(page)
    assert "Nothing of this list waits" in text(officer.post("/claims/next/", given, follow=True))


def test_handing_over_and_taking_over_ask_first(officer: Reader) -> None:
    [record] = reported(1)
    wang = hold([record], "wang")
    page = officer.post("/claims/take-over/", {"ids": record.pk})
    assert "Take over from a colleague" in text(page)
    assert holders() == {record.pk: "wang"}
    refused = officer.post("/claims/take-over/", {"ids": record.pk, "sure": "1", "text": ""})
    assert (refused.status_code, "Say why you take it over" in text(refused)) == (400, True)
    officer.post("/claims/take-over/", {"ids": record.pk, "sure": "1", "text": "on leave"})
    assert holders() == {record.pk: "li"}
    assert officer.post("/claims/hand-over/", {"ids": record.pk, "sure": "1", "to": "nobody"}).status_code == 400
    given = {"ids": record.pk, "sure": "1", "to": "wang", "text": "please look again"}
    assert "wang has 1 record now." in text(officer.post("/claims/hand-over/", given, follow=True))
    told = Reader(wang).read(f"/records/{record.pk}/")
    assert "handed over by li" in told
    assert "please look again" in told


def test_the_page_of_a_held_record_says_so_and_refuses(officer: Reader) -> None:
    [record] = reported(1)
    hold([record], "wang")
    assert "wang has been at work on it since" in officer.read(f"/records/{record.pk}/")
    page = text(officer.post(f"/records/{record.pk}/verify/", follow=True))
    assert f"wang has been at work on record {record.pk} since" in page
    assert fresh(record).state == "submitted"


def test_views_and_the_one_that_the_records_open_with(officer: Reader, li: User) -> None:
    reported(1)
    given = {"list": "records", "name": "mine", "query": "state=submitted", "next": "/records/?state=submitted"}
    assert "The view “mine” is saved." in text(officer.post("/saved-views/", given, follow=True))
    page = officer.get("/records/?state=submitted")
    assert "mine" in text(page)
    [forget] = [one for one in page.content.decode().split('"') if one.endswith("/forget/")]
    officer.post(forget.replace("forget", "default"), {})
    assert officer.get("/records/")["Location"] == "/records/?state=submitted"
    assert officer.get("/records/?state=").status_code == 200
    assert Reader(OfficerFactory()).get("/records/").status_code == 200
    assert "The list opens without a filter now" in text(
        officer.post(forget.replace("forget", "default"), {}, follow=True)
    )
    assert "is gone" in text(officer.post(forget, {}, follow=True))
    assert officer.get("/records/").status_code == 200


def test_a_preview_without_scripts(officer: Reader) -> None:
    records = reported(2, high_end=True)
    ids = [one.pk for one in records]
    page = officer.post("/records/decide/preview/", {"ids": ids, "decision": "verify", "expected": "2"})
    told = text(page)
    assert "2 would be decided so." in told
    assert "Verify 2 records" in told
    part = officer.post("/records/decide/preview/", {"ids": ids, "decision": "reject"}, part=True)
    assert "What “Reject” would do" in text(part)
    assert officer.post("/records/decide/preview/", {"ids": ids, "decision": "bless"}).status_code == 400
    assert set(states(records)) == {"submitted"}


def test_a_great_preview_is_a_job_with_a_page(officer: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "AT_ONCE", 2)
    records = reported(3)
    given = {"filter": f"submission={records[0].submission_id}", "decision": "verify", "expected": "3"}
    answer = officer.post("/records/decide/preview/", given)
    [number] = [int(part) for part in answer["Location"].split("/") if part.isdigit()]
    jobs.run(number)
    page = officer.read(f"/jobs/{number}/")
    assert "3 would be decided so." in page
    assert "Trying out a decision on records" in page


def test_a_run_is_undone_from_what_was_said(officer: Reader) -> None:
    records = reported(3)
    given = {"ids": [one.pk for one in records], "decision": "verify"}
    [address] = links(officer.post("/records/decide/", given, follow=True), "^/decision-runs/[0-9]+/$")
    assert "Verify: 3 records" in officer.read(address)
    officer.post(f"/records/{records[0].pk}/revoke/", {"reason": REASON})
    page = text(officer.post(address, {}))
    assert "2 records stand as before." in page
    assert f"Record {records[0].pk} was decided on again since" in page
    assert states(records) == ["revoked", "submitted", "submitted"]
    colleague = Reader(OfficerFactory(language="en"))
    refused = colleague.post(address, {})
    assert (refused.status_code, "A colleague decided this" in text(refused)) == (400, True)
    assert "li" in colleague.read("/decision-runs/?decision=verify")
    assert "Undone" in text(colleague.get("/decision-runs/"))


def test_a_decision_is_undone_on_its_record(officer: Reader) -> None:
    [record] = reported(1)
    officer.post(f"/records/{record.pk}/reject/", {"reason": REASON})
    assert "Undo the latest decision" in officer.read(f"/records/{record.pk}/")
    assert "stands as before" in text(officer.post(f"/records/{record.pk}/undo/", follow=True))
    page = officer.read(f"/records/{record.pk}/")
    assert "The decision “Reject” was undone" in page
    assert "Undo the latest decision" not in page


def test_a_great_undoing_is_a_job_with_a_page(officer: Reader, li: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "AT_ONCE", 1)
    records = reported(2)
    chosen: dict[str, Any] = {"ids": [one.pk for one in records], "submissions": frozenset(), "asked": {}}
    with scope.everything():
        run = services.decide_many(**chosen, decision="verify", reason="", actor=li).run
    answer = officer.post(f"/decision-runs/{run}/", {})
    jobs.run(int(answer["Location"].split("/")[2]))
    assert "2 records stand as before." in officer.read(answer["Location"])
    with scope.everything():
        assert Job.objects.filter(state=Job.State.FAILED).count() == 0


def test_the_second_officer_on_pages(officer: Reader) -> None:
    with scope.everything():
        settings.change(actor=AdminFactory(), second_officer=True)
    [record] = reported(1, high_end=True)
    page = text(officer.post(f"/records/{record.pk}/verify/", {"next": "/records/"}, follow=True))
    assert "awaits a second officer" in page
    assert "first verified by li" in page
    assert "You verified record" in text(officer.post(f"/records/{record.pk}/verify/", follow=True))
    second = Reader(OfficerFactory(language="en"))
    assert "1 Records await a second officer" in second.read("/")
    assert "li verified it first" in second.read(f"/records/{record.pk}/")
    second.post(f"/records/{record.pk}/verify/")
    assert fresh(record).state == "verified"
    assert "Verified by the first of two officers" in second.read(f"/records/{record.pk}/")


def test_administrators_set_and_officers_read(officer: Reader) -> None:
    assert "Administrators set them." in officer.read("/review/settings/")
    admin = Reader(AdminFactory(language="en"))
    given = {"second_officer": "on", "claim_minutes": "60", "undo_hours": "24"}
    assert "The settings are in force." in text(admin.post("/review/settings/", given, follow=True))
    assert admin.post("/review/settings/", given | {"claim_minutes": "1"}).status_code == 400
    with scope.everything():
        assert (settings.current().second_officer, settings.current().claim_minutes) == (True, 60)


def test_a_return_by_fields_from_the_page(officer: Reader) -> None:
    [record] = reported(1)
    given = {"reason": "", "field-district": "another one", "field-school": " "}
    officer.post(f"/records/{record.pk}/return/", given)
    assert fresh(record).reason.endswith("another one")
    page = officer.read(f"/records/{record.pk}/")
    assert "What is to be mended" in page
    assert "another one" in page
