"""However a sheet is cut into parts and loaded in pieces, what is found and taken is the same."""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction

from backend.accounts import scope
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from programs.intake import assessing, loading, packing, resolving, sheets
from programs.intake.copying import as_loader, copy_frame, reserve_ids
from programs.records.models import Record
from programs.submissions.models import Submission
from talent.people.models import IdentityDocument, Person
from tests.factories import CohortFactory
from tests.support.partner import Partner, Row

pytestmark = pytest.mark.django_db

SHOWN = ("row", "outcome", "completed_on", "district", "education", "title", "state", "pending")


@pytest.fixture
def partner(db: None, run_jobs: Callable[[], int]) -> Partner:
    return Partner(run_jobs)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "PART", 3)
    monkeypatch.setattr(assessing, "HELD", 4)
    monkeypatch.setattr(resolving, "AT_ONCE", 2)
    monkeypatch.setattr(loading, "PIECE", 2)


def a_full_file(partner: Partner, first: int) -> list[Row]:
    """Eleven rows that meet each other across whatever parts they are cut into."""
    other = CohortFactory(programme=partner.programme, organisation=partner.organisation).code
    degree = {
        "education": "硕士研究生毕业",
        "graduated_on": "2010-07-01",
        "education_cert_no": f"10657120100200{first:04d}",
    }
    title = {"title": "高级工程师", "title_awarded_on": "2018-11-20", "title_cert_no": f"GZ{first}"}
    return [
        partner.row(first, **degree, **title),
        partner.row(first + 1, district="火星区"),
        partner.row(first + 2, completed_on="2019年2月"),
        partner.row(first + 3, **title),
        partner.row(first, cohort=other, mobile="13900000000"),
        partner.row(first),
        partner.row(first + 2, cohort=other, name="令狐冲"),
        partner.row(first + 4, remarks="记录 520102198001010011"),
        partner.row(first + 5, name=""),
        partner.row(first + 6, **degree),
        partner.row(first + 7),
    ]


def batch(partner: Partner, rows: list[Row], **options: str) -> dict[str, Any]:
    """Send the rows as records, which are read and so cut in this process; the submission as it then is."""
    body = {"period": partner.period.code, "records": rows, **options}
    answer = partner.api.post("/api/v1/submissions/", body, format="json")
    assert answer.status_code == 202, answer.content
    partner.run_jobs()
    return partner.submission(answer.json()["id"])


def taken(partner: Partner, number: int) -> dict[str, Any]:
    """What came of a submission, in a form that says nothing of who sent it or of whom it tells."""
    told = partner.submission(number)
    with scope.everything():
        records = list(Record.objects.filter(submission_id=number).order_by("row").values("person_id", *SHOWN))
    rows_of: dict[int, list[int]] = defaultdict(list)
    for record in records:
        rows_of[record["person_id"]].append(record["row"])
    return {
        "status": told["status"],
        "counts": told["counts"],
        "findings": [(one["row"], one["rule"], one["column"]) for one in partner.findings(number)],
        "records": [record | {"person_id": rows_of[record["person_id"]]} for record in records],
    }


def test_a_file_in_many_parts_is_taken_like_one_in_one(
    partner: Partner, run_jobs: Callable[[], int], request: pytest.FixtureRequest
) -> None:
    whole = batch(partner, a_full_file(partner, 100))
    partner.confirm(whole["id"])
    expected = taken(partner, whole["id"])
    assert expected["counts"] | {"accepted_with_warnings": 0} == {
        "rows": 11,
        "accepted": 7,
        "accepted_with_warnings": 0,
        "unchanged": 0,
        "rejected": 4,
    }
    assert {rule for _, rule, *_ in expected["findings"]} == {"E01", "E02", "E07", "E12", "W05", "W06"}
    with scope.everything():
        assert Person.objects.count() == IdentityDocument.objects.count() == 6

    request.getfixturevalue("small_parts")
    other = Partner(run_jobs)
    rows = a_full_file(other, 200)
    cut = batch(other, rows)
    other.confirm(cut["id"])
    assert taken(other, cut["id"]) == expected
    assert batch(other, rows, force="true")["counts"]["unchanged"] == 7

    changed = [row | {"completed_on": "2019-02-04"} for row in rows]
    other.decide("verify", submission=cut["id"])
    assert other.confirm(batch(other, changed)["id"])["counts"]["accepted"] == 7
    assert {record["pending"] for record in other.records()} == {True}


def test_what_is_taken_unasked_is_what_would_be_confirmed(partner: Partner, run_jobs: Callable[[], int]) -> None:
    confirmed = taken(partner, partner.report(a_full_file(partner, 300))["id"])
    other = Partner(run_jobs)
    sent = other.send(a_full_file(other, 400), confirm="auto")
    assert taken(other, sent["id"]) == confirmed
    with scope.everything():
        submission = Submission.objects.get(pk=sent["id"])
    assert submission.checked_at is not None
    assert submission.confirmed_at == submission.checked_at
    assert submission.committed_at is not None
    assert submission.committed_at >= submission.checked_at


def test_a_row_is_mended_in_whatever_part_it_lies(partner: Partner, small_parts: None) -> None:
    sent = batch(partner, a_full_file(partner, 500))
    address = f"/api/v1/submissions/{sent['id']}/rows/"
    assert partner.api.patch(f"{address}2/", {"district": "南明区"}, format="json").status_code == 200
    assert partner.api.patch(f"{address}9/", {"name": "任盈盈", "email": "a@b.cn"}, format="json").status_code == 200
    assert {row for row, rule, _ in partner.found(sent["id"]) if rule[0] == "E"} == {6, 7}
    assert partner.confirm(sent["id"])["counts"]["accepted"] == 9
    assert {2, 9} < {record["row"] for record in taken(partner, sent["id"])["records"]}


def test_a_sheet_put_away_in_one_piece_is_still_read(partner: Partner) -> None:
    sent = partner.send([partner.row(n) for n in range(600, 604)])
    with scope.within(partner.organisation.pk):
        submission = Submission.objects.select_related("sheet").get(pk=sent["id"])
        piece = BytesIO()
        sheets.mended(submission).frame.write_ipc(piece, compression="zstd")
        submission.sheet = files.store(
            organisation_id=partner.organisation.pk, purpose=SealedFile.Purpose.SHEET, data=piece.getvalue()
        )
        submission.save(update_fields=["sheet"])
    assert partner.confirm(sent["id"])["counts"]["accepted"] == 4


def people(first: int, *names: str | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"id": range(first, first + len(names)), "name": names, "name_key": names},
        schema={"id": pl.Int64, "name": pl.String, "name_key": pl.String},
    ).with_columns(gender=pl.lit(""), created_at=pl.lit("2019-01-01"))


def running() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "loader"]


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def test_the_loader_adds_frames_in_their_order_and_gives_the_role_back(scope_all: None) -> None:
    ids = reserve_ids("person", 5).to_list()
    assert ids == list(range(ids[0], ids[0] + 5))
    with as_loader() as loader:
        for number in ids:
            loader.copy("person", people(number, f"甲{number}"))
    assert role() != "shugu_loader"
    assert not running()
    names = Person.objects.filter(pk__in=ids).order_by("pk").values_list("name", flat=True)
    assert list(names) == [f"甲{number}" for number in ids]


def load_people(first: int, *frames: Sequence[str | None], then: Callable[[], object] = list) -> None:
    with transaction.atomic(), as_loader() as loader:
        for place, names in enumerate(frames):
            loader.copy("person", people(first + place, *names))
        then()


def test_what_the_database_refuses_is_raised_and_ends_the_loader(scope_all: None) -> None:
    first = reserve_ids("person", 20)[0]
    with pytest.raises(IntegrityError):
        load_people(first, [None], *[["甲"]] * 19)
    assert not running()
    assert not Person.objects.filter(pk__gte=first).exists()


def test_a_fault_beside_the_loader_is_raised_as_it_is(scope_all: None) -> None:
    first = reserve_ids("person", 1)[0]
    with pytest.raises(ZeroDivisionError):
        load_people(first, ["甲"], then=lambda: 1 / 0)
    assert not running()
    assert role() != "shugu_loader"
    assert not Person.objects.filter(pk=first).exists()


def test_ids_that_lie_apart_are_all_used(scope_all: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE spread (id bigint GENERATED ALWAYS AS IDENTITY (INCREMENT 3))")
    assert reserve_ids("spread", 4).to_list() == [1, 4, 7, 10]
    assert reserve_ids("spread", 0).to_list() == []


def test_texts_that_look_like_marks_stay_texts(scope_all: None) -> None:
    told = ["\\N", "", '"', "a,b", "\\x00", "甲\n乙", "\\.", None]
    raw = [None if one is None else one.encode() for one in told]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE marks (place int, told text, raw bytea)")
        copy_frame("marks", pl.DataFrame({"place": range(len(told)), "told": told, "raw": raw}))
        cursor.execute("SELECT told, raw FROM marks ORDER BY place")
        found = cursor.fetchall()
    assert [(text, None if one is None else bytes(one)) for text, one in found] == list(zip(told, raw, strict=True))
