"""What a programme teaches and asks for, places, and contacts of cohorts."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.audit.models import AuditEntry
from programs.catalogue.models import Cohort, CurriculumArea, EntryRequirement, Programme
from programs.records.models import Record
from tests.factories import CohortFactory, OfficerFactory, PartnerFactory, ProgrammeFactory, RecordFactory
from tests.programs.catalogue.test_catalogue import COHORTS, PROGRAMMES, errors, send, signed_in

pytestmark = pytest.mark.django_db
AREAS = [
    {"code": "HADOOP", "name_zh": "分布式存储", "name_en": "Distributed storage", "hours": 48.0},
    {"code": "ML", "name_zh": "机器学习", "name_en": "", "hours": 64.5},
]
EITHER = [
    {"education": "14", "title": "", "years": None, "text_zh": "", "text_en": ""},
    {"education": "", "title": "082", "years": 5, "text_zh": "从事数据工作", "text_en": "In data work"},
]


@pytest.fixture
def officer(scope_all: None) -> APIClient:
    return signed_in(OfficerFactory())


def test_areas_and_requirements_are_written_whole_and_kept_in_their_order(officer: APIClient) -> None:
    programme = ProgrammeFactory(code="BD")
    here = f"{PROGRAMMES}BD/"
    answer = send(officer, here, {"areas": AREAS, "requirements": EITHER, "funding_source": "municipal"}, "patch")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["areas"], answer.json()["requirements"]) == (AREAS, EITHER)
    entry = AuditEntry.objects.get(action="programme.change")
    assert entry.detail["areas"] == [[], ["HADOOP 48.0", "ML 64.5"]]
    assert entry.detail["funding_source"] == ["", "municipal"]

    again = send(officer, here, {"areas": AREAS, "requirements": EITHER}, "patch")
    assert again.json() == answer.json()
    assert AuditEntry.objects.filter(action="programme.change").count() == 1
    fewer = send(officer, here, {"areas": AREAS[::-1], "requirements": []}, "patch").json()
    assert ([one["code"] for one in fewer["areas"]], fewer["requirements"]) == (["ML", "HADOOP"], [])
    assert [row["areas"] for row in officer.get(PROGRAMMES).json()["results"]] == [fewer["areas"]]
    assert officer.get(PROGRAMMES, {"funding_source": "municipal"}).json()["results"][0]["code"] == programme.code
    assert officer.get(PROGRAMMES, {"funding_source": "central"}).json()["results"] == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"areas": [AREAS[0], {**AREAS[1], "code": "hadoop"}]}, {"areas.1.code": "unique"}),
        ({"areas": [{**AREAS[0], "hours": 0}]}, {"areas.0.hours": "out_of_range"}),
        ({"areas": [{"code": "X"}]}, {"areas.0.name_zh": "required", "areas.0.hours": "required"}),
        ({"requirements": [{}]}, {"requirements.0": "required"}),
        ({"requirements": [{"education": "20"}]}, {"requirements.0.education": "invalid"}),
        ({"requirements": [{"title": "999"}]}, {"requirements.0.title": "invalid"}),
        ({"requirements": [{"years": -1}]}, {"requirements.0.years": "min_value"}),
        ({"funding_source": "lottery"}, {"funding_source": "invalid"}),
    ],
)
def test_what_cannot_be_names_its_place(officer: APIClient, change: dict[str, Any], wrong: dict[str, str]) -> None:
    ProgrammeFactory(code="BD")
    assert errors(send(officer, f"{PROGRAMMES}BD/", change, "patch")) == wrong
    opened = {"code": "B2", "name_zh": "二", "path": "trained", "organisations": []}
    span = {"starts_on": "2018-01-01", "ends_on": "2018-12-31"}
    assert errors(send(officer, PROGRAMMES, {**opened, **span, **change})) == wrong
    assert not CurriculumArea.objects.exists()
    assert not EntryRequirement.objects.exists()


def test_a_cohort_has_contacts_whose_names_stay_off_the_trail(officer: APIClient) -> None:
    cohort = CohortFactory(code="A")
    someone = {"name": "卢老师", "role": "班主任", "email": "lu@example.org", "phone": ""}
    answer = send(officer, f"{COHORTS}A/", {"contacts": [someone]}, "patch")
    assert answer.json()["contacts"] == [someone]
    assert officer.get(COHORTS).json()["results"][0]["contacts"] == [someone]
    assert AuditEntry.objects.get(action="cohort.change").detail == {"contacts": []}
    assert errors(send(officer, f"{COHORTS}A/", {"contacts": [{"name": " "}]}, "patch")) == {"contacts.0.name": "blank"}
    partner = signed_in(PartnerFactory(organisation=cohort.organisation))
    assert partner.get(f"{COHORTS}A/").json()["contacts"] == [someone]


def test_places_left_are_those_that_nobody_live_takes(officer: APIClient) -> None:
    cohort = CohortFactory(code="A", capacity=3)
    RecordFactory.create_batch(2, cohort=cohort, organisation=cohort.organisation)
    RecordFactory(cohort=cohort, organisation=cohort.organisation, outcome="withdrawn", completed_on=None)
    for state in (Record.State.REJECTED, Record.State.REVOKED, Record.State.WITHDRAWN):
        RecordFactory(cohort=cohort, organisation=cohort.organisation, state=state)
    assert officer.get(f"{COHORTS}A/").json()["places_left"] == 1
    CohortFactory(code="B")
    rows = officer.get(COHORTS).json()["results"]
    assert [(row["code"], row["places_left"]) for row in rows] == [("A", 1), ("B", None)]
    RecordFactory.create_batch(3, cohort=cohort, organisation=cohort.organisation)
    assert officer.get(f"{COHORTS}A/").json()["places_left"] == -2


def test_places_may_not_fall_below_people_nor_rise_above_the_programme(officer: APIClient) -> None:
    programme = ProgrammeFactory(code="BD", capacity=50)
    cohort = CohortFactory(code="A", programme=programme, capacity=30)
    CohortFactory(code="B", programme=programme, capacity=20)
    RecordFactory.create_batch(3, cohort=cohort, organisation=cohort.organisation)
    here, above = f"{COHORTS}A/", f"{PROGRAMMES}BD/"
    assert errors(send(officer, here, {"capacity": 2}, "patch")) == {"capacity": "taken"}
    assert errors(send(officer, here, {"capacity": 31}, "patch")) == {"capacity": "over_programme"}
    assert errors(send(officer, above, {"capacity": 49}, "patch")) == {"capacity": "under_cohorts"}
    another = {"code": "C", "programme": "BD", "organisation": cohort.organisation.code, "capacity": 1}
    span = {"starts_on": "2019-01-01", "ends_on": "2019-02-01"}
    assert errors(send(officer, COHORTS, {**another, **span})) == {"capacity": "over_programme"}
    assert send(officer, here, {"capacity": 3}, "patch").status_code == 200
    assert send(officer, above, {"capacity": 23}, "patch").status_code == 200
    assert send(officer, above, {"capacity": None}, "patch").json()["capacity"] is None
    assert send(officer, COHORTS, {**another, **span, "capacity": 1000}).status_code == 201


def test_what_does_not_fit_already_may_be_brought_nearer(officer: APIClient) -> None:
    programme = ProgrammeFactory(code="BD", capacity=10)
    CohortFactory(code="A", programme=programme, capacity=30)
    assert send(officer, f"{PROGRAMMES}BD/", {"capacity": 20, "name_en": "Data"}, "patch").status_code == 200
    assert send(officer, f"{COHORTS}A/", {"capacity": 25}, "patch").status_code == 200
    assert send(officer, f"{COHORTS}A/", {"ends_on": "2019-05-01"}, "patch").status_code == 200
    assert (Programme.objects.get().capacity, Cohort.objects.get().capacity) == (20, 25)


def test_days_may_not_leave_out_what_was_reported(officer: APIClient) -> None:
    cohort = CohortFactory(code="A")
    RecordFactory(cohort=cohort, organisation=cohort.organisation)
    here = f"{COHORTS}A/"
    moved = {"starts_on": "2019-01-08", "ends_on": "2019-03-28"}
    assert errors(send(officer, here, moved, "patch")) == {"starts_on": "leaves_out", "ends_on": "leaves_out"}
    assert send(officer, here, {"starts_on": "2019-01-07", "ends_on": "2019-03-29"}, "patch").status_code == 200
