"""Looking for people: what was typed, and everything that the ledger knows."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from tests.factories import (
    CredentialFactory,
    IdentityDocumentFactory,
    ManagerFactory,
    OfficerFactory,
    PartnerFactory,
    PersonFactory,
    PersonReportFactory,
    RecordFactory,
)
from tests.programs.targets.world import MASTER, World
from tests.support.http import Caller, code_of

Make = Callable[[], None]


def found(caller: Caller, **filters: Any) -> list[int]:
    answer = caller.get("people/", filters)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def sent(caller: Caller, q: str, **filters: Any) -> list[int]:
    answer = caller.post("people/find/", {"q": q, "filter": filters}, format="json")
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


@pytest.fixture
def officer(db: None) -> Caller:
    return Caller(OfficerFactory(username="officer-li"))


@pytest.mark.parametrize(
    "typed",
    ["张伟", "张", "伟", "zhangwei", "zhang wei", "ZHANG WEI", "Zhāng Wěi", "zw", "zhangw", "wei zhang", "张wei"],
)
def test_a_chinese_name_by_what_one_types_of_it(officer: Caller, refreshed: Make, typed: str) -> None:
    wanted = PersonFactory(name="张伟")
    for name in ("王芳", "李娜"):
        PersonFactory(name=name)
    refreshed()
    assert found(officer, q=typed) == [wanted.pk]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单雄信", "shanxiongxin"),
        ("仇英", "qiu ying"),
        ("曾国藩", "zgf"),
        ("欧阳娜娜", "阳娜"),
        ("欧阳娜娜", "ouyang"),
        ("吕布", "lvbu"),
        ("阿依古丽·买买提", "买买提"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("John Ronald Smith", "smith"),
        ("John Ronald Smith", "john smi"),
        ("John Ronald Smith", "jrs"),
        ("Zoë O'Neill", "oneill"),
    ],
)
def test_names_are_found_as_they_are_read(officer: Caller, refreshed: Make, name: str, typed: str) -> None:
    wanted = PersonFactory(name=name)
    PersonFactory(name="王芳")
    refreshed()
    assert found(officer, q=typed) == [wanted.pk]


def test_who_is_exactly_it_comes_first_and_pages_hold_together(officer: Caller, refreshed: Make) -> None:
    exact = [PersonFactory(name="张伟").pk for _ in range(3)]
    longer = [PersonFactory(name=name).pk for name in ("张伟国", "张伟民", "张伟东")]
    refreshed()
    wanted = [*reversed(exact), *reversed(longer)]
    for typed in ("张伟", "zhangwei"):
        assert found(officer, q=typed) == wanted
        seen: list[int] = []
        backwards: list[int] = []
        page = officer.get("people/", {"q": typed, "limit": 2}).json()
        while True:
            seen += [row["id"] for row in page["results"]]
            if page["next"] is None:
                break
            page = officer.get(page["next"].partition("/api/v1/")[2]).json()
        assert seen == wanted
        while page["previous"]:
            page = officer.get(page["previous"].partition("/api/v1/")[2]).json()
            backwards = [row["id"] for row in page["results"]] + backwards
        assert backwards == wanted[:-2]


def test_a_number_is_found_whole_and_stands_in_no_address(officer: Caller, refreshed: Make) -> None:
    wanted, other = PersonFactory(name="张伟"), PersonFactory(name="王芳")
    passport = IdentityDocumentFactory(person=wanted, id_type="414", number="E12345678")
    credential = CredentialFactory(person=other, number="education|106571201905123456")
    refreshed()
    assert sent(officer, wanted.number) == [wanted.pk]
    assert sent(officer, wanted.number.lower()) == [wanted.pk]
    assert sent(officer, "e1234 5678") == [wanted.pk]
    assert sent(officer, wanted.number, gender="2") == []
    assert sent(officer, wanted.number[:-1]) == []
    assert sent(officer, "106571201905123456") == [credential.person_id]
    answer = officer.get("people/", {"q": wanted.number})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "number_in_address")
    assert wanted.number not in answer.content.decode()
    with everything():
        entries = list(AuditEntry.objects.filter(action="person.look_up").order_by("pk"))
    assert len(entries) == 6
    assert entries[0].detail == {"number": wanted.number[:3] + "*" * 13 + wanted.number[-2:], "found": 1}
    assert all(wanted.number not in str(one.detail) and passport.number not in str(one.detail) for one in entries)


def test_four_digits_are_the_end_of_a_telephone_number(officer: Caller, refreshed: Make) -> None:
    record, other = RecordFactory(contact={"mobile": "13985551234"}), RecordFactory(contact={"mobile": "13985559999"})
    refreshed()
    assert found(officer, q="1234") == [record.person_id]
    assert found(officer, q="9999") == [other.person_id]
    assert found(officer, q="5555") == []


def test_roles_that_read_no_names_look_for_none(db: None, refreshed: Make) -> None:
    person = PersonFactory(name="张伟")
    refreshed()
    caller = Caller(ManagerFactory())
    assert caller.get("people/").json()["results"][0]["name"] == "张*"
    for answer in (
        caller.get("people/", {"q": "张伟"}),
        caller.get("people/", {"name": "张"}),
        caller.post("people/find/", {"q": person.number}, format="json"),
    ):
        assert (answer.status_code, code_of(answer)) == (403, "permission_denied")


class TestByWhatTheLedgerKnows:
    """Filters, alone and together."""

    def test_counts(self, world: World, officer: Caller, refreshed: Make) -> None:
        graduate, trainee, waiting = (world.person() for _ in range(3))
        world.record(graduate, "2018-03-30", (MASTER, "2016-06-30"), district="520102", segment="core")
        world.record(trainee, "2019-05-31", by=world.b, district="520103")
        world.record(waiting, "2019-05-31", state="submitted")
        world.settle()
        refreshed()
        for filters, wanted in (
            ({"target": "all"}, [trainee, graduate]),
            ({"target": "high-end"}, [graduate]),
            ({"target": "high-end", "counted": "false"}, [waiting, trainee]),
            ({"counted": "false"}, [waiting]),
            ({"basis": "education"}, [graduate]),
            ({"basis": "none"}, [trainee, graduate]),
            ({"credited": "UNI-B"}, [trainee]),
            ({"organisation": "UNI-A"}, [waiting, graduate]),
            ({"organisation": "UNI-A", "counted": "true"}, [graduate]),
            ({"district": "520103"}, [trainee]),
            ({"district": "unspecified"}, [waiting]),
            ({"segment": "core"}, [graduate]),
            ({"programme": "TRAIN", "path": "trained"}, [waiting, trainee, graduate]),
            ({"programme": "TRAIN", "path": "introduced"}, []),
            ({"state": "submitted"}, [waiting]),
            ({"state": ["submitted", "verified"]}, [waiting, trainee, graduate]),
            ({"effective_from": "2019-01-01"}, [trainee]),
            ({"effective_to": "2018-03-30"}, [graduate]),
            ({"effective_to": "2018-03-29"}, []),
            ({"effective_from": "2018-03-01", "effective_to": "2019-05-30"}, [graduate]),
            ({"effective_from": "2019-01-01", "target": "high-end"}, []),
            ({"reason": "verified"}, [trainee, graduate]),
            ({"reason": "revoked"}, []),
        ):
            assert found(officer, **filters) == [one.pk for one in wanted], filters

    def test_what_an_entry_tells(self, world: World, officer: Caller, refreshed: Make) -> None:
        person = world.person()
        world.record(person, "2018-03-30", (MASTER, "2016-06-30"), basis="education")
        world.settle()
        refreshed()
        [row] = officer.get("people/").json()["results"]
        assert row["counts"] == [
            {"target": "high-end", "since": "2018-03-30", "basis": "education", "organisation": "UNI-A"},
            {"target": "all", "since": "2018-03-30", "basis": "none", "organisation": "UNI-A"},
        ]
        assert (row["tier"], row["states"], row["reason"]) == ("high_end", ["verified"], "verified")

    @pytest.mark.parametrize("filters", [{"colour": "red"}, {"counted": "perhaps"}, {"state": "gone"}, {"basis": "x"}])
    def test_what_is_not_known_is_refused(self, officer: Caller, filters: dict[str, str]) -> None:
        assert officer.get("people/", filters).status_code == 400


class TestWalls:
    """A partner finds those whom it reported, and by what it reported itself."""

    def test_only_by_its_own(self, world: World, refreshed: Make) -> None:
        person = PersonFactory(name="张伟")
        for organisation in (world.a, world.b):
            PersonReportFactory(organisation=organisation, person=person)
        world.record(person, "2018-03-30", (MASTER, "2016-06-30"), district="520102", segment="core")
        world.record(person, "2019-05-31", by=world.b, district="520103", state="submitted")
        others = PersonFactory(name="张伟")
        PersonReportFactory(organisation=world.a, person=others)
        world.settle()
        refreshed()
        partner = Caller(PartnerFactory(organisation=world.b))
        assert found(partner, q="zw") == [person.pk]
        [row] = partner.get("people/").json()["results"]
        assert (row["organisations"], row["states"], row["tier"], row["counts"]) == (
            ["UNI-B"],
            ["submitted"],
            "other",
            [],
        )
        for filters in (
            {"organisation": "UNI-A"},
            {"credited": "UNI-A"},
            {"district": "520102"},
            {"segment": "core"},
            {"target": "high-end"},
            {"counted": "true"},
            {"state": "verified"},
            {"effective_to": "2018-12-31"},
            {"reason": "verified"},
            {"tier": "high_end"},
        ):
            assert found(partner, **filters) == [], filters
        assert found(partner, district="520103", counted="false") == [person.pk]
        assert sent(partner, others.number) == []
        assert sent(partner, person.number) == [person.pk]

    def test_another_credit_is_heard_of_once_its_own_report_would_count(self, world: World, refreshed: Make) -> None:
        person = PersonFactory()
        world.record(person, "2018-03-30")
        world.record(person, "2019-05-31", by=world.b)
        world.settle()
        refreshed()
        [row] = Caller(PartnerFactory(organisation=world.b)).get("people/").json()["results"]
        assert row["counts"] == [{"target": "all", "since": None, "basis": None, "organisation": None}]
        [row] = Caller(PartnerFactory(organisation=world.a)).get("people/").json()["results"]
        assert row["counts"][0]["since"] == "2018-03-30"
