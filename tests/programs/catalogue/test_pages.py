"""The pages of programmes and cohorts."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts import scope
from backend.audit.models import AuditEntry
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
)
from tests.support.browsing import faults, signed_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in(OfficerFactory())


def programme_body(**changes: Any) -> dict[str, Any]:
    span = {"starts_on": "2019-01-01", "ends_on": "2019-12-31"}
    return {"code": "BD-2019", "name_zh": "大数据实训", "path": "trained", **span, **changes}


def cohort_body(programme: Programme, **changes: Any) -> dict[str, Any]:
    span = {"starts_on": "2019-01-01", "ends_on": "2019-04-30"}
    return {"code": "BD-2019-1", "programme": programme.code, **span, **changes}


def test_opening_a_programme(officer: Client) -> None:
    first, second = OrganisationFactory(), OrganisationFactory()
    BureauFactory()
    offered = officer.get("/programmes/new/").content.decode()
    assert f'value="{first.code}"' in offered
    assert 'value="BUREAU"' not in offered
    sent = programme_body(organisations=[first.code, second.code], capacity="600", segment="core")
    answer = officer.post("/programmes/new/", sent)
    assert (answer.status_code, answer["Location"]) == (303, "/programmes/BD-2019/")
    with scope.everything():
        made = Programme.objects.get(code="BD-2019")
        assert (made.capacity, made.segment, set(made.organisations.all())) == (600, "core", {first, second})


def test_refusals_stand_beside_their_field(officer: Client) -> None:
    found = faults(officer.post("/programmes/new/", programme_body(ends_on="2018-01-01")))
    assert found == {"ends_on": ["The end lies before the start. Mend one of the two dates."]}
    assert list(faults(officer.post("/programmes/new/", programme_body(code="no spaces")))) == ["code"]
    assert list(faults(officer.post("/programmes/new/", programme_body(capacity="-1")))) == ["capacity"]
    cohort = CohortFactory()
    page = f"/programmes/{cohort.programme.code}/edit/"
    stranger = OrganisationFactory()
    sent = programme_body(organisations=[stranger.code], starts_on="2018-01-01", ends_on="2020-12-31")
    [message] = faults(officer.post(page, sent))["organisations"]
    assert cohort.organisation.code in message
    sent = programme_body(organisations=[cohort.organisation.code], starts_on="2019-02-01", ends_on="2020-12-31")
    assert list(faults(officer.post(page, sent))) == ["starts_on"]


def test_a_change_is_saved_and_an_untouched_form_changes_nothing(officer: Client) -> None:
    organisation = OrganisationFactory()
    programme = ProgrammeFactory(organisations=[organisation], capacity=10)
    page = f"/programmes/{programme.code}/edit/"
    form = officer.get(page).context["form"]
    untouched = {name: form.initial[name] for name in ("name_zh", "name_en", "path", "starts_on", "ends_on", "segment")}
    sent = {**untouched, "capacity": "10", "organisations": [organisation.code]}
    assert officer.post(page, sent).status_code == 303
    with scope.everything():
        programme.refresh_from_db()
        assert (programme.name_en, programme.capacity) == ("Big data training", 10)
        assert not AuditEntry.objects.filter(action="programme.change").exists()
    assert officer.post(page, {**sent, "capacity": ""}).status_code == 303
    with scope.everything():
        programme.refresh_from_db()
    assert programme.capacity is None


def test_a_cohort_of_a_programme(officer: Client) -> None:
    inside, outside = OrganisationFactory(), OrganisationFactory()
    programme = ProgrammeFactory(organisations=[inside])
    offered = officer.get(f"/cohorts/new/?programme={programme.code}").content.decode()
    assert f'<option value="{programme.code}" selected>' in offered
    assert f'<option value="{inside.code}"' in offered
    assert f'<option value="{outside.code}"' not in offered
    refused = officer.post("/cohorts/new/", cohort_body(programme, organisation=outside.code))
    assert "does not take part" in faults(refused)["organisation"][0]
    late = officer.post("/cohorts/new/", cohort_body(programme, organisation=inside.code, ends_on="2021-04-30"))
    assert "lies outside programme" in faults(late)["ends_on"][0]
    answer = officer.post("/cohorts/new/", cohort_body(programme, organisation=inside.code, capacity="40"))
    assert (answer.status_code, answer["Location"]) == (303, f"/programmes/{programme.code}/")
    assert "BD-2019-1" in words(officer.get(answer["Location"]))
    page = "/cohorts/BD-2019-1/edit/"
    assert officer.post(page, cohort_body(programme, organisation=inside.code, capacity="50")).status_code == 303
    with scope.everything():
        assert Cohort.objects.get(code="BD-2019-1").capacity == 50


def test_an_introduction_has_no_cohorts(officer: Client) -> None:
    programme = IntroductionFactory()
    said = officer.get(f"/programmes/{programme.code}/")
    assert "has no cohorts" in words(said)
    assert "/cohorts/new/" not in said.content.decode()


def test_a_partner_sees_its_own_and_nobody_else(officer: Client) -> None:
    mine, theirs = CohortFactory(), CohortFactory()
    other = OrganisationFactory(name_en="Some Other University")
    with scope.everything():
        mine.programme.organisations.add(other)
    clerk = signed_in(PartnerFactory(organisation=mine.organisation))
    for page in ("/programmes/", "/cohorts/", f"/programmes/{mine.programme.code}/", f"/cohorts/{mine.code}/"):
        said = words(clerk.get(page))
        assert "Some Other University" not in said, page
        assert theirs.organisation.name_en not in said, page
        assert theirs.code not in said, page
    listed = words(clerk.get("/programmes/"))
    assert mine.programme.code in listed
    assert theirs.programme.code not in listed
    assert clerk.get(f"/cohorts/{theirs.code}/").status_code == 404
    assert "/edit/" not in clerk.get(f"/cohorts/{mine.code}/").content.decode()
    assert clerk.get(f"/cohorts/{mine.code}/edit/").status_code == 403
    assert "Some Other University" in words(officer.get(f"/programmes/{mine.programme.code}/"))


def test_lists_narrow_and_take_as_many_queries_for_many_rows() -> None:
    manager = signed_in(ManagerFactory())

    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert manager.get(page).status_code == 200
        return len(caught)

    CohortFactory()
    few = [queries("/programmes/"), queries("/cohorts/")]
    cohorts = CohortFactory.create_batch(6)
    IntroductionFactory(code="LATER", starts_on="2030-01-01", ends_on="2030-12-31")
    assert [queries("/programmes/"), queries("/cohorts/")] == few
    found = manager.get("/programmes/", {"on": "2030-06-01"}).context["rows"]
    assert [row.code for row in found] == ["LATER"]
    found = manager.get("/cohorts/", {"programme": cohorts[0].programme.code}).context["rows"]
    assert [row["cohort"].code for row in found] == [cohorts[0].code]
    for page in ("/programmes/", "/cohorts/"):
        answer: Any = manager.get(page, {"format": "csv"})
        assert len(b"".join(answer.streaming_content).decode().splitlines()) > 7, page
