"""A return says field by field what to mend; the partner mends, and the officer sees what changed and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.scope import everything
from programs.records.models import Decision, Revision
from tests.factories import AmendmentFactory, OfficerFactory
from tests.programs.desks.officer.world import reported
from tests.support.http import Caller
from tests.support.partner import Partner

pytestmark = pytest.mark.django_db
FIELDS = {"district": "区县应为云岩区", "school": "学校名称写全", "name": "与证件核对"}


@pytest.fixture
def partner(run_jobs: Callable[[], int]) -> Partner:
    return Partner(run_jobs)


@pytest.fixture
def officer(partner: Partner) -> Caller:
    return Caller(OfficerFactory(username="li"))


def post(caller: Any, path: str, **body: Any) -> Any:
    return caller.post(path, body, format="json")


def test_reasons_by_field_reach_the_partner(partner: Partner, officer: Caller) -> None:
    partner.report([partner.row(1)])
    [record] = partner.records()
    answer = post(officer, f"records/{record['id']}/return/", reason="请更正。", fields=FIELDS)
    assert answer.status_code == 200, answer.content
    seen = partner.api.get(f"/api/v1/records/{record['id']}/").json()
    assert [(one["column"], one["reason"], one["mended"]) for one in seen["asked"]] == [
        ("name", FIELDS["name"], None),
        ("school", FIELDS["school"], None),
        ("district", FIELDS["district"], None),
    ]
    assert seen["reason"] == "请更正。"
    assert seen["mended"] is None


def test_mended_is_shown_old_and_new_with_what_was_asked(partner: Partner, officer: Caller) -> None:
    mobile = {"mobile": "13800000001"}
    partner.report([partner.row(1, **mobile), partner.row(2)])
    first = next(one for one in partner.records() if one["partner_ref"] == "P000001")
    post(officer, f"records/{first['id']}/return/", reason="请更正。", fields=FIELDS | {"mobile": "空号"})
    partner.report([partner.row(1, district="云岩区", remarks="已更正", mobile="13800000002")])
    seen = officer.get(f"records/{first['id']}/").json()
    assert seen["state"] == "submitted"
    assert {one["column"]: (one["old"], one["new"]) for one in seen["mended"]} == {
        "district": ("520102", "520103"),
        "remarks": ("", "已更正"),
        "mobile": ("138******01", "138******02"),
    }
    assert {one["column"]: one["mended"] for one in seen["asked"]} == {
        "name": None,
        "mobile": True,
        "school": False,
        "district": True,
    }
    assert post(officer, f"records/{first['id']}/verify/").json()["mended"] is None
    with everything():
        assert Revision.objects.count() == 1


def test_without_a_return_nothing_is_kept(partner: Partner, officer: Caller) -> None:
    partner.report([partner.row(1)])
    partner.report([partner.row(1, district="云岩区")])
    [record] = partner.records()
    assert officer.get(f"records/{record['id']}/").json()["mended"] is None
    with everything():
        assert not Revision.objects.exists()


def test_of_a_returned_amendment_too(officer: Caller) -> None:
    first = AmendmentFactory(district="520103", school="贵大")
    record = first.record
    post(officer, f"records/{record.pk}/return/", fields={"school": "写全", "district": "再核对"})
    with everything():
        record.refresh_from_db()
    AmendmentFactory(record=record, district="520103", school="贵州大学")
    seen = officer.get(f"records/{record.pk}/").json()
    assert {one["column"]: one["mended"] for one in seen["asked"]} == {"school": True, "district": False}
    assert {one["column"] for one in seen["amendment"]["changes"]} >= {"district", "school"}


def test_fields_alone_are_a_reason_and_belong_to_returns(officer: Caller) -> None:
    [record] = reported(1)
    path = f"records/{record.pk}"
    assert post(officer, f"{path}/reject/", reason="x", fields={"school": "y"}).status_code == 400
    assert post(officer, f"{path}/return/", fields={"shoe_size": "y"}).status_code == 400
    assert post(officer, f"{path}/return/", fields={"school": "x" * 501}).status_code == 400
    assert post(officer, f"{path}/return/", fields={"school": " "}).status_code == 400
    many = post(
        officer, "records/decide/", ids=[record.pk], decision="return", fields={"school": "写全 520102198501010018"}
    )
    assert many.json()["decided"] == 1
    seen = officer.get(f"{path}/").json()
    assert "198501010018" not in seen["reason"]
    assert seen["reason"].startswith("毕业院校：写全 520")
    with everything():
        assert list(Decision.objects.get().fields) == ["school"]


def test_an_undone_return_asks_for_nothing(officer: Caller) -> None:
    [record] = reported(1)
    post(officer, f"records/{record.pk}/return/", fields={"school": "写全"})
    assert post(officer, f"records/{record.pk}/undo/").json()["asked"] == []
