"""Organisations that are renamed, nested, merged and closed, over HTTP."""

import datetime as dt
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend import clock
from backend.accounts import scope
from backend.accounts.history import services
from backend.accounts.history.models import OrganisationChange
from backend.accounts.history.selectors import PARENT, SUCCESSOR, follow, names_on, rolled_up
from backend.accounts.models import Organisation
from backend.accounts.tasks import follow as follow_nightly
from backend.audit.models import AuditEntry
from backend.problems import Invalid
from tests.factories import BureauFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.support.http import Caller, code_of, get

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Caller:
    return Caller(OfficerFactory(), **{"accept-language": "en"})


@pytest.fixture
def moving(request: pytest.FixtureRequest) -> Any:
    """The fixture ``clock``, whose name the module that is tested takes."""
    return request.getfixturevalue("clock")


@pytest.fixture
def college() -> Organisation:
    return OrganisationFactory(code="COLLEGE", name_zh="大数据学院", name_en="School of Big Data")


def act(caller: Caller, code: str, what: str, **body: Any) -> Any:
    return caller.post(f"organisations/{code}/{what}/", {"reason": "批复", **body}, format="json")


def done(answer: Any, status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    body: dict[str, Any] = answer.json()
    return body


def fault(answer: Any) -> tuple[str, str]:
    assert answer.status_code == 400, answer.content
    [error] = answer.json()["errors"]
    return error["field"], error["code"]


def day(days: int) -> str:
    """So many days from today."""
    return (clock.today() + dt.timedelta(days=days)).isoformat()


def test_a_name_from_a_day_on_leaves_earlier_days_their_own(officer: Caller, college: Organisation) -> None:
    names = {"name_zh": "大数据与信息工程学院", "name_en": "School of Big Data and Information Engineering"}
    done(act(officer, "COLLEGE", "rename", **{"from": "2019-05-01"}, **names))
    now = get(officer, "organisations/COLLEGE/")
    assert {name: now[name] for name in names} == names, "its day has come: it is so at once"
    assert [one["from"] for one in now["names"]] == [None, "2019-05-01"]
    before = get(officer, "organisations/COLLEGE/", as_of="2019-04-30")
    assert (before["name_zh"], before["name_en"]) == ("大数据学院", "School of Big Data")
    assert get(officer, "organisations/COLLEGE/", as_of="2019-05-01")["name_zh"] == names["name_zh"]
    [listed] = get(officer, "organisations/", code="COLLEGE", as_of="2018-01-01")["results"]
    assert listed["name_zh"] == "大数据学院"
    assert [one["code"] for one in get(officer, "organisations/", search="大数据学院")["results"]] == ["COLLEGE"]


def test_a_name_to_come_comes_by_the_nightly_job(officer: Caller, college: Organisation, moving: Any) -> None:
    done(act(officer, "COLLEGE", "rename", **{"from": day(3)}, name_zh="新学院"))
    assert get(officer, "organisations/COLLEGE/")["name_zh"] == "大数据学院"
    follow_nightly()
    assert get(officer, "organisations/COLLEGE/")["name_zh"] == "大数据学院"
    moving.shift(days=3)
    follow_nightly()
    renamed = get(Caller(OfficerFactory()), "organisations/COLLEGE/")
    assert (renamed["name_zh"], renamed["name_en"]) == ("新学院", "")
    with scope.everything():
        assert AuditEntry.objects.get(action="organisation.follow").detail == {"changed": 1}
    follow_nightly()
    with scope.everything():
        assert AuditEntry.objects.filter(action="organisation.follow").count() == 1


def test_a_correction_holds_for_all_of_the_time(officer: Caller, college: Organisation) -> None:
    done(act(officer, "COLLEGE", "rename", **{"from": "2019-05-01"}, name_zh="大数据于信息工程学院"))
    changed = officer.patch("organisations/COLLEGE/", {"name_zh": "大数据与信息工程学院"}, format="json")
    assert changed.json()["names"][1] == {"from": "2019-05-01", "name_zh": "大数据与信息工程学院", "name_en": ""}
    assert get(officer, "organisations/COLLEGE/", as_of="2019-04-30")["name_zh"] == "大数据学院"
    acts = get(officer, "organisations/COLLEGE/changes/")["results"]
    assert [(one["name_zh"], one["withdrawn_at"] is not None) for one in acts] == [
        ("大数据与信息工程学院", False),
        ("大数据于信息工程学院", True),
        ("大数据学院", False),
    ]


def test_nesting_as_deep_as_need_be_and_never_round(officer: Caller) -> None:
    for code in "ABCDEFGH":
        OrganisationFactory(code=code)
    for below, above in zip("BCDEFGH", "ABCDEFG", strict=True):
        done(act(officer, below, "nest", **{"from": "2019-01-01"}, parent=above))
    assert get(officer, "organisations/H/")["parent"] == "G"
    with scope.everything():
        bodies = {one.code: one.pk for one in Organisation.objects.all()}
        tops = rolled_up(PARENT, dt.date(2019, 1, 1))
        assert {tops[bodies[code]] for code in "BCDEFGH"} == {bodies["A"]}
        assert rolled_up(PARENT, dt.date(2018, 12, 31)) == {}
    assert fault(act(officer, "A", "nest", **{"from": "2018-01-01"}, parent="H")) == ("parent", "invalid")
    assert get(officer, "organisations/A/")["parent"] is None, "what is refused leaves nothing behind"
    assert fault(act(officer, "A", "nest", **{"from": day(30)}, parent="A")) == ("parent", "invalid")
    done(act(officer, "D", "nest", **{"from": day(10)}, parent=None))
    done(act(officer, "A", "nest", **{"from": day(10)}, parent="H"))
    assert fault(act(officer, "D", "nest", **{"from": day(20)}, parent="C")) == ("parent", "invalid")
    assert get(officer, "organisations/A/", as_of=day(10))["parent"] == "H"


def test_an_act_is_taken_back_freely_before_its_day_and_as_a_correction_after_it(
    officer: Caller, college: Organisation
) -> None:
    coming = done(act(officer, "COLLEGE", "close", on=day(5)))
    assert get(officer, "organisations/COLLEGE/")["closed_on"] == day(5)
    assert get(officer, "organisations/COLLEGE/", as_of=day(4))["closed_on"] is None
    path = f"organisations/COLLEGE/changes/{coming['id']}/withdraw/"
    withdrawn = done(officer.post(path, {"reason": "不撤了"}, format="json"), 200)
    assert withdrawn["withdrawal_reason"] == "不撤了"
    assert done(officer.post(path, {"reason": "又一次"}, format="json"), 200) == withdrawn
    assert get(officer, "organisations/COLLEGE/")["closed_on"] is None

    past = done(act(officer, "COLLEGE", "close", on="2019-01-01"))
    path = f"organisations/COLLEGE/changes/{past['id']}/withdraw/"
    refused = officer.post(path, {"reason": "误登"}, format="json")
    assert (refused.status_code, code_of(refused)) == (409, "conflict")
    done(officer.post(path, {"reason": "误登", "correction": True}, format="json"), 200)
    assert get(officer, "organisations/COLLEGE/")["closed_on"] is None
    first = get(officer, "organisations/COLLEGE/changes/")["results"][-1]
    refused = officer.post(
        f"organisations/COLLEGE/changes/{first['id']}/withdraw/", {"reason": "x", "correction": True}, format="json"
    )
    assert refused.status_code == 409, "it must have been called something"


@pytest.mark.parametrize(
    ("what", "body", "expected"),
    [
        ("rename", {"from": "2019-01-01", "name_zh": " "}, ("name_zh", "blank")),
        ("rename", {"from": "1066-01-01", "name_zh": "古名"}, ("from", "out_of_range")),
        ("rename", {"name_zh": "新名"}, ("from", "required")),
        ("close", {"on": "2019-01-01", "reason": " "}, ("reason", "blank")),
        ("merge", {"on": "2019-01-01", "into": "COLLEGE"}, ("into", "invalid")),
        ("merge", {"on": "2019-01-01", "into": "BUREAU"}, ("into", "invalid")),
        ("merge", {"on": "2019-01-01", "into": "NOBODY"}, ("into", "does_not_exist")),
        ("nest", {"from": "2019-01-01", "parent": "COLLEGE"}, ("parent", "invalid")),
    ],
)
def test_what_is_at_fault_is_named(
    officer: Caller, college: Organisation, what: str, body: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert fault(act(officer, "COLLEGE", what, **body)) == expected
    with scope.everything():
        assert OrganisationChange.objects.count() == 0


def test_mergers_follow_each_other_and_never_go_round(officer: Caller) -> None:
    for code in "ABC":
        OrganisationFactory(code=code)
    done(act(officer, "A", "merge", into="B", on="2019-06-01"))
    done(act(officer, "B", "merge", into="C", on="2019-09-01"))
    for on, into, code in (("2019-12-01", "A", "C"), ("2019-05-01", "B", "C"), ("2019-10-01", "B", "A")):
        refused = act(officer, code, "merge", into=into, on=on)
        assert (refused.status_code, code_of(refused)) == (409, "conflict"), (code, into)
    with scope.everything():
        a, b, c = (Organisation.objects.get(code=code).pk for code in "ABC")
        assert rolled_up(SUCCESSOR, dt.date(2019, 5, 31)) == {}
        assert rolled_up(SUCCESSOR, dt.date(2019, 8, 31)) == {a: b}
        assert rolled_up(SUCCESSOR, dt.date(2019, 9, 1)) == {a: c, b: c}
    assert [one["code"] for one in get(officer, "organisations/", merged_into="B")["results"]] == ["A"]
    assert [one["code"] for one in get(officer, "organisations/", closed="false", kind="university")["results"]] == [
        "C"
    ]


def test_whoever_something_goes_into_must_still_be_there(officer: Caller) -> None:
    for code in "AB":
        OrganisationFactory(code=code)
    done(act(officer, "A", "merge", into="B", on="2019-06-01"))
    refused = act(officer, "B", "close", on="2019-06-01")
    assert (refused.status_code, code_of(refused)) == (409, "conflict")
    done(act(officer, "B", "close", on="2019-06-02"))


def test_a_closed_organisations_users_read_and_send_nothing(officer: Caller, college: Organisation) -> None:
    clerk = Caller(PartnerFactory(organisation=college), **{"accept-language": "en"})
    body = {"kind": "webhook", "name": "x", "address": "https://hooks.example.org/", "events": []}
    done(act(officer, "COLLEGE", "close", on=day(1)))
    assert clerk.post("endpoints/", body, format="json").status_code == 201, "the day has not come"
    done(officer.post(f"organisations/COLLEGE/changes/{_last(officer)}/withdraw/", {"reason": "x"}, format="json"), 200)
    done(act(officer, "COLLEGE", "close", on=day(0)))
    refused = clerk.post("endpoints/", {**body, "name": "y"}, format="json")
    assert (refused.status_code, code_of(refused)) == (403, "organisation_closed")
    assert day(0) in refused.json()["detail"]
    assert clerk.get("organisations/COLLEGE/").json()["closed_on"] == day(0)
    assert clerk.get("submissions/").status_code == 200


def _last(officer: Caller) -> int:
    return int(get(officer, "organisations/COLLEGE/changes/")["results"][0]["id"])


def test_what_would_follow_is_told_beforehand(officer: Caller, college: Organisation) -> None:
    PartnerFactory(organisation=college), PartnerFactory(organisation=college, read_only=True)
    OrganisationFactory(parent=college)
    told = {one["code"]: one["count"] for one in get(officer, "organisations/COLLEGE/foretold/", on=day(1))["results"]}
    assert told == {"users": 1, "parts": 1, "obligations": 0, "submissions": 0}
    assert officer.get("organisations/COLLEGE/foretold/").status_code == 400


def test_officers_leave_the_bureau_alone(officer: Caller) -> None:
    bureau = BureauFactory()
    for what, body in (("rename", {"from": day(1), "name_zh": "局"}), ("close", {"on": day(1)})):
        assert act(officer, bureau.code, what, **body).status_code == 403
    with scope.everything(), pytest.raises(Invalid):
        services.close(actor=None, organisation=bureau, on=clock.today(), reason="x")


def test_a_partner_hears_why_and_not_who(officer: Caller, college: Organisation) -> None:
    done(act(officer, "COLLEGE", "rename", **{"from": "2019-05-01"}, name_zh="新学院"))
    clerk, other = Caller(PartnerFactory(organisation=college)), Caller(PartnerFactory())
    [renamed, _first] = get(clerk, "organisations/COLLEGE/changes/")["results"]
    assert (renamed["reason"], renamed["entered_by"]) == ("批复", None)
    assert get(officer, "organisations/COLLEGE/changes/")["results"][0]["entered_by"] is not None
    assert other.get("organisations/COLLEGE/changes/").status_code == 404
    with transaction.atomic():
        scope.enter(PartnerFactory())
        assert not OrganisationChange.objects.exists(), "the second wall"


def test_an_act_stays_as_it_was_entered(officer: Caller, college: Organisation) -> None:
    done(act(officer, "COLLEGE", "rename", **{"from": "2019-05-01"}, name_zh="新学院"))
    with scope.everything():
        for statement in (
            "UPDATE organisation_change SET name_zh = 'x'",
            "DELETE FROM organisation_change",
        ):
            with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
                connection.cursor().execute(statement)


EDITIONS = st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=6, unique_by=lambda one: one[0])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(editions=EDITIONS, asked=st.integers(-10, 410))
def test_the_name_of_a_day_is_the_latest_that_stood_by_then(editions: list[tuple[int, bool]], asked: int) -> None:
    """Whatever is entered in whatever order, and taken back."""
    start = dt.date(2019, 1, 1)
    with transaction.atomic(), scope.everything():
        body = OrganisationFactory(name_zh="原名")
        for offset, back in editions:
            change = services.rename(
                actor=None,
                organisation=body,
                from_on=start + dt.timedelta(days=offset),
                name_zh=f"第{offset}日",
                name_en="",
                reason="更名",
            )
            if back:
                services.withdraw(actor=None, change=change, reason="误登", correction=True)
        stood = [offset for offset, back in editions if not back and offset <= asked]
        wanted = f"第{max(stood)}日" if stood else "原名"
        assert names_on(start + dt.timedelta(days=asked), [body.pk])[body.pk].name_zh == wanted
        transaction.set_rollback(True)


@given(steps=st.dictionaries(st.integers(0, 6), st.integers(0, 6), max_size=7), start=st.integers(0, 6))
def test_following_steps_ends_whatever_they_are(steps: dict[int, int], start: int) -> None:
    end = follow(steps, start)
    assert end == start or end in steps.values()
