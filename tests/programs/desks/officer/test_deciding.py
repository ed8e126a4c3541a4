"""An officer decides by the pages: on one record, on those that are ticked, on all that a filter finds."""

import json
from typing import Any

import pytest

from backend.accounts import scope
from backend.audit.models import AuditEntry
from backend.jobs import services as jobs
from programs.records.models import Record
from programs.review import handlers, services
from tests.factories import AmendmentFactory, OfficerFactory, RecordFactory, SubmissionFactory
from tests.programs.desks.officer.world import REASON, Reader, fresh, links, reported, states, text

pytestmark = pytest.mark.django_db
DECIDE = "/records/decide/"


@pytest.fixture
def officer() -> Reader:
    return Reader(OfficerFactory(username="officer-li"))


@pytest.fixture
def faster(as_officer: Any) -> Any:
    """Another officer, who has decided before one looks up."""

    def decide(record: Record, decision: str) -> None:
        services.decide_one(record_id=record.pk, decision=decision, reason="twice", actor=as_officer)

    return decide


def decide(officer: Reader, record: Record, decision: str, query: str = "", **given: Any) -> Any:
    given.setdefault("seen", record.submission_id)
    part = given.pop("part", False)
    return officer.post(f"/records/{record.pk}/{decision}/{query}", given, part=part)


def again(record: Record) -> None:
    """The partner reports other values in a later submission, and they stand."""
    later = SubmissionFactory(organisation=record.organisation)
    with scope.everything():
        Record.objects.filter(pk=record.pk).update(submission=later)


class TestOne:
    """One record."""

    def test_verified_and_on_to_the_next(self, officer: Reader) -> None:
        first, second = reported(2)
        query = f"?state=submitted&submission={first.submission_id}"
        answer = decide(officer, first, "verify", query)
        assert (answer.status_code, answer["Location"]) == (303, f"/records/{second.pk}/{query}")
        assert f"Record {first.pk} is verified." in officer.read(answer["Location"])
        assert states([first, second]) == ["verified", "submitted"]
        answer = decide(officer, second, "verify", query)
        assert answer["Location"] == f"/records/{query}"
        assert "That was the last record of this queue." in officer.read(answer["Location"])

    def test_without_a_queue_one_stays(self, officer: Reader) -> None:
        [record] = reported(1)
        answer = decide(officer, record, "verify")
        assert answer["Location"] == f"/records/{record.pk}/"

    def test_the_list_that_the_form_names_is_shown_again_and_nobody_elses_page(self, officer: Reader) -> None:
        first, second = reported(2)
        assert decide(officer, first, "verify", next="/records/?state=submitted")["Location"] == (
            "/records/?state=submitted"
        )
        answer = decide(officer, second, "verify", next="https://elsewhere.example/")
        assert answer["Location"] == f"/records/{second.pk}/"

    def test_without_scripts_the_reason_is_asked_for_on_a_page(self, officer: Reader) -> None:
        [record] = reported(1)
        answer = decide(officer, record, "return", next="/records/?state=submitted")
        assert answer.status_code == 303
        asked = officer.get(answer["Location"])
        assert "Return 1 record" in text(asked)
        assert "Verify 1 record" not in text(asked)
        assert states([record]) == ["submitted"]
        given = {"ids": record.pk, "seen": record.submission_id, "decision": "return", "reason": REASON}
        answer = officer.post(DECIDE, {**given, "next": "/records/?state=submitted"})
        assert answer["Location"] == "/records/?state=submitted"
        assert (fresh(record).state, fresh(record).reason) == ("returned", REASON)

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
    def test_no_reason_or_too_long_a_one_is_refused(self, officer: Reader, reason: str) -> None:
        [record] = reported(1)
        answer = decide(officer, record, "reject", reason=reason)
        said = officer.read(answer["Location"])
        assert "Say why; the partner reads it." in said or "2000 characters" in said
        assert states([record]) == ["submitted"]

    def test_a_row_of_the_list_comes_back_alone(self, officer: Reader) -> None:
        [record] = reported(1)
        answer = decide(officer, record, "verify", part=True)
        assert answer.status_code == 200
        row = answer.content.decode().strip()
        assert row.startswith(f'<tr id="record-{record.pk}"')
        assert "data-open" not in row
        assert "Verified" in text(answer)
        assert json.loads(answer["HX-Trigger"]) == {"shugu:said": f"Record {record.pk} is verified."}

    def test_who_comes_second_with_another_decision_hears_so(self, officer: Reader, faster: Any) -> None:
        one, other = reported(2)
        for record in (one, other):
            faster(record, "reject")
        answer = decide(officer, one, "verify", part=True)
        assert answer.status_code == 409
        assert f"Record {one.pk} was decided otherwise (Rejected)" in text(answer)
        assert 'role="alert"' in answer.content.decode()
        answer = decide(officer, other, "verify", "?state=submitted")
        assert answer["Location"] == f"/records/{other.pk}/?state=submitted"
        assert f"Record {other.pk} was decided otherwise (Rejected)" in officer.read(answer["Location"])
        assert states([one, other]) == ["rejected", "rejected"]

    def test_the_same_decision_twice_is_one(self, officer: Reader, faster: Any) -> None:
        [record] = reported(1)
        faster(record, "verify")
        assert decide(officer, record, "verify", part=True).status_code == 200
        with scope.everything():
            assert AuditEntry.objects.filter(action="record.verify").count() == 1

    def test_values_that_were_not_seen_are_not_decided_on(self, officer: Reader) -> None:
        record, standing = reported(2)
        again(record)
        answer = decide(officer, record, "verify", part=True)
        assert answer.status_code == 409
        assert f"Record {record.pk} was reported anew after you opened it." in text(answer)
        assert states([record]) == ["submitted"]
        decide(officer, standing, "verify")
        amendment = AmendmentFactory(record=fresh(standing))
        answer = decide(officer, standing, "return", reason=REASON, part=True)
        assert (answer.status_code, "reported anew" in text(answer)) == (409, True)
        with scope.everything():
            amendment.refresh_from_db()
        assert amendment.state == "pending"

    def test_an_amendment_takes_effect(self, officer: Reader) -> None:
        amendment = AmendmentFactory(record__district="520102", district="520103")
        record = amendment.record
        answer = decide(officer, record, "verify", seen=amendment.submission_id)
        assert "The amendment of record" in officer.read(answer["Location"])
        assert (fresh(record).district, fresh(record).pending) == ("520103", False)

    @pytest.mark.parametrize("seen", ["x", "0", "9" * 30, "１"])
    def test_what_is_no_number_is_refused(self, officer: Reader, seen: str) -> None:
        [record] = reported(1)
        decide(officer, record, "verify", seen=seen)
        assert states([record]) == ["submitted"]


class TestTicked:
    """Rows that are ticked."""

    def test_all_in_one_go(self, officer: Reader) -> None:
        records = reported(3)
        given = {"ids": [one.pk for one in records[:2]], "seen": records[0].submission_id, "decision": "verify"}
        answer = officer.post(DECIDE, {**given, "next": "/records/?state=submitted"})
        assert answer["Location"] == "/records/?state=submitted"
        assert "2 records are verified." in officer.read(answer["Location"])
        assert states(records) == ["verified", "verified", "submitted"]

    def test_what_was_passed_over_is_listed_with_its_state(self, officer: Reader, faster: Any) -> None:
        done, otherwise, so, anew = reported(4)
        faster(otherwise, "reject")
        faster(so, "verify")
        again(anew)
        ids = [one.pk for one in (done, otherwise, so, anew)]
        answer = officer.post(DECIDE, {"ids": ids, "seen": done.submission_id, "decision": "verify"})
        said = text(answer)
        assert answer.status_code == 200
        assert "1 record is verified. 1 was so already." in said
        assert "2 records were passed over" in said
        assert links(answer, r"^/records/\d+/$") == [f"/records/{one.pk}/" for one in (otherwise, anew)]
        assert f"{otherwise.person.name} " in said
        assert "Rejected" in said
        assert states([done, otherwise, so, anew]) == ["verified", "rejected", "verified", "submitted"]

    def test_nothing_ticked_decides_nothing(self, officer: Reader) -> None:
        records = reported(2)
        answer = officer.post(DECIDE, {"decision": "verify", "next": "/records/"})
        assert "Nothing was ticked." in officer.read(answer["Location"])
        assert set(states(records)) == {"submitted"}

    def test_a_reason_is_asked_for_and_kept(self, officer: Reader) -> None:
        records = reported(2)
        given = {"ids": [one.pk for one in records], "seen": records[0].submission_id, "decision": "reject"}
        asked = officer.post(DECIDE, given)
        assert (asked.status_code, "Reject 2 records" in text(asked)) == (200, True)
        refused = officer.post(DECIDE, {**given, "reason": " "})
        assert (refused.status_code, "Say why; the partner reads it." in text(refused)) == (400, True)
        assert set(states(records)) == {"submitted"}
        officer.post(DECIDE, {**given, "reason": REASON})
        assert {(fresh(one).state, fresh(one).reason) for one in records} == {("rejected", REASON)}

    def test_an_id_of_nothing_is_refused(self, officer: Reader) -> None:
        answer = officer.post(DECIDE, {"ids": 999_999, "decision": "verify"})
        assert (answer.status_code, "999999" in text(answer)) == (400, True)

    def test_an_unknown_decision_is_refused(self, officer: Reader) -> None:
        [record] = reported(1)
        assert officer.post(DECIDE, {"ids": record.pk, "decision": "bless"}).status_code == 400


class TestByFilter:
    """All that a filter finds."""

    def test_the_page_says_what_it_is_decided_on(self, officer: Reader) -> None:
        waiting = reported(3)
        RecordFactory(state="verified", organisation=waiting[0].organisation)
        reported(2)
        answer = officer.get(f"{DECIDE}?organisation={waiting[0].organisation.code}")
        said = text(answer)
        for words in ("Decide on 4 records", "Verify 3 records", "Return 3 records", "Verified 1"):
            assert words in said
        assert "Revoke" not in said
        only = text(officer.get(f"{DECIDE}?organisation={waiting[0].organisation.code}&state=verified"))
        assert "Revoke 1 record" in only
        assert set(states(waiting)) == {"submitted"}

    def test_of_one_submission_only_what_it_brought_counts(self, officer: Reader) -> None:
        amendment = AmendmentFactory(record__state="verified")
        said = text(officer.get(f"{DECIDE}?submission={amendment.submission_id}"))
        assert "Verify 1 record" in said
        assert "Revoke" not in said
        own = text(officer.get(f"{DECIDE}?submission={amendment.record.submission_id}"))
        assert "Verify" not in own
        assert "Revoke 1 record" in own

    def test_a_number_may_be_written_with_a_point(self, officer: Reader) -> None:
        waiting = reported(1)
        query = f"submission={waiting[0].submission_id}.0"
        assert "Verify 1 record" in text(officer.get(f"{DECIDE}?{query}"))
        officer.post(DECIDE, {"filter": query, "expected": 1, "decision": "verify"})
        assert states(waiting) == ["verified"]

    def test_all_are_decided(self, officer: Reader) -> None:
        waiting, others = reported(3), reported(1)
        query = f"state=submitted&submission={waiting[0].submission_id}"
        given = {"filter": query, "expected": 3, "decision": "verify", "next": f"/records/?{query}"}
        answer = officer.post(DECIDE, given)
        assert answer["Location"] == f"/records/?{query}"
        assert "3 records are verified." in officer.read(answer["Location"])
        assert states([*waiting, *others]) == ["verified"] * 3 + ["submitted"]
        with scope.everything():
            [entry] = AuditEntry.objects.filter(action="record.verify")
        assert entry.detail["filter"] == {"state": ["submitted"], "submission": str(waiting[0].submission_id)}

    def test_more_than_was_shown_is_asked_about_again(self, officer: Reader) -> None:
        waiting = reported(3)
        answer = officer.post(DECIDE, {"filter": "state=submitted", "expected": 2, "decision": "verify"})
        assert answer.status_code == 409
        assert "the filter finds 3 records now and found 2" in text(answer)
        assert 'name="expected" value="3"' in answer.content.decode()
        assert set(states(waiting)) == {"submitted"}

    @pytest.mark.parametrize("query", ["", "state=", "tier=&cohort="])
    def test_never_on_everything_by_accident(self, officer: Reader, query: str) -> None:
        waiting = reported(2)
        officer.post(DECIDE, {"filter": query, "expected": 9, "decision": "verify"})
        assert set(states(waiting)) == {"submitted"}
        assert officer.get(f"{DECIDE}?{query}")["Location"] == "/records/"

    def test_an_unknown_filter_is_refused(self, officer: Reader) -> None:
        waiting = reported(1)
        given = {"filter": "submision=1", "expected": 9, "decision": "verify"}
        assert officer.post(DECIDE, given).status_code == 400
        assert set(states(waiting)) == {"submitted"}

    def test_more_than_a_request_should_wait_for_becomes_a_job(
        self, officer: Reader, faster: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(services, "AT_ONCE", 3)
        monkeypatch.setattr(handlers, "CHUNK", 2)
        waiting = reported(5)
        assert "decided by a background job" in text(officer.get(f"{DECIDE}?state=submitted"))
        given = {"filter": "state=submitted", "expected": 5, "decision": "verify"}
        page = officer.post(DECIDE, given)["Location"]
        said = officer.read(page)
        assert "5 records are being decided on." in said
        assert f'hx-get="{page}"' in officer.get(page).content.decode()
        assert set(states(waiting)) == {"submitted"}
        faster(waiting[4], "reject")
        jobs.run(int(page.strip("/").split("/")[-1]))
        part = officer.get(page, part=True)
        assert "hx-get" not in part.content.decode()
        for words in ("Done", "5 of 5", "4 records are verified.", "1 record was passed over", "Rejected"):
            assert words in text(part)
        assert links(part, r"^/records/\d+/$") == [f"/records/{waiting[4].pk}/"]
        assert states(waiting) == ["verified"] * 4 + ["rejected"]
        assert "Deciding on records" in officer.read("/jobs/")
