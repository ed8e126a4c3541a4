"""Programmes and cohorts over HTTP, by code; who sees what of them; what may not be."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from backend.audit.models import AuditEntry
from programs.catalogue import selectors
from programs.catalogue.models import Cohort, Programme
from tests.factories import (
    BureauFactory,
    CohortFactory,
    IntroductionFactory,
    ManagerFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    ProgrammeFactory,
    RecordFactory,
)

pytestmark = pytest.mark.django_db
PROGRAMMES, COHORTS = "/api/v1/programmes/", "/api/v1/cohorts/"
TRAINING = {
    "code": "BD-TRAIN",
    "name_zh": "大数据实训",
    "name_en": "Big data training",
    "path": "trained",
    "organisations": ["UNI-A", "UNI-B"],
    "starts_on": "2018-01-01",
    "ends_on": "2020-12-31",
}
UNTOLD = {"funding_source": "", "areas": [], "requirements": []}
COHORT = {
    "code": "A-2019",
    "programme": "BD-TRAIN",
    "organisation": "UNI-A",
    "starts_on": "2019-01-01",
    "ends_on": "2019-04-30",
}


@pytest.fixture
def universities(scope_all: None) -> tuple[Organisation, Organisation]:
    return OrganisationFactory(code="UNI-A"), OrganisationFactory(code="UNI-B")


@pytest.fixture
def officer(universities: Any) -> APIClient:
    return signed_in(OfficerFactory())


def signed_in(user: User) -> APIClient:
    client = APIClient(headers={"Accept-Language": "en"})
    client.force_authenticate(user)
    return client


def send(client: APIClient, path: str, body: dict[str, Any], method: str = "post") -> Any:
    return getattr(client, method)(path, body, format="json")


def errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 400, answer.content
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


def kind(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/")[-1]


def test_a_programme_is_opened_and_read_by_code(officer: APIClient) -> None:
    answer = send(officer, PROGRAMMES, {**TRAINING, "segment": "core", "capacity": 3000})
    assert answer.status_code == 201
    assert answer.json() == {**TRAINING, **UNTOLD, "segment": "core", "capacity": 3000}
    assert officer.get(f"{PROGRAMMES}BD-TRAIN/").json() == answer.json()
    entry = AuditEntry.objects.get(action="programme.create")
    assert entry.detail["organisations"] == ["UNI-A", "UNI-B"]


@pytest.mark.parametrize("code", ["BD-TRAIN", "bd-train"])
def test_what_exists_is_a_conflict_whatever_else_is_wrong_with_it(officer: APIClient, code: str) -> None:
    send(officer, PROGRAMMES, TRAINING)
    again = {**TRAINING, "code": code, "ends_on": "2017-01-01"}
    assert kind(send(officer, PROGRAMMES, again)) == (409, "already_exists")
    send(officer, COHORTS, COHORT)
    assert kind(send(officer, COHORTS, {**COHORT, "code": "a-2019"})) == (409, "already_exists")
    assert (Programme.objects.count(), Cohort.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"organisations": ["UNI-A", "UNI-X"]}, {"organisations": "does_not_exist"}),
        ({"organisations": "UNI-A"}, {"organisations": "not_a_list"}),
        ({"ends_on": "2017-12-31"}, {"ends_on": "before_start"}),
        ({"starts_on": "2018-02-30"}, {"starts_on": "invalid"}),
        ({"path": "bought"}, {"path": "invalid_choice"}),
        ({"segment": "other"}, {"segment": "invalid_choice"}),
        ({"capacity": -1}, {"capacity": "min_value"}),
        ({"code": "a code"}, {"code": "invalid"}),
        ({"code": "a/b", "name_zh": ""}, {"code": "invalid", "name_zh": "blank"}),
        ({"code": "A" * 41}, {"code": "max_length"}),
    ],
)
def test_a_programme_that_cannot_be_names_each_field(
    officer: APIClient, change: dict[str, Any], wrong: dict[str, str]
) -> None:
    assert errors(send(officer, PROGRAMMES, {**TRAINING, **change})) == wrong
    assert not Programme.objects.exists()


def test_the_bureau_takes_part_in_nothing(officer: APIClient) -> None:
    bureau = BureauFactory()
    assert errors(send(officer, PROGRAMMES, {**TRAINING, "organisations": [bureau.code]})) == {
        "organisations": "bureau"
    }


def test_organisations_join_and_leave(officer: APIClient) -> None:
    OrganisationFactory(code="UNI-C")
    send(officer, PROGRAMMES, TRAINING)
    send(officer, COHORTS, COHORT)
    here = f"{PROGRAMMES}BD-TRAIN/"
    joined = send(officer, here, {"organisations": ["UNI-C", "UNI-A"]}, "patch")
    assert joined.json()["organisations"] == ["UNI-A", "UNI-C"]
    entry = AuditEntry.objects.get(action="programme.change")
    assert entry.detail == {"organisations": [["UNI-A", "UNI-B"], ["UNI-A", "UNI-C"]]}
    assert errors(send(officer, here, {"organisations": ["UNI-C"]}, "patch")) == {"organisations": "in_use"}
    assert send(officer, here, {"organisations": ["UNI-C", "UNI-A"]}, "patch").status_code == 200
    assert AuditEntry.objects.filter(action="programme.change").count() == 1


def test_an_introducing_organisation_with_records_stays(officer: APIClient, universities: Any) -> None:
    programme = IntroductionFactory(code="INTRO", organisations=universities)
    RecordFactory(organisation=universities[0], cohort=None, programme=programme)
    here = f"{PROGRAMMES}INTRO/"
    assert errors(send(officer, here, {"organisations": ["UNI-B"]}, "patch")) == {"organisations": "in_use"}
    assert send(officer, here, {"organisations": ["UNI-A"]}, "patch").json()["organisations"] == ["UNI-A"]
    assert errors(send(officer, here, {"path": "trained"}, "patch")) == {"path": "in_use"}


def test_a_programme_keeps_its_code_its_path_and_its_cohorts(officer: APIClient) -> None:
    send(officer, PROGRAMMES, TRAINING)
    send(officer, COHORTS, COHORT)
    here = f"{PROGRAMMES}BD-TRAIN/"
    assert errors(send(officer, here, {"code": "OTHER"}, "patch")) == {"code": "fixed"}
    assert errors(send(officer, here, {"path": "introduced"}, "patch")) == {"path": "in_use"}
    assert errors(send(officer, here, {"starts_on": "2019-02-01"}, "patch")) == {"starts_on": "outside"}
    assert errors(send(officer, here, {"ends_on": "2019-03-01"}, "patch")) == {"ends_on": "outside"}
    assert (
        send(officer, here, {"name_en": "Training", "ends_on": "2019-12-31"}, "patch").json()["name_en"] == "Training"
    )


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"programme": "NONE"}, {"programme": "does_not_exist"}),
        ({"programme": "INTRO"}, {"programme": "path"}),
        ({"organisation": "UNI-X"}, {"organisation": "does_not_exist"}),
        ({"organisation": "UNI-C"}, {"organisation": "not_taking_part"}),
        ({"starts_on": "2017-12-31"}, {"starts_on": "outside"}),
        ({"ends_on": "2021-01-01"}, {"ends_on": "outside"}),
        ({"ends_on": "2018-12-31"}, {"ends_on": "before_start"}),
        ({"code": ""}, {"code": "blank"}),
    ],
)
def test_a_cohort_that_cannot_be_names_each_field(
    officer: APIClient, universities: Any, change: dict[str, Any], wrong: dict[str, str]
) -> None:
    OrganisationFactory(code="UNI-C")
    IntroductionFactory(code="INTRO", organisations=universities)
    send(officer, PROGRAMMES, TRAINING)
    assert errors(send(officer, COHORTS, {**COHORT, **change})) == wrong
    assert not Cohort.objects.exists()


def test_a_cohort_changes_but_not_under_its_records(officer: APIClient) -> None:
    send(officer, PROGRAMMES, TRAINING)
    assert send(officer, COHORTS, COHORT).json() == {**COHORT, "capacity": None, "places_left": None, "contacts": []}
    here = f"{COHORTS}A-2019/"
    assert send(officer, here, {"organisation": "UNI-B"}, "patch").json()["organisation"] == "UNI-B"
    cohort = Cohort.objects.get()
    RecordFactory(organisation=cohort.organisation, cohort=cohort)
    assert errors(send(officer, here, {"organisation": "UNI-A"}, "patch")) == {"organisation": "in_use"}
    assert errors(send(officer, here, {"code": "B"}, "patch")) == {"code": "fixed"}
    assert errors(send(officer, here, {"ends_on": "2022-01-01"}, "patch")) == {"ends_on": "outside"}
    assert send(officer, here, {"capacity": 40, "ends_on": "2019-05-31"}, "patch").json()["capacity"] == 40
    entry = AuditEntry.objects.filter(action="cohort.change").latest("id")
    assert entry.detail == {"capacity": [None, 40], "ends_on": ["2019-04-30", "2019-05-31"]}


def test_a_partner_sees_what_it_takes_part_in_and_nobody_else_there(universities: Any) -> None:
    ours, theirs = universities
    both = ProgrammeFactory(code="BOTH", organisations=universities)
    ProgrammeFactory(code="THEIRS", organisations=[theirs])
    CohortFactory(code="OURS-1", programme=both, organisation=ours)
    CohortFactory(code="THEIRS-1", programme=both, organisation=theirs)
    partner = signed_in(PartnerFactory(organisation=ours))

    assert [(row["code"], row["organisations"]) for row in partner.get(PROGRAMMES).json()["results"]] == [
        ("BOTH", ["UNI-A"])
    ]
    assert [row["code"] for row in partner.get(COHORTS).json()["results"]] == ["OURS-1"]
    assert partner.get(PROGRAMMES, {"organisation": "UNI-B"}).json()["results"] == []
    for hidden in (f"{PROGRAMMES}THEIRS/", f"{COHORTS}THEIRS-1/", f"{PROGRAMMES}NONE/"):
        assert partner.get(hidden).status_code == 404
    assert partner.get(f"{PROGRAMMES}BOTH/").json()["organisations"] == ["UNI-A"]


def test_the_database_hides_others_even_where_no_selector_asks(universities: Any) -> None:
    ours, theirs = universities
    both = ProgrammeFactory(organisations=universities)
    ProgrammeFactory(organisations=[theirs])
    CohortFactory(programme=both, organisation=theirs)
    with scope.within(ours.pk):
        assert list(Programme.objects.all()) == [both]
        assert list(both.organisations.all()) == [ours]
        assert not Cohort.objects.exists()
    assert selectors.programmes(None).count() == selectors.cohorts(None).count() == 0


@pytest.mark.parametrize("factory", [PartnerFactory, ManagerFactory])
def test_only_officers_write(universities: Any, factory: Any) -> None:
    programme = ProgrammeFactory(code="BD-TRAIN", organisations=universities)
    CohortFactory(code="A-2019", programme=programme, organisation=universities[0])
    user = factory(organisation=universities[0]) if factory is PartnerFactory else factory()
    client = signed_in(user)
    for method, path in (
        ("post", PROGRAMMES),
        ("patch", f"{PROGRAMMES}BD-TRAIN/"),
        ("post", COHORTS),
        ("patch", f"{COHORTS}A-2019/"),
    ):
        assert send(client, path, {}, method).status_code == 403
    assert send(APIClient(), PROGRAMMES, {}).status_code == 401


def test_filters(officer: APIClient, universities: Any) -> None:
    training = ProgrammeFactory(code="BD", organisations=universities[:1], segment="core", name_en="Data")
    IntroductionFactory(code="INTRO", organisations=universities[1:])
    CohortFactory(code="A", programme=training, organisation=universities[0])

    def codes(address: str, **params: str) -> list[str]:
        return [row["code"] for row in officer.get(address, params).json()["results"]]

    assert codes(PROGRAMMES) == ["BD", "INTRO"]
    assert codes(PROGRAMMES, path="introduced") == ["INTRO"]
    assert codes(PROGRAMMES, organisation="UNI-A") == ["BD"]
    assert codes(PROGRAMMES, segment="core") == ["BD"]
    assert codes(PROGRAMMES, q="引进") == ["INTRO"]
    assert codes(PROGRAMMES, on="2021-01-01") == []
    assert codes(COHORTS, programme="BD", organisation="UNI-A", on="2019-02-02") == ["A"]
    assert codes(COHORTS, programme="INTRO") == []
    for path in (PROGRAMMES, COHORTS):
        assert officer.get(path, {"colour": "red"}).status_code == 400
        assert officer.get(path, {"format": "csv"}).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_list(
    officer: APIClient, universities: Any, django_assert_max_num_queries: Any
) -> None:
    for _n in range(12):
        CohortFactory(programme=ProgrammeFactory(organisations=universities), organisation=universities[0])
    for path in (PROGRAMMES, COHORTS):
        with django_assert_max_num_queries(12):
            assert len(officer.get(path).json()["results"]) == 12
