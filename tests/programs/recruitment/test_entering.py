"""Who is entered is sealed, found again blind, and compared with the books without telling anybody's business."""

from typing import Any

from django.db import connection

from backend.audit.models import AuditEntry
from programs.recruitment.models import Candidate, CandidateHint
from tests.programs.recruitment.world import World, done, errors
from tests.support.http import code_of, every
from tests.support.partner import number


def test_nothing_that_identifies_rests_in_the_clear(world: World) -> None:
    candidate = world.candidate(1, email="li@example.com", ref="R1")
    assert candidate["name"] == "李乙一"
    assert candidate["id_number"] == number(1)[:3] + "*" * 13 + number(1)[-2:]
    assert candidate["mobile"].startswith("139")
    assert "*" in candidate["mobile"]
    assert "*" in candidate["email"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(candidate)::text FROM candidate")
        [(row,)] = cursor.fetchall()
        cursor.execute("SELECT coalesce(string_agg(row_to_json(e)::text, ''), '') FROM audit_entry e")
        [(trail,)] = cursor.fetchall()
    for secret in (number(1), "13900000001", "li@example.com", "李乙一"):
        assert secret not in row
        assert secret not in trail
    assert (candidate["birth_date"], candidate["gender"]) == ("1980-01-01", "1")


def test_they_are_found_by_the_whole_name_or_the_reference(world: World) -> None:
    candidate = world.candidate(1, ref="R1")
    for q in ("李乙一", " 李 乙 一 ", "R1"):
        assert [one["id"] for one in every(world.clerk, "candidates/", q=q)] == [candidate["id"]], q
    assert every(world.clerk, "candidates/", q="李") == []
    assert every(world.stranger, "candidates/", q="李乙一") == []


def test_one_is_on_the_way_once(world: World) -> None:
    first = world.candidate(1)
    again = world.clerk.post("candidates/", world.told(1, name="李乙"), format="json")
    assert (again.status_code, code_of(again), again.json()["existing"]) == (409, "already_exists", first["id"])
    world.candidate(1, by=world.stranger)
    done(world.move(first["id"], "declined", reason="unqualified"))
    second = world.candidate(1)
    assert [one["id"] for one in second["doubles"]] == [first["id"]]
    back = world.move(first["id"], "sourced", "declined", reason="came_back")
    assert back.status_code == 409


def test_whoever_is_much_like_one_of_ours_is_told_of(world: World) -> None:
    first = world.candidate(1, id_type=None, id_number=None, birth_date="1990-05-06")
    same_day = world.candidate(2, name="李乙壹", id_type=None, id_number=None, birth_date="1990-05-06")
    same_phone = world.candidate(3, name="李乙一", mobile="+86 139 0000 0001", id_type=None, id_number=None)
    alone = world.candidate(4, id_type=None, id_number=None, birth_date="1990-05-06")
    assert [one["id"] for one in same_day["doubles"]] == [first["id"]]
    assert first["id"] in [one["id"] for one in same_phone["doubles"]]
    assert alone["doubles"] == []
    assert world.candidate(1, by=world.stranger, mobile="13900000001")["doubles"] == []


def test_a_document_on_record_is_told_without_whose(world: World) -> None:
    arrived = world.arrived(1)
    candidate = world.candidate(1, by=world.stranger)
    assert (candidate["known"], candidate["person"], candidate["hints"]) == ("reported", None, [])
    assert "already on record" in candidate["told"]
    assert world.own.name_zh not in str(candidate)
    seen = world.seen(candidate["id"], by=world.officer)
    assert seen["person"] is not None
    assert {one["why"] for one in seen["doubles"]} == {"same_document"}
    assert arrived["id"] in [one["id"] for one in seen["doubles"]]


def test_somebody_who_may_be_known_is_hinted_at_with_reasons_for_the_bureau(world: World) -> None:
    world.arrived(1, name="欧阳建国", mobile="13712345678")
    told = {"name": "欧阳建国", "mobile": "13712345678", "id_type": None, "id_number": None, "birth_date": "1980-01-01"}
    candidate = world.candidate(5, by=world.stranger, **told)
    assert (candidate["known"], candidate["hints"], candidate["person"]) == ("maybe", [], None)
    [hint] = world.seen(candidate["id"], by=world.officer)["hints"]
    assert {one["code"] for one in hint["reasons"]} >= {"same_name", "same_phone", "same_birth_date"}
    assert CandidateHint.objects.get().person_id == hint["person"]
    assert world.candidate(6, by=world.stranger, **told | {"name": "诸葛明", "mobile": None})["known"] == "nobody"


def test_asking_is_limited_and_entered_on_the_trail(world: World, settings: Any) -> None:
    settings.CANDIDATES_AN_HOUR = 2
    first = world.candidate(1)
    world.candidate(2)
    limited = world.clerk.post("candidates/", world.told(3), format="json")
    assert (limited.status_code, code_of(limited)) == (429, "throttled")
    assert world.clerk.patch(f"candidates/{first['id']}/", {"name": "别人"}, format="json").status_code == 429
    done(world.clerk.patch(f"candidates/{first['id']}/", {"notes": "call back"}, format="json"))
    world.candidate(4, by=world.officer, organisation=world.own.code)
    entries = AuditEntry.objects.filter(action="candidate.enter").order_by("pk")
    assert [one.detail["known"]["nobody"] for one in entries] == [1, 1, 1]


def test_a_document_is_sound_and_agrees_with_what_is_said(world: World) -> None:
    def refused(**values: Any) -> set[tuple[str, str]]:
        return errors(world.clerk.post("candidates/", world.told(1, **values), format="json"))

    assert refused(id_number="52010119800101001X") == {("id_number", "E04")}
    assert refused(id_number=None) == {("id_number", "E01")}
    assert refused(id_type=None) == {("id_type", "E01")}
    assert refused(birth_date="1981-01-01", gender="2") == {
        ("birth_date", "E06"),
        ("gender", "E06"),
    }
    assert refused(source="tv") == {("source", "E02")}
    assert refused(day=world.ago(-1)) == {("day", "C03")}
    assert refused(stage="arrived") == {("stage", "invalid_choice")}
    assert Candidate.objects.count() == 0


def test_campaign_position_and_owner_are_ones_own(world: World) -> None:
    position = world.position(by=world.stranger)
    told = world.told(1, position=position["id"])
    assert errors(world.clerk.post("candidates/", told, format="json")) == {("position", "does_not_exist")}
    told = world.told(1, position=position["id"], organisation=world.own.code)
    assert errors(world.officer.post("candidates/", told, format="json")) == {("position", "C02")}
    done(world.stranger.post(f"positions/{position['id']}/close/", {"reason": "停招"}, format="json"))
    told = world.told(1, position=position["id"])
    assert errors(world.stranger.post("candidates/", told, format="json")) == {("position", "C02")}
    told = world.told(1, owner=world.official.username)
    assert errors(world.clerk.post("candidates/", told, format="json")) == {("owner", "does_not_exist")}
    world.campaign.organisations.remove(world.own)
    assert errors(world.clerk.post("candidates/", world.told(1), format="json")) == {("campaign", "does_not_exist")}
    told = world.told(1, organisation=world.own.code)
    assert errors(world.officer.post("candidates/", told, format="json")) == {("campaign", "C01")}


def test_others_candidates_are_not_there(world: World) -> None:
    candidate = world.candidate(1)
    address = f"candidates/{candidate['id']}/"
    for path in (address, f"{address}moves/", f"{address}documents/"):
        assert world.stranger.get(path).status_code == 404
    assert world.stranger.patch(address, {"notes": "x"}, format="json").status_code == 404
    assert world.move(candidate["id"], "applied", by=world.stranger).status_code == 404
    assert world.arrive(candidate["id"], by=world.stranger).status_code == 404
    assert every(world.stranger, "candidates/") == []


def test_contacts_are_revealed_for_a_reason(world: World) -> None:
    candidate = world.candidate(1)
    address = f"candidates/{candidate['id']}/reveal/"
    assert errors(world.clerk.post(address, {"reason": " "}, format="json")) == {("reason", "blank")}
    told = done(world.clerk.post(address, {"reason": "约面试"}, format="json"))
    assert told == {"id_number": number(1), "mobile": "13900000001", "email": ""}
    assert AuditEntry.objects.get(action="candidate.reveal").detail == {"reason": "约面试", "number": True}
    assert world.stranger.post(address, {"reason": "x"}, format="json").status_code == 404
