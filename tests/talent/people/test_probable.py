"""Who may be one under different documents: found behind a commit, asked about once, taken into account ever after."""

import datetime as dt
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from backend.accounts.scope import everything, within
from backend.jobs.models import Job
from programs.records.models import Record
from talent.people.models import MatchCase, Person, PersonAlias, PersonKey, Sighting
from tests.factories import OfficerFactory, resident_number
from tests.support.http import Caller
from tests.support.partner import Partner
from tests.support.rosters import refresh_roster

BORN = "1990-05-03"
PHONE = "13985012345"


@pytest.fixture
def officer(db: None) -> Caller:
    return Caller(OfficerFactory())


@pytest.fixture
def partner(db: None, run_jobs: Callable[[], int]) -> Partner:
    return Partner(run_jobs)


@pytest.fixture
def other(db: None, run_jobs: Callable[[], int]) -> Partner:
    return Partner(run_jobs)


def card(serial: int = 1, born: str = BORN, gender: str = "1") -> dict[str, Any]:
    return {"id_type": "居民身份证", "id_number": resident_number(serial, dt.date.fromisoformat(born), gender)}


def passport(number: str = "E12345678", born: str = BORN, gender: str = "男") -> dict[str, Any]:
    return {"id_type": "普通护照", "id_number": number, "birth_date": born, "gender": gender}


def studied(school: str = "贵州大学", certificate: str = "106571201205000001") -> dict[str, Any]:
    return {
        "education": "大学本科毕业",
        "school": school,
        "graduated_on": "2012-07-01",
        "education_cert_no": certificate,
    }


def asked() -> list[MatchCase]:
    with everything():
        return list(MatchCase.objects.filter(kind="pair").order_by("pk"))


def codes(case: MatchCase) -> list[str]:
    return [reason["code"] for reason in case.reasons]


def persons() -> list[Person]:
    with everything():
        return list(Person.objects.order_by("pk"))


# What two rows say, and the reasons for which they are asked about; none: they are not.
PAIRS: list[tuple[dict[str, Any], dict[str, Any], set[str]]] = [
    (
        {"name": "冉若溪", **card()},
        {"name": "冉若溪", **passport("E10000001")},
        {"same_birth_date", "same_name", "same_gender", "another_kind_of_document"},
    ),
    (
        {"name": "敖澄", **card(born="1991-02-03")},
        {"name": "AO CHENG", **passport("E20000002", born="1991-02-03")},
        {"same_birth_date", "read_alike", "same_gender", "another_kind_of_document"},
    ),
    (
        {"name": "喻铭", "mobile": PHONE, **card(born="1990-05-04")},
        {"name": "喻铭", "mobile": f"+86 {PHONE}", **passport("E30000003", born="1990-04-05")},
        {"birth_date_turned", "same_name", "same_gender", "same_phone", "another_kind_of_document"},
    ),
    (
        {"name": "Anna Miller", **passport("E44445678", born="1985-01-01")},
        {"name": "Anna Smith", **passport("E44445687", born="1985-01-01")},
        {"same_birth_date", "other_surname", "same_gender", "near_number"},
    ),
    (
        {
            "name": "Olga Petrov",
            **passport("E55555678", born="1986-01-01"),
            **studied("四川大学", "106101201205000007"),
        },
        {"name": "Olga Rossi", **passport("E66665678", born="1986-01-01"), **studied("四川大学", "106101201205000007")},
        {"same_birth_date", "other_surname", "same_gender", "same_certificate", "same_school", "another_passport"},
    ),
    (
        {"name": "滕瑾", **passport("E12345678", born="1990-05-03")},
        {"name": "滕瑾", **passport("E12345679", born="1991-05-03")},
        {"birth_date_near", "same_name", "same_gender", "near_number"},
    ),
    # Both have a number for life: as good as a proof that they are two.
    ({"name": "瞿沐", **card(1, "1992-01-01")}, {"name": "瞿沐", **card(2, "1992-01-01")}, set()),
    # Twins: everything that twins share, and another given name.
    (
        {"name": "骆若珂", "mobile": "13985010001", **card(1, "1993-01-01"), **studied()},
        {
            "name": "骆若霖",
            "mobile": "13985010001",
            **card(2, "1993-01-01"),
            **studied("贵州大学", "106571201205000002"),
        },
        set(),
    ),
    (
        {"name": "鲍煜", **card(1, "1994-01-01"), **studied("重庆大学", "106111201205000003")},
        {"name": "鲍岚", **passport("E77777777", born="1994-01-01"), **studied("重庆大学", "106111201205000004")},
        set(),
    ),
    ({"name": "蓝昕", **card(born="1995-01-01")}, {"name": "蓝昕", **passport("E88888888", born="1971-11-28")}, set()),
]


class TestFinding:
    """Which two are asked about, and why."""

    def test_by_what_it_is_told(self, partner: Partner, other: Partner) -> None:
        partner.report([partner.row(0, partner_ref=str(n), **one) for n, (one, _other, _why) in enumerate(PAIRS)])
        other.report([other.row(0, partner_ref=str(n), **two) for n, (_one, two, _why) in enumerate(PAIRS)])
        with everything():
            references = dict(Record.objects.values_list("person", "partner_ref"))
        cases = {(references[case.person_id], references[case.other_id or 0]): case for case in asked()}
        expected = {(str(n), str(n)): reasons for n, (_one, _other, reasons) in enumerate(PAIRS) if reasons}
        assert {pair: set(codes(case)) for pair, case in cases.items()} == expected
        for (n, _n), case in cases.items():
            weights = [abs(reason["bits"]) for reason in case.reasons]
            assert weights == sorted(weights, reverse=True)
            assert 0.05 <= case.score <= 1
            assert (case.organisation_id, case.row) == (other.organisation.pk, int(n) + 2)

    def test_what_is_learnt_later_counts_as_well(self, partner: Partner, other: Partner) -> None:
        partner.report([partner.row(0, name="冉溪", **card())])
        other.report([other.row(0, name="冉澄", **passport(born="1990-05-04"), **studied())])
        assert asked() == []
        partner.report([partner.row(0, name="冉溪", **card(), **studied())])
        [case] = asked()
        assert "same_certificate" in codes(case)

    def test_the_job_tells_how_much_it_did_and_once_is_enough(
        self, partner: Partner, run_jobs: Callable[[], int]
    ) -> None:
        sent = partner.report([partner.row(0, name="冉若溪", **card()), partner.row(1, name="冉若溪", **passport())])
        with everything():
            job = Job.objects.get(kind="people.identify")
            assert (job.subject_id, job.organisation_id, job.state) == (sent["id"], None, "done")
            assert job.result == {"persons": 2, "pairs": 1, "cases": 1, "passed_over": 0}
        call_command("identify_people", stdout=StringIO())
        run_jobs()
        with everything():
            again = Job.objects.filter(kind="people.identify").latest("pk")
        assert (again.pk > job.pk, again.state, again.result["cases"]) == (True, "done", 0)
        with within(partner.organisation.pk):
            assert not PersonKey.objects.exists()
            assert not MatchCase.objects.exists()
        [case] = asked()
        assert case.row == 3

    def test_a_name_too_common_is_gone_through_by_the_day(
        self, partner: Partner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from talent.people import probable

        monkeypatch.setattr(probable, "LARGEST_BLOCK", 4)
        crowd = [partner.row(n, name="张伟", **card(n, born=f"1990-05-{n + 10:02d}")) for n in range(8)]
        partner.report(crowd)
        partner.report([partner.row(50, name="张伟", mobile=PHONE, **passport(born="1990-05-12"))])
        [pair] = asked()
        [longer_known] = [person for person in persons() if person.pk == pair.person_id]
        assert str(longer_known.birth_date) == "1990-05-12"


class TestRemembering:
    """Nobody is asked twice, whoever reports next and whoever they were merged with."""

    def test_different_holds_for_whoever_they_are_by_then(
        self, partner: Partner, other: Partner, officer: Caller
    ) -> None:
        partner.report([partner.row(0, name="冉若溪", **card())])
        partner.report([partner.row(1, name="冉若溪", **passport("E12345678"))])
        [case] = asked()
        assert officer.post(f"matches/{case.pk}/same/").status_code == 200
        other.report([other.row(2, name="冉若溪", **passport("E99945678"))])
        [_first, second] = asked()
        assert officer.post(f"matches/{second.pk}/different/").status_code == 200
        # Once more known by what makes the pair likelier still, and by the other row.
        other.report([other.row(2, name="冉若溪", mobile=PHONE, **passport("E99945678"))])
        partner.report([partner.row(1, name="冉若溪", mobile=PHONE, **passport("E12345678"))])
        assert [case.state for case in asked()] == ["same", "different"]

    def test_a_resident_number_of_either_contradicts(self, partner: Partner, officer: Caller) -> None:
        partner.report([partner.row(0, name="冉若溪", **card(1)), partner.row(1, name="冉若溪", **passport())])
        [case] = asked()
        officer.post(f"matches/{case.pk}/same/")
        partner.report([partner.row(2, name="冉若溪", **card(2))])
        # Beside the passport alone the newcomer would be asked about; beside the person they are not.
        assert len(asked()) == 1


class TestReportedAgain:
    """What a commit makes of somebody who is known by several documents."""

    @pytest.fixture
    def merged(self, partner: Partner, other: Partner, officer: Caller) -> MatchCase:
        """冉若溪, reported by one under a card, by the other as Ran Ruoxi under a passport."""
        partner.report([partner.row(0, name="冉若溪", **card())])
        other.report([other.row(0, name="Ran Ruoxi", **passport())])
        [case] = asked()
        assert officer.post(f"matches/{case.pk}/same/").status_code == 200
        return case

    def test_either_name_fits_either_number(self, merged: MatchCase, partner: Partner) -> None:
        checked = partner.send([partner.row(0, name="Ran Ruoxi", **card())])
        assert partner.found(checked["id"]) == {(2, "W04", "id_number")}
        assert checked["counts"]["accepted"] == 1

    def test_another_name_is_still_asked_about(self, merged: MatchCase, partner: Partner) -> None:
        taken = partner.report([partner.row(0, name="王大力", **card())])
        assert (2, "E12", "name") in partner.found(taken["id"])

    def test_the_other_number_is_the_same_record(self, merged: MatchCase, partner: Partner) -> None:
        taken = partner.report([partner.row(0, name="冉若溪", **passport())])
        assert taken["counts"]["accepted"] == 1
        [record] = partner.records()
        with everything():
            assert Record.objects.get(pk=record["id"]).person_id == merged.person_id

    def test_both_numbers_in_one_file_are_one_person_twice(self, merged: MatchCase, partner: Partner) -> None:
        checked = partner.send([partner.row(0, name="冉若溪", **card()), partner.row(1, name="冉若溪", **passport())])
        assert (3, "E07", "id_number") in partner.found(checked["id"])

    def test_a_third_is_told_that_it_will_count_once(
        self, merged: MatchCase, run_jobs: Callable[[], int], officer: Caller
    ) -> None:
        third = Partner(run_jobs)
        taken = third.report([third.row(0, name="Ran Ruoxi", **passport())])
        assert third.found(taken["id"]) == {(2, "W04", "id_number")}
        with everything():
            [record] = Record.objects.filter(organisation=third.organisation)
        # The record keeps the row of its document; who that is now is told to staff, and to nobody else.
        assert record.person_id == merged.other_id
        [shown] = officer.get("records/", {"organisation": third.organisation.code}).json()["results"]
        assert shown["person"] == merged.person_id
        seen = Caller(third.clerk).get(f"people/{merged.other_id}/").json()
        assert (seen["name"], seen["other_names"]) == ("Ran Ruoxi", [])
        assert [one["organisation"] for one in seen["names"]] == [third.organisation.code]
        assert Caller(third.clerk).get(f"people/{merged.person_id}/").status_code == 404

    def test_names_and_documents_over_time(self, merged: MatchCase, officer: Caller, partner: Partner) -> None:
        body = officer.get(f"people/{merged.person_id}/").json()
        assert [(one["name"], one["organisation"] == partner.organisation.code) for one in body["names"]] == [
            ("冉若溪", True),
            ("Ran Ruoxi", False),
        ]
        assert [one["id_type"] for one in body["documents"]] == ["111", "414"]
        assert all(one["since"] and one["submission"] and one["row"] == 2 for one in body["documents"])
        assert card()["id_number"] not in str(body)

    def test_a_name_found_to_be_the_same_is_noted_with_who_gives_it(
        self, partner: Partner, other: Partner, officer: Caller
    ) -> None:
        partner.report([partner.row(0, name="冉若溪", **card())])
        other.report([other.row(0, name="冉若西", **card())])
        with everything():
            case = MatchCase.objects.get(kind="name")
        officer.post(f"matches/{case.pk}/same/")
        other.report([other.row(0, name="冉若西", **card())])
        with everything():
            assert PersonAlias.objects.count() == 1
            sighted = Sighting.objects.order_by("pk").values_list("organisation", "name")
            assert list(sighted) == [(partner.organisation.pk, "冉若溪"), (other.organisation.pk, "冉若西")]
        refresh_roster()
        seen = Caller(other.clerk).get("people/").json()["results"]
        assert [one["name"] for one in seen] == ["冉若西"]
