"""Answering: what may be said, what follows, and that nothing is overwritten."""

from typing import Any

import pytest

from backend import clock
from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from programs.periods import services as periods
from programs.periods.models import Obligation, Period
from programs.retention.models import RetentionAnswer
from programs.targets.recount import recount
from tests.factories import OrganisationFactory, PartnerFactory
from tests.programs.retention.world import Town
from tests.support.partner import API, client_of

pytestmark = pytest.mark.django_db
LEFT = {"answer": "left", "left_on": "2019-08-01", "reason": "other_city"}


def codes(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.content
    return [(one["field"], one["code"]) for one in answer.json()["errors"]]


def test_a_departure_is_in_the_second_figure_at_once_and_the_first_stays(town: Town) -> None:
    record = town.introduce("2019-03-01")
    town.follow()
    answer = town.answer(town.check(record), **LEFT)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["answer"], answer.json()["state"], answer.json()["left_on"]) == (
        "left",
        "answered",
        "2019-08-01",
    )
    town.follow()
    for as_of, still_here in (("2019-07-31", 1), ("2019-08-01", 0)):
        figure = town.figure(as_of)
        assert (figure["achieved"], figure["still_here"]) == (1, still_here)
    assert town.checks(months=12) == [(12, "2020-03-01", "withdrawn", None)]
    assert recount().agrees


def test_a_correction_is_another_row(town: Town) -> None:
    record = town.introduce("2019-03-01")
    town.follow()
    check = town.check(record)
    town.answer(check, **LEFT)
    town.answer(check, **LEFT)  # the same again is no answer
    town.answer(check, answer="stays")
    town.follow()
    found = town.clients["HITECH"].get(f"{API}retention/checks/{check.pk}/").json()
    assert [one["answer"] for one in found["answers"]] == ["stays", "left"]
    assert found["answers"][0]["supersedes"] == found["answers"][1]["id"]
    assert (found["answer"], found["left_on"]) == ("stays", None)
    assert town.figure()["still_here"] == 1
    assert town.checks(months=12) == [(12, "2020-03-01", "open", "2020-Q1")]
    with everything():
        entries = AuditEntry.objects.filter(action="retention.answer").order_by("pk")
        assert [one.detail["said"] for one in entries] == [{"left": 1}, {"stays": 1}]


def test_who_came_back_keeps_the_day_of_leaving(town: Town) -> None:
    record = town.introduce("2019-03-01")
    town.follow()
    town.answer(town.check(record), **LEFT)
    back = town.answer(town.check(record), answer="came_back", returned_on="2019-12-01").json()
    assert (back["left_on"], back["returned_on"], back["reason"]) == ("2019-08-01", "2019-12-01", "other_city")
    town.follow()
    assert [town.figure(as_of)["still_here"] for as_of in ("2019-07-31", "2019-11-30", "2019-12-01")] == [1, 0, 1]
    assert town.checks(months=12) == [(12, "2020-03-01", "open", "2020-Q1")]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"answer": "employed_here"}, ("answer", "not_for_path")),
        ({"answer": "left", "reason": "study"}, ("left_on", "required")),
        ({"answer": "left", "left_on": "2019-02-28", "reason": "study"}, ("left_on", "before_arrival")),
        ({"answer": "left", "left_on": "2999-01-01", "reason": "study"}, ("left_on", "future")),
        ({"answer": "left", "left_on": "2019-08-01"}, ("reason", "required")),
        ({"answer": "left", "left_on": "2019-08-01", "reason": "moon"}, ("reason", "unknown_code")),
        ({**LEFT, "returned_on": "2019-09-01"}, ("returned_on", "not_asked")),
        ({**LEFT, "answer": "came_back"}, ("returned_on", "required")),
        ({**LEFT, "answer": "came_back", "returned_on": "2019-08-01"}, ("returned_on", "before_leaving")),
        ({**LEFT, "answer": "came_back", "returned_on": "2999-08-01"}, ("returned_on", "future")),
        ({"answer": "stays", "left_on": "2019-08-01"}, ("left_on", "not_asked")),
        ({"answer": "stays", "reason": "study"}, ("reason", "not_asked")),
    ],
)
def test_what_is_wrong_is_told_under_its_name(town: Town, body: dict[str, str], fault: tuple[str, str]) -> None:
    record = town.introduce("2019-03-01")
    town.follow()
    assert codes(town.answer(town.check(record), **body)) == [fault]
    with everything():
        assert not RetentionAnswer.objects.exists()


def test_nobody_is_here_on_a_day_that_is_still_to_come_but_a_departure_is_told_at_once(town: Town) -> None:
    record = town.introduce(clock.today().isoformat())
    town.follow()
    assert codes(town.answer(town.check(record), answer="stays")) == [("answer", "too_early")]
    left = {"answer": "left", "left_on": clock.today().isoformat(), "reason": "family"}
    assert town.answer(town.check(record), **left).status_code == 200


def test_nobody_is_away_and_here_on_one_day(town: Town) -> None:
    record = town.introduce("2019-03-01")
    town.follow()
    assert town.answer(town.check(record, 12), answer="stays").status_code == 200
    assert codes(town.answer(town.check(record, 6), **LEFT)) == [("answer", "contradicts")]
    back = {**LEFT, "answer": "came_back", "returned_on": "2020-01-01"}
    assert town.answer(town.check(record, 6), **back).status_code == 200


def test_who_was_trained_is_answered_for_in_other_words(town: Town) -> None:
    records = [town.record(town.person(), "2019-03-01") for _ in range(4)]
    town.follow()
    said = ("employed_here", "employed_elsewhere", "not_employed", "unknown")
    for record, answer in zip(records, said, strict=True):
        found = town.answer(town.check(record), by="UNI-A", answer=answer)
        assert found.status_code == 200, found.content
    assert codes(town.answer(town.check(records[0]), by="UNI-A", answer="stays")) == [("answer", "not_for_path")]
    assert town.check(records[1]).left_on is not None
    town.follow()
    figures = [town.figure(as_of)["still_here"] for as_of in ("2019-08-31", "2019-09-01")]
    assert figures == [4, 3]  # elsewhere from the day of the question on
    assert town.owed() == [("UNI-A", "2019-Q3", "reported", False)]


def test_an_obligation_is_reported_once_all_its_questions_are_answered(town: Town) -> None:
    first, second = town.introduce("2019-03-01"), town.introduce("2019-02-01")
    town.follow()
    town.answer(town.check(first), answer="stays")
    assert town.owed(period__code="2019-Q3") == [("HITECH", "2019-Q3", "missing", None)]
    town.answer(town.check(second), answer="unknown")
    assert town.owed(period__code="2019-Q3") == [("HITECH", "2019-Q3", "reported", False)]
    third = town.introduce("2019-01-15")
    town.follow()
    assert town.owed(period__code="2019-Q3") == [("HITECH", "2019-Q3", "missing", None)]
    town.change(third, state="revoked", reason="revoked")
    town.follow()
    assert town.owed(period__code="2019-Q3") == [("HITECH", "2019-Q3", "reported", False)]


def test_what_is_owed_is_excused_extended_and_never_confirmed_as_zero(town: Town) -> None:
    town.introduce("2019-03-01")
    town.follow()
    asked = {"kind": "retention", "period": "2019-Q3"}
    [owed] = town.clients["HITECH"].get(f"{API}obligations/", asked).json()["results"]
    refused = town.clients["HITECH"].post(f"{API}obligations/{owed['id']}/confirm-zero/")
    assert refused.status_code == 409
    assert "unknown" in refused.json()["detail"]
    later = {"period": "2019-Q3", "organisation": "HITECH", "due_on": "2019-12-31", "reason": "搬迁"}
    assert town.officer.post(f"{API}extensions/", later, format="json").status_code == 201
    found = town.officer.get(f"{API}obligations/{owed['id']}/").json()
    assert (found["due_on"], found["extended"]) == ("2019-12-31", True)
    excused = town.officer.post(f"{API}obligations/{owed['id']}/excuse/", {"reason": "停业"}, format="json")
    assert excused.json()["state"] == "excused"


def test_rates_of_reports_know_nothing_of_proofs_of_stay(town: Town) -> None:
    town.introduce("2019-03-01")
    town.follow()
    before = town.officer.get(f"{API}rates/", {"by": "all"}).json()["results"][0]
    proofs = town.officer.get(f"{API}rates/", {"by": "all", "kind": "retention"}).json()["results"][0]
    assert proofs["expected"] == 2
    with everything():
        reports = Obligation.objects.filter(kind="reporting").exclude(state="excused").count()
    assert before["expected"] == reports


def test_many_answers_are_taken_together_or_none(town: Town) -> None:
    records = [town.introduce("2019-03-01") for _ in range(3)]
    town.follow()
    ids = [town.check(record).pk for record in records]
    given = [
        {"check": ids[0], "answer": "stays"},
        {"check": ids[1], "answer": "left", "left_on": "2018-01-01", "reason": "pay"},
        {"check": ids[0], "answer": "unknown"},
    ]
    client = town.clients["HITECH"]
    address = f"{API}retention/checks/answer/"
    wrong = codes(client.post(address, {"answers": given}, format="json"))
    assert wrong == [("answers.1.left_on", "before_arrival"), ("answers.2", "twice")]
    assert town.checks(months=6, state="open") != []
    given = [
        {"check": ids[0], "answer": "stays"},
        {"check": ids[1], **LEFT},
        {"check": ids[2], "answer": "unknown"},
    ]
    done = client.post(address, {"answers": given}, format="json")
    assert done.json() == {"answered": 3, "corrected": 0, "unchanged": 0}
    again = client.post(address, {"answers": [*given[:2], {**given[2], "answer": "stays"}]}, format="json")
    assert again.json() == {"answered": 0, "corrected": 1, "unchanged": 2}
    assert town.owed(period__code="2019-Q3") == [("HITECH", "2019-Q3", "reported", False)]


def test_somebody_elses_question_is_not_there(town: Town) -> None:
    record = town.introduce("2019-03-01")
    town.follow()
    check = town.check(record)
    other = client_of(PartnerFactory(organisation=OrganisationFactory()))
    assert other.get(f"{API}retention/checks/").json()["results"] == []
    assert other.get(f"{API}retention/checks/{check.pk}/").status_code == 404
    assert other.post(f"{API}retention/checks/{check.pk}/answer/", LEFT, format="json").status_code == 404
    body = {"answers": [{"check": check.pk, **LEFT}]}
    assert other.post(f"{API}retention/checks/answer/", body, format="json").status_code == 404


def test_an_officer_answers_on_behalf_and_the_trail_says_so(town: Town) -> None:
    record = town.introduce("2019-03-01")
    town.follow()
    address = f"{API}retention/checks/{town.check(record).pk}/answer/"
    assert town.officer.post(address, LEFT, format="json").status_code == 200
    with everything():
        assert AuditEntry.objects.get(action="retention.answer").detail["on_behalf"] is True


def test_what_is_withdrawn_or_locked_is_not_answered(town: Town) -> None:
    record, other = town.introduce("2019-03-01"), town.introduce("2019-03-02")
    town.follow()
    town.change(record, state="revoked", reason="revoked")
    town.follow()
    refused = town.answer(town.check(record), **LEFT)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[-1]) == (409, "not_asked")
    with everything():
        periods.lock_period(actor=None, period=Period.objects.get(code="2019-Q3"), reason="核定")
    refused = town.answer(town.check(other), **LEFT)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[-1]) == (409, "period_locked")


def test_the_list_is_filtered_and_tells_people_apart(town: Town) -> None:
    records = [town.introduce("2019-03-01", partner_ref=f"P{n}") for n in range(3)]
    town.record(town.person(), "2019-03-01")
    town.follow()
    town.answer(town.check(records[0]), **LEFT)
    ask = town.officer.get
    asked: list[tuple[dict[str, Any], int]] = [
        ({"organisation": "HITECH"}, 6),
        ({"path": "trained"}, 1),
        ({"months": "12"}, 3),
        ({"state": "open", "months": "6"}, 3),
        ({"left": "true"}, 1),
        ({"answer": "left"}, 1),
        ({"period": "2020-Q1"}, 3),
        ({"falls_to": "2019-09-01"}, 4),
        ({"person": str(records[1].person_id)}, 2),
        ({"record": str(records[1].pk)}, 2),
    ]
    for filters, count in asked:
        assert ask(f"{API}retention/checks/", {**filters, "count": "exact"}).json()["count"] == count, filters
    asking: dict[str, Any] = {"record": records[2].pk, "months": "6"}
    [one] = ask(f"{API}retention/checks/", asking).json()["results"]
    assert (one["partner_ref"], one["programme"], one["since"]) == ("P2", "INTRO", "2019-03-01")


def test_rates_by_hand(town: Town) -> None:
    """Of five asked after six months four are answered: stayed, left before the day, left after it, unknown."""
    records = [town.introduce("2019-03-01") for _ in range(5)]
    town.follow()
    for record, body in zip(
        records,
        [{"answer": "stays"}, LEFT, {**LEFT, "left_on": "2019-09-02"}, {"answer": "unknown"}],
        strict=False,
    ):
        assert town.answer(town.check(record), **body).status_code == 200
    town.follow()
    found = {one["key"]: one for one in town.officer.get(f"{API}retention/rates/").json()["results"]}
    assert found["6"] == {
        "key": "6",
        "asked": 5,
        "answered": 4,
        "unknown": 1,
        "stayed": 2,
        "gone": 1,
        "answer_rate": 0.8,
        "retention_rate": 0.6667,
    }
    assert found["12"]["asked"] == 3


def test_the_manager_finds_who_left(town: Town) -> None:
    records = [town.introduce("2019-03-01", district=district) for district in ("520102", "520103")]
    town.follow()
    town.answer(town.check(records[0]), **LEFT)
    town.follow()
    asked = {"as_of": "2020-12-31", "count": "exact"}
    left = town.officer.get(f"{API}targets/all/people/", {**asked, "left": "true"}).json()
    assert [(one["record"], one["left_on"]) for one in left["results"]] == [(records[0].pk, "2019-08-01")]
    here = town.officer.get(f"{API}targets/all/people/", {**asked, "left": "false"}).json()
    assert (left["count"], here["count"], here["results"][0]["left_on"]) == (1, 1, None)
    parts = town.officer.get(f"{API}targets/all/breakdown/", {"by": "district", "as_of": "2020-12-31"}).json()
    assert {one["key"]: one["still_here"] for one in parts["results"]} == {"520102": 0, "520103": 1}
    points = town.officer.get(f"{API}targets/all/series/", {"by": "quarter", "as_of": "2020-12-31"}).json()["results"]
    assert [one["still_here"] for one in points if one["period"] in ("2019-Q2", "2019-Q3")] == [2, 1]
