"""The pages on which organisations are renamed, nested, merged and closed."""

import datetime as dt

import pytest
from django.test import Client

from backend import clock
from backend.accounts.models import Organisation
from tests.factories import BureauFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.support.browsing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in(OfficerFactory())


@pytest.fixture
def college() -> Organisation:
    return OrganisationFactory(code="COLLEGE", name_zh="大数据学院", name_en="School of Big Data")


def test_the_end_is_shown_before_it_is_entered(officer: Client, college: Organisation) -> None:
    PartnerFactory(organisation=college)
    path, given = "/organisations/COLLEGE/acts/close/", {"day": clock.today().isoformat(), "reason": "撤销建制"}
    looked = officer.post(path, given)
    assert looked.status_code == 200
    assert {one.code: one.count for one in looked.context["foretold"]}["users"] == 1
    college.refresh_from_db()
    assert college.closed_on is None, "looking changes nothing"
    done = officer.post(path, {**given, "do": "true"})
    assert (done.status_code, done["Location"]) == (303, "/organisations/COLLEGE/")
    page = officer.get("/organisations/COLLEGE/").content.decode()
    assert f"Closed from {clock.today()}" in page
    assert "撤销建制" in page
    assert "/acts/close/" not in page, "it does not end twice"
    assert "Closed from" in officer.get("/organisations/?closed=true").content.decode()


def test_a_name_to_come_stands_in_the_history_and_is_taken_back(officer: Client, college: Organisation) -> None:
    day = (clock.today() + dt.timedelta(days=9)).isoformat()
    given = {"name_zh": "数据学院", "name_en": "Data School", "day": day, "reason": "更名批复"}
    assert officer.post("/organisations/COLLEGE/acts/rename/", given).status_code == 303
    page = officer.get("/organisations/COLLEGE/")
    coming = page.context["timeline"][0]
    assert (coming["coming"], coming["in_force"], coming["withdrawable"]) == (True, False, True)
    assert "Called “数据学院 / Data School”" in page.content.decode()
    path = f"/organisations/COLLEGE/changes/{coming['change'].pk}/"
    assert officer.get(path).status_code == 200
    assert officer.post(path, {"reason": ""}).status_code == 400
    assert officer.post(path, {"reason": "暂缓"}).status_code == 303
    assert "暂缓" in officer.get("/organisations/COLLEGE/").content.decode()


def test_a_refusal_stands_beside_its_field(officer: Client, college: Organisation) -> None:
    given = {"parent": "COLLEGE", "day": "2019-01-01", "reason": "调整"}
    assert officer.post("/organisations/COLLEGE/acts/nest/", given).status_code == 400
    late = officer.post("/organisations/COLLEGE/acts/rename/", {"name_zh": "x", "day": "1066-01-01", "reason": "古"})
    assert late.status_code == 400
    assert "day" in late.context["form"].errors
    assert officer.post("/organisations/COLLEGE/acts/close/", {"day": "", "reason": "x"}).status_code == 400
    assert officer.get("/organisations/COLLEGE/acts/sell/").status_code == 404


def test_the_bureau_and_partners_are_offered_nothing(college: Organisation, officer: Client) -> None:
    bureau = BureauFactory()
    assert officer.get(f"/organisations/{bureau.code}/acts/rename/").status_code == 403
    assert not officer.get(f"/organisations/{bureau.code}/").context["acts"]
    clerk = signed_in(PartnerFactory(organisation=college))
    page = clerk.get("/organisations/COLLEGE/")
    assert page.context["acts"] == []
    assert page.context["timeline"] == [] or not any(one["withdrawable"] for one in page.context["timeline"])
    assert clerk.get("/organisations/COLLEGE/acts/rename/").status_code == 403
