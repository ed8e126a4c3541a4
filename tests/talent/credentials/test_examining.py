"""An officer's verdicts on credentials, and what they do to the count."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from programs.records.models import Record
from programs.targets.models import LedgerEntry
from programs.targets.recount import recount
from programs.targets.services import settle
from talent.credentials.models import Credential, Examination
from talent.credentials.selectors import unexamined
from talent.people.models import MatchCase
from tests.factories import CredentialFactory, ManagerFactory, OfficerFactory, OrganisationFactory
from tests.support.http import Caller, code_of
from tests.support.partner import Partner

MASTER = {
    "education": "硕士研究生毕业",
    "school": "四川大学",
    "graduated_on": "2010-07-01",
    "education_cert_no": "106101201002000001",
}
SENIOR = {"title": "高级工程师", "title_awarded_on": "2015-01-01", "title_cert_no": "GZ-2015-77"}


@pytest.fixture
def partner(db: None, run_jobs: Callable[[], int]) -> Partner:
    return Partner(run_jobs)


@pytest.fixture
def officer(db: None) -> Caller:
    return Caller(OfficerFactory(), **{"accept-language": "en"})


def held(kind: str = "education", **filters: Any) -> Credential:
    with everything():
        return Credential.objects.filter(kind=kind, **filters).get()


def examine(caller: Caller, credential: Credential, verdict: str, reason: str = "学信网查无此证") -> Any:
    return caller.post(f"credentials/{credential.pk}/{verdict}/", {"reason": reason}, format="json")


def basis(caller: Caller) -> list[str]:
    settle()
    return [row["basis"] for row in caller.get("targets/high-end/people/").json()["results"]]


def entries() -> list[tuple[int, str, str]]:
    with everything():
        rows = LedgerEntry.objects.filter(target__code="high-end").order_by("number")
        return list(rows.values_list("delta", "basis", "reason"))


def test_both_bases_are_kept(partner: Partner, officer: Caller) -> None:
    partner.report([partner.row(1, **MASTER, **SENIOR)])
    partner.decide("verify")
    assert basis(officer) == ["education"]
    education, title = held(), held("title")
    assert examine(officer, education, "refute").json()["state"] == "refuted"
    assert basis(officer) == ["title"]
    assert entries() == [(1, "education", "verified"), (-1, "education", "refuted"), (1, "title", "refuted")]
    examine(officer, title, "refute")
    assert basis(officer) == []
    assert entries()[-1] == (-1, "title", "refuted")
    answer = examine(officer, education, "reopen", "学信网更正")
    assert answer.json()["state"] == "claimed"
    assert [one["verdict"] for one in answer.json()["examinations"]] == ["refute", "reopen"]
    assert basis(officer) == ["education"]
    assert entries()[-1] == (1, "education", "reopened")
    assert recount().agrees


def test_a_verdict_has_its_story(partner: Partner, officer: Caller) -> None:
    partner.report([partner.row(1, **MASTER)])
    education = held()
    assert code_of(examine(officer, education, "refute", " ")) == "invalid"
    assert examine(officer, education, "refute", "与520111198811039164不符").status_code == 200
    whole = officer.get(f"credentials/{education.pk}/").json()
    assert whole["number"] == "106*************01"
    [verdict] = whole["examinations"]
    assert verdict["reason"] == "与520************不符"
    assert verdict["by"]
    events = officer.get(f"people/{education.person_id}/timeline/").json()
    assert "credential_refuted" in str(events)
    own = partner.api.get(f"/api/v1/credentials/{education.pk}/").json()
    assert own["examinations"][0]["by"] is None
    assert own["examinations"][0]["reason"]
    with everything():
        assert AuditEntry.objects.filter(action="credential.refute", subject_id=str(education.pk)).count() == 1


def test_the_same_again_stands_and_the_other_is_a_conflict(partner: Partner, officer: Caller) -> None:
    partner.report([partner.row(1, **MASTER)])
    education = held()
    assert examine(officer, education, "confirm", "").status_code == 200
    assert examine(officer, education, "confirm", "").status_code == 200
    refused = examine(officer, education, "refute")
    assert (refused.status_code, refused.json()["state"]) == (409, "confirmed")
    assert examine(officer, education, "reopen").json()["state"] == "claimed"
    assert examine(officer, education, "reopen").status_code == 200
    with everything():
        assert Examination.objects.count() == 2
    assert examine(Caller(ManagerFactory()), education, "confirm").status_code == 403


def test_many_at_once(officer: Caller, scope_all: None) -> None:
    one, two, three = (CredentialFactory() for _ in range(3))
    examine(officer, two, "confirm", "")
    body = {"ids": [one.pk, two.pk, three.pk], "verdict": "refute", "reason": "查无"}
    answer = officer.post("credentials/examine/", body, format="json").json()
    assert (answer["decided"], answer["standing"], answer["skipped_count"]) == (2, 0, 1)
    assert answer["skipped"][0]["id"] == two.pk
    taken = {"filter": {"state": "refuted"}, "verdict": "reopen", "reason": "查到"}
    assert officer.post("credentials/examine/", taken, format="json").json()["decided"] == 2
    refused: list[dict[str, Any]] = [
        {"filter": {}, "verdict": "confirm"},
        {"filter": {"state": ""}, "verdict": "confirm"},
        {"filter": {"colour": "red"}, "verdict": "confirm"},
        {"ids": [10**9], "verdict": "confirm"},
        {"verdict": "confirm"},
    ]
    for bad in refused:
        assert officer.post("credentials/examine/", bad, format="json").status_code == 400, bad
    assert unexamined([one.record_id]) == {0}


# --- what is sent again


def test_a_refuted_claim_sent_again_stays_refuted_and_a_changed_one_begins_anew(
    partner: Partner, officer: Caller
) -> None:
    partner.report([partner.row(1, **MASTER)])
    examine(officer, held(), "refute")
    partner.report([partner.row(1, **MASTER, remarks="补正")])
    assert held().state == "refuted"
    partner.decide("reject")
    partner.report([partner.row(1, **MASTER)], force=True)
    assert held().state == "refuted"
    partner.report([partner.row(1, **MASTER | {"graduated_on": "2011-07-01"})])
    assert held().state == "claimed"


def test_an_amendment_keeps_what_was_found_out(partner: Partner, officer: Caller) -> None:
    partner.report([partner.row(1, **MASTER, **SENIOR)])
    partner.decide("verify")
    examine(officer, held("title"), "confirm", "")
    examine(officer, held(), "refute")
    partner.report([partner.row(1, **MASTER, **SENIOR | {"title_awarded_on": "2016-01-01"})])
    partner.decide("verify")
    assert (held().state, held("title").state) == ("refuted", "claimed")
    assert basis(officer) == ["title"]
    assert recount().agrees


def test_a_certificate_found_false_is_false_on_every_record(
    partner: Partner, officer: Caller, run_jobs: Callable[[], int]
) -> None:
    other = Partner(run_jobs, OrganisationFactory())
    partner.report([partner.row(1, **MASTER)])
    other.report([other.row(1, name=partner.row(1)["name"], **MASTER)])
    partner.decide("verify")
    other.decide("verify")
    assert basis(officer) == ["education"]
    first = held(organisation=partner.organisation)
    second = held(organisation=other.organisation)
    examine(officer, first, "refute", "伪造，与另一单位所报相同")
    assert held(pk=second.pk).state == "refuted"
    assert basis(officer) == []
    told = other.api.get(f"/api/v1/credentials/{second.pk}/").json()["examinations"]
    assert "另一单位" not in str(told)
    assert told[0]["carried_from"] is None
    # A third record, of a programme of its own, brings the same certificate.
    third = Partner(run_jobs, OrganisationFactory())
    third.report([third.row(1, name=partner.row(1)["name"], **MASTER)])
    assert held(organisation=third.organisation).state == "refuted"
    third.decide("verify")
    assert basis(officer) == []
    # Another person's certificate of the same number is another matter: W06 warns of it.
    third.report([third.row(2, **MASTER)])
    with everything():
        record = Record.objects.get(organisation=third.organisation, partner_ref="P000002")
    assert held(record_id=record.pk).state == "claimed"
    examine(officer, held(organisation=other.organisation), "reopen")
    with everything():
        mine = Credential.objects.filter(person_id=first.person_id)
        assert set(mine.values_list("state", flat=True)) == {"claimed"}
    assert basis(officer) == ["education"]
    assert recount().agrees


def test_it_follows_whoever_is_found_to_be_the_same_person(
    partner: Partner, officer: Caller, run_jobs: Callable[[], int]
) -> None:
    partner.report([partner.row(1, **MASTER), partner.row(2, **MASTER)])
    partner.decide("verify")
    assert basis(officer) == ["education"] * 2
    with everything():
        first, second = Credential.objects.order_by("pk")
        # Certificate and birth date speak for one person, and an officer is asked.
        case = MatchCase.objects.get(kind=MatchCase.Kind.PAIR)
    examine(officer, first, "refute", "伪造")
    assert held(pk=second.pk).state == "claimed"
    assert officer.post(f"matches/{case.pk}/same/").status_code == 200
    run_jobs()
    assert held(pk=second.pk).state == "refuted"
    assert basis(officer) == []
    assert officer.post(f"people/{first.person_id}/split/", {"reason": "两个人"}, format="json").status_code == 200
    run_jobs()
    told = officer.get(f"people/{first.person_id}/timeline/").json()["results"]
    words = [one["event"] for one in told]
    assert words.index("merged") < words.index("split")
    assert recount().agrees


def test_what_a_record_claims_stays_with_its_own_person(
    partner: Partner, officer: Caller, run_jobs: Callable[[], int]
) -> None:
    """Found by the machine of histories: a row that names another number of the same human being replaced a record's
    values, and its degree went to the other one; after a split a refutation followed it there."""
    other, name = Partner(run_jobs, OrganisationFactory()), partner.row(1)["name"]
    partner.report([partner.row(1, **MASTER)])
    other.report([other.row(2, name=name, **MASTER)])
    with everything():
        case = MatchCase.objects.get(kind=MatchCase.Kind.PAIR)
    assert officer.post(f"matches/{case.pk}/same/").status_code == 200
    run_jobs()
    partner.report([partner.row(2, name=name, completed_on="2019-03-30", **MASTER)])
    with everything():
        [record] = Record.objects.filter(organisation=partner.organisation)
    own = held(organisation=partner.organisation)
    assert (str(record.completed_on), own.record_id, own.person_id) == ("2019-03-30", record.pk, record.person_id)
    assert officer.post(f"people/{record.person_id}/split/", {"reason": "两个人"}, format="json").status_code == 200
    run_jobs()
    examine(officer, own, "refute", "伪造")
    assert held(organisation=other.organisation).state == "claimed"


def test_one_certificate_is_not_confirmed_here_and_false_there(
    partner: Partner, officer: Caller, run_jobs: Callable[[], int]
) -> None:
    other = Partner(run_jobs, OrganisationFactory())
    partner.report([partner.row(1, **MASTER)])
    other.report([other.row(1, name=partner.row(1)["name"], **MASTER)])
    first, second = held(organisation=partner.organisation), held(organisation=other.organisation)
    examine(officer, first, "confirm", "")
    assert held(pk=second.pk).state == "claimed"
    refused = examine(officer, second, "refute")
    assert refused.status_code == 409
    assert str(first.pk) in refused.json()["detail"]
