"""A lot's life over HTTP: opened, drawn, looked at, decided, carried out, and back after a refusal."""

import pytest

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from programs.records.models import Decision, Record
from programs.review.sampling.drawing import drawn
from programs.review.sampling.models import LotUnit
from programs.review.services import digest_of_ids
from talent.people.models import PersonChange
from tests.factories import (
    CohortFactory,
    IntroductionFactory,
    ManagerFactory,
    OfficerFactory,
    PartnerFactory,
    PeriodFactory,
    RecordFactory,
    SubmissionFactory,
)
from tests.programs.review.sampling.world import (
    BATCHES,
    FINE,
    WRONG,
    again,
    held,
    judge,
    judge_all,
    lot_row,
    of,
    opened,
    reported,
    sampling_on,
    states,
)
from tests.support.http import Caller, code_of

pytestmark = pytest.mark.django_db
WAITING = BATCHES + "waiting/"


@pytest.fixture
def officer() -> Caller:
    return Caller(OfficerFactory(username="officer-li"))


def test_nothing_is_sampled_until_it_is_set(officer: Caller) -> None:
    _submission, records = reported(3)
    assert officer.get(WAITING).json()["results"] == []
    answer = officer.post(BATCHES, of(records[0].cohort), format="json")
    assert (answer.status_code, code_of(answer)) == (409, "sampling_off")
    decided = officer.post("records/decide/", {"ids": [one.pk for one in records], "decision": "verify"}, format="json")
    assert decided.json()["decided"] == 3


def test_what_awaits_review_is_told_by_cohort_and_period(officer: Caller) -> None:
    sampling_on()
    cohort = CohortFactory()
    reported(4, cohort=cohort)
    reported(2, cohort=cohort, period=PeriodFactory(code="2019-Q2"))
    reported(1, state=Record.State.VERIFIED)
    introduction = IntroductionFactory(organisations=[cohort.organisation])
    organisation = cohort.organisation
    submission = SubmissionFactory(organisation=organisation)
    RecordFactory.create_batch(3, organisation=organisation, submission=submission, cohort=None, programme=introduction)
    rows = officer.get(WAITING).json()["results"]
    assert [(row["programme"], row["cohort"], row["period"], row["count"]) for row in rows] == [
        (cohort.programme.code, cohort.code, "2019-Q1", 4),
        (cohort.programme.code, cohort.code, "2019-Q2", 2),
        (introduction.code, None, "2019-Q1", 3),
    ]
    without = of(cohort, programme=introduction.code) | {"cohort": None}
    assert officer.post(BATCHES, without, format="json").json()["lot_size"] == 3
    rows.pop()
    assert Caller(PartnerFactory()).get(WAITING).status_code == 403
    assert Caller(ManagerFactory()).get(WAITING).json()["results"] == rows


def test_a_lot_is_opened_with_its_plan_and_a_draw_that_can_be_repeated(officer: Caller) -> None:
    sampling_on()
    submission, records = reported(30)
    lot = opened(officer, records[0].cohort)
    assert {name: lot[name] for name in ("lot_size", "sample_size", "accept_number", "state", "resubmission")} == {
        "lot_size": 30,
        "sample_size": 13,
        "accept_number": 1,
        "state": "open",
        "resubmission": False,
    }
    assert lot["plan"] == {
        "standard": "GB/T 2828.1-2012 (ISO 2859-1:1999)",
        "table": "2-A",
        "severity": "normal",
        "level": "II",
        "aql": "4.0",
        "code_letter": "E",
        "reject_number": 2,
        "whole": False,
        "counted": ["critical", "major", "minor"],
        "critical_fails": False,
    }
    ids = [one.pk for one in records]
    assert [unit["record"] for unit in lot["sample"]] == drawn(lot["seed"], ids)[:13]
    members = officer.get(f"{BATCHES}{lot['id']}/members/?limit=100").json()["results"]
    assert [one["record"] for one in members] == drawn(lot["seed"], ids)
    assert {one["submission"] for one in members} == {submission.pk}
    assert lot["characteristic"]["points"][0] == {"share": 0, "accepted": 1}
    with everything():
        entry = AuditEntry.objects.get(action="lot.open")
    assert entry.detail["seed"] == lot["seed"]
    assert entry.detail["ids_sha256"] == digest_of_ids(ids)
    assert officer.get(WAITING).json()["results"] == []
    assert code_of(officer.post(BATCHES, of(records[0].cohort), format="json")) == "conflict"


def test_members_are_decided_with_their_lot_alone(officer: Caller) -> None:
    sampling_on(outside="allowed")
    _submission, records = reported(4)
    _other, free = reported(2)
    lot = opened(officer, records[0].cohort)
    answer = officer.post(f"records/{records[0].pk}/verify/")
    assert (answer.status_code, answer.json()["lot"]) == (409, lot["id"])
    assert str(lot["id"]) in answer.json()["detail"]
    ids = [one.pk for one in [*records, *free]]
    for decision, reason in (("verify", ""), ("return", "x"), ("reject", "x")):
        body = {"ids": ids[:5] if decision == "verify" else ids[:4], "decision": decision, "reason": reason}
        found = officer.post("records/decide/", body, format="json").json()
        assert found["decided"] == (1 if decision == "verify" else 0)
        assert {(one["id"], one["lot"]) for one in found["skipped"]} == {(one.pk, lot["id"]) for one in records}
    assert states(records) == ["submitted"] * 4


def test_many_at_once_are_refused_outside_lots_where_that_is_set(officer: Caller) -> None:
    _submission, sampled = reported(3)
    sampling_on(sampled[0].organisation)
    _other, free = reported(2)
    for body in ({"ids": [one.pk for one in sampled]}, {"filter": {"state": "submitted"}}):
        answer = officer.post("records/decide/", {**body, "decision": "verify"}, format="json")
        assert (answer.status_code, code_of(answer)) == (409, "verified_as_lots")
        assert answer.json()["organisations"] == [sampled[0].organisation.code]
    others = officer.post("records/decide/", {"ids": [one.pk for one in free], "decision": "verify"}, format="json")
    assert others.json()["decided"] == 2
    back = {"ids": [one.pk for one in sampled[:2]], "decision": "return", "reason": "补材料"}
    assert officer.post("records/decide/", back, format="json").json()["decided"] == 2
    assert officer.post(f"records/{sampled[2].pk}/verify/").status_code == 200


def test_an_accepted_lot_verifies_all_but_what_was_found_wrong(officer: Caller) -> None:
    sampling_on()
    _submission, records = reported(30)
    lot = opened(officer, records[0].cohort)
    done = judge_all(officer, lot, wrong=1)
    wrong = lot["sample"][0]["record"]
    assert (done["state"], done["nonconforming"]) == ("accepted", 1)
    assert done["finished_at"]
    found = {one.pk: state for one, state in zip(records, states(records), strict=True)}
    assert found.pop(wrong) == "returned"
    assert set(found.values()) == {"verified"}
    assert held() == 0
    with everything():
        reason = Record.objects.get(pk=wrong).reason
        [entry] = AuditEntry.objects.filter(action="lot.accepted")
        assert not AuditEntry.objects.filter(action__startswith="record.").exists()
        assert PersonChange.objects.filter(reason="verified").count() == 29
        assert Decision.objects.count() == 30
        assert set(Decision.objects.values_list("decided_by_id", flat=True)) == {entry.actor_id}
    assert "工作区县" in reason
    assert "District" in reason
    assert "应为云岩区" in reason
    assert (entry.detail["verified"], entry.detail["returned"]) == (29, 1)
    assert {one["outcome"] for one in done["sample"]} == {"verified", "returned"}


def test_a_lot_that_is_not_accepted_goes_back_whole_with_what_was_found(officer: Caller) -> None:
    sampling_on()
    _submission, records = reported(30)
    lot = opened(officer, records[0].cohort)
    done = judge_all(officer, lot, wrong=2)
    assert (done["state"], done["nonconforming"]) == ("not_accepted", 2)
    assert set(states(records)) == {"returned"}
    with everything():
        told = dict(Record.objects.values_list("pk", "reason"))
    wrong = [one["record"] for one in lot["sample"][:2]]
    for number, reason in told.items():
        assert ("应为云岩区" in reason) == (number in wrong)
        if number not in wrong:
            assert f"Lot {lot['id']} was not accepted" in reason
            assert "工作区县 × 2" in reason
            assert "District × 2" in reason
            assert "13" in reason
    partner = Caller(PartnerFactory(organisation=records[0].organisation))
    seen = partner.get(f"{BATCHES}{lot['id']}/").json()
    assert seen["sample_shown"]
    assert seen["sample"][0]["defects"] == WRONG["defects"]
    assert seen["sample"][0]["judged_by"] is None
    assert seen["seed"] == lot["seed"]


def test_what_comes_back_is_a_lot_of_its_own_and_counts_for_no_switch(officer: Caller) -> None:
    sampling_on()
    cohort = CohortFactory()
    _submission, records = reported(30, cohort=cohort)
    judge_all(officer, opened(officer, cohort), wrong=2)
    later = SubmissionFactory(organisation=cohort.organisation)
    again(records[:20], later)
    reported(5, cohort=cohort)
    rows = {row["resubmission"]: row["count"] for row in officer.get(WAITING).json()["results"]}
    assert rows == {True: 20, False: 5}
    back = opened(officer, cohort, resubmission=True)
    assert (back["lot_size"], back["resubmission"]) == (20, True)
    judge_all(officer, back, wrong=3)
    standing = officer.get(f"review/sampling/{cohort.organisation.code}/").json()
    assert standing["severity"] == "normal"
    assert [one["resubmission"] for one in standing["history"]] == [False, True]
    fresh = opened(officer, cohort)
    assert (fresh["lot_size"], fresh["resubmission"]) == (5, False)
    judge_all(officer, fresh, wrong=5)
    assert officer.get(f"review/sampling/{cohort.organisation.code}/").json()["severity"] == "tightened"


def test_a_withdrawn_member_gives_its_place_to_the_next_in_rank(officer: Caller) -> None:
    sampling_on()
    _submission, records = reported(30)
    clerk = Caller(PartnerFactory(organisation=records[0].organisation))
    lot = opened(officer, records[0].cohort)
    order = drawn(lot["seed"], [one.pk for one in records])
    judge(officer, lot, order[0], FINE)
    for number in order[:2]:
        assert clerk.post(f"records/{number}/withdraw/", {"reason": "误报"}, format="json").status_code == 200
    now = officer.get(f"{BATCHES}{lot['id']}/").json()
    # What was looked at stays; what left before that is replaced.
    assert [one["record"] for one in now["sample"]] == [order[0], *order[2:14]]
    assert (now["sample_size"], now["left"]) == (13, 1)
    gone = judge(officer, lot, order[1], WRONG)
    assert (gone.status_code, code_of(gone)) == (409, "left_the_lot")
    assert judge(officer, lot, order[14], FINE).status_code == 404
    done = judge_all(officer, now)
    assert done["state"] == "accepted"
    with everything():
        outcomes = dict(LotUnit.objects.filter(lot=lot["id"]).values_list("record_id", "outcome"))
    assert {number: outcomes[number] for number in order[:3]} == {
        order[0]: "left",
        order[1]: "left",
        order[2]: "verified",
    }
    assert held() == 0


def test_what_was_reported_anew_is_not_verified_unseen(officer: Caller) -> None:
    sampling_on()
    cohort = CohortFactory()
    _submission, records = reported(30, cohort=cohort)
    lot = opened(officer, cohort)
    order = drawn(lot["seed"], [one.pk for one in records])
    changed = [one for one in records if one.pk == order[-1]]
    again(changed, SubmissionFactory(organisation=cohort.organisation))
    # It has left: another lot may take it at once, and this one leaves it alone.
    assert [row["count"] for row in officer.get(WAITING).json()["results"]] == [1]
    other = opened(officer, cohort)
    judge_all(officer, lot)
    assert states(changed) == ["submitted"]
    assert judge_all(officer, other)["state"] == "accepted"
    assert set(states(records)) == {"verified"}


def test_a_lot_of_which_all_was_taken_back_is_concluded_or_called_off(officer: Caller) -> None:
    sampling_on()
    _submission, records = reported(2)
    clerk = Caller(PartnerFactory(organisation=records[0].organisation))
    lot = opened(officer, records[0].cohort)
    address = f"{BATCHES}{lot['id']}/"
    assert lot["plan"]["whole"]
    assert officer.post(address + "conclude/").status_code == 409
    judge(officer, lot, lot["sample"][0]["record"], FINE)
    called_off = officer.post(address + "cancel/", {"reason": "x"}, format="json")
    assert called_off.status_code == 409
    clerk.post(f"records/{lot['sample'][1]['record']}/withdraw/", {"reason": "误报"}, format="json")
    assert officer.post(address + "conclude/").json()["state"] == "accepted"
    assert officer.post(address + "conclude/").json()["state"] == "accepted"


def test_a_lot_is_called_off_before_anything_was_looked_at(officer: Caller) -> None:
    sampling_on()
    _submission, records = reported(5)
    lot = opened(officer, records[0].cohort)
    address = f"{BATCHES}{lot['id']}/cancel/"
    assert officer.post(address, {"reason": " "}, format="json").status_code == 400
    for _turn in range(2):
        done = officer.post(address, {"reason": "开错了"}, format="json")
        assert (done.status_code, done.json()["state"], done.json()["reason"]) == (200, "cancelled", "开错了")
    assert held() == 0
    assert officer.get(WAITING).json()["results"][0]["count"] == 5
    assert opened(officer, records[0].cohort)["seed"] != lot["seed"]


def test_a_partner_learns_its_sample_only_with_the_verdict(officer: Caller) -> None:
    sampling_on()
    _submission, records = reported(30)
    partner = Caller(PartnerFactory(organisation=records[0].organisation))
    lot = opened(officer, records[0].cohort)
    judge(officer, lot, lot["sample"][0]["record"], WRONG)
    seen = partner.get(f"{BATCHES}{lot['id']}/").json()
    assert (seen["sample"], seen["sample_shown"], seen["seed"], seen["nonconforming"]) == ([], False, None, None)
    assert seen["left"] is None
    assert (seen["lot_size"], seen["sample_size"], seen["accept_number"]) == (30, 13, 1)
    assert partner.get(f"{BATCHES}{lot['id']}/members/").json()["results"] == []
    assert [one["nonconforming"] for one in partner.get(BATCHES).json()["results"]] == [None]
    stranger = Caller(PartnerFactory())
    assert stranger.get(f"{BATCHES}{lot['id']}/").status_code == 404
    assert stranger.get(f"{BATCHES}{lot['id']}/members/").status_code == 404
    assert stranger.get(BATCHES).json()["results"] == []


def test_judgements_are_read_and_may_be_thought_over_by_whoever_made_them(officer: Caller) -> None:
    sampling_on()
    _submission, records = reported(30)
    lot = opened(officer, records[0].cohort)
    first, second = (one["record"] for one in lot["sample"][:2])
    unsampled = drawn(lot["seed"], [one.pk for one in records])[-1]
    bad = [
        {"conforming": False},
        {"conforming": True, "defects": WRONG["defects"]},
        {"conforming": False, "defects": [{"column": "colour", "defect_class": "major"}]},
        {"conforming": False, "defects": [{"column": "district", "defect_class": "awful"}]},
    ]
    for body in bad:
        assert judge(officer, lot, first, body).status_code == 400, body
    assert judge(officer, lot, unsampled, FINE).status_code == 404
    assert judge(officer, lot, 10**9, FINE).status_code == 404
    assert judge(officer, lot, first, WRONG).json()["nonconforming"] == 1
    assert judge(officer, lot, first, WRONG).json()["nonconforming"] == 1
    assert judge(officer, lot, first, FINE).json()["nonconforming"] == 0
    other = Caller(OfficerFactory())
    answer = judge(other, lot, first, FINE)
    assert (answer.status_code, code_of(answer)) == (409, "judged_already")
    assert "officer-li" in answer.json()["detail"]
    assert judge(other, lot, second, FINE).status_code == 200
    with everything():
        assert AuditEntry.objects.filter(action="lot.judge").count() == 3
    judge_all(officer, {**lot, "sample": lot["sample"][2:]})
    assert lot_row(lot["id"]).state == "accepted"
    assert judge(officer, lot, first, WRONG).status_code == 409


def test_classes_count_as_they_are_set(officer: Caller) -> None:
    sampling_on(counted=["critical", "major"], critical_fails=True)
    minor = {"conforming": False, "defects": [{"column": "remarks", "defect_class": "minor"}]}
    _submission, records = reported(30)
    lot = opened(officer, records[0].cohort)
    for unit in lot["sample"]:
        answer = judge(officer, lot, unit["record"], minor)
    assert (answer.json()["state"], answer.json()["nonconforming"]) == ("accepted", 0)
    # What has a defect comes back, whether or not it counts.
    assert states(records).count("returned") == 13
    _more, others = reported(30)
    lot = opened(officer, others[0].cohort)
    critical = {"conforming": False, "defects": [{"column": "name", "defect_class": "critical"}]}
    judge(officer, lot, lot["sample"][0]["record"], critical)
    done = judge_all(officer, {**lot, "sample": lot["sample"][1:]})
    assert (done["state"], done["nonconforming"]) == ("not_accepted", 1)
    with everything():
        reasons = set(Record.objects.filter(pk__in=[one.pk for one in others]).values_list("reason", flat=True))
    assert any("critical defect" in one for one in reasons)


def test_numbers_in_notes_are_masked(officer: Caller) -> None:
    sampling_on()
    _submission, records = reported(3)
    lot = opened(officer, records[0].cohort)
    note = {"column": "id_number", "defect_class": "major", "note": "应为 520102199001011234"}
    body = {"conforming": False, "defects": [note]}
    done = judge(officer, lot, lot["sample"][0]["record"], body).json()
    assert "520102199001011234" not in str(done["sample"])


def test_lots_are_found_by_their_filters(officer: Caller) -> None:
    sampling_on()
    _submission, records = reported(3)
    lot = opened(officer, records[0].cohort)
    for query, found in (
        (f"organisation={records[0].organisation.code}&state=open", 1),
        (f"cohort={of(records[0].cohort)['cohort']}&severity=normal&resubmission=false", 1),
        ("state=accepted", 0),
        ("severity=tightened", 0),
        ("period=2018-Q1", 0),
    ):
        rows = officer.get(f"{BATCHES}?{query}").json()["results"]
        assert [one["id"] for one in rows] == [lot["id"]] * found, query
    assert officer.get(f"{BATCHES}?colour=red").status_code == 400
    assert officer.get(f"{BATCHES}{lot['id']}/members/?judged=true").json()["results"] == []
    assert officer.post(BATCHES, of(records[0].cohort, organisation="GONE"), format="json").status_code == 400
    elsewhere = of(CohortFactory()) | {"organisation": records[0].organisation.code}
    assert officer.post(BATCHES, elsewhere, format="json").status_code == 400
