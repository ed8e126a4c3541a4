"""The files that show a credential."""

import hashlib
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from backend.vault.files.models import SealedFile
from programs.targets import planfile
from programs.targets.loading import load_plan
from programs.targets.recount import recount
from programs.targets.services import settle
from talent.credentials.models import Credential, Evidence
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory
from tests.support.http import Caller, code_of
from tests.support.partner import Partner
from tests.support.scanners import SIGNATURE, Scanner, scanning
from tests.support.scans import jpeg, pdf, png, png_of
from tests.talent.credentials.test_examining import MASTER, held


class Clerk(Partner):
    """A partner with one credential, who files evidence for it."""

    def __init__(self, run_jobs: Callable[[], int], **held_by: Any) -> None:
        super().__init__(run_jobs, **held_by)
        self.report([self.row(1, **MASTER)])
        self.credential = held(organisation=self.organisation).pk
        self.caller = Caller(self.clerk, **{"accept-language": "en"})

    def file(self, data: bytes, caller: Caller | None = None, run: bool = True) -> Any:
        file = io.BytesIO(data)
        file.name = "张三 520111198811039164.exe"
        path = f"credentials/{self.credential}/evidence/"
        answer = (caller or self.caller).post(path, {"file": file}, format="multipart")
        if run:
            self.run_jobs()
        return answer

    @property
    def state(self) -> str:
        return str(held(pk=self.credential).state)

    def filed(self) -> list[dict[str, Any]]:
        return self.caller.get(f"credentials/{self.credential}/evidence/").json()["results"]


@pytest.fixture
def clerk(db: None, run_jobs: Callable[[], int]) -> Clerk:
    return Clerk(run_jobs)


@pytest.fixture
def officer(db: None) -> Caller:
    return Caller(OfficerFactory(), **{"accept-language": "en"})


def looks() -> list[str]:
    with everything():
        found = AuditEntry.objects.filter(action__startswith="evidence.view").order_by("pk")
        return list(found.values_list("action", flat=True))


@pytest.mark.parametrize("data", [jpeg(), png(), pdf()], ids=["jpeg", "png", "pdf"])
def test_a_file_is_kept_sealed_and_shown_safely(clerk: Clerk, officer: Caller, data: bytes) -> None:
    assert clerk.file(data, run=False).status_code == 202
    assert clerk.state == "claimed"
    clerk.run_jobs()
    assert clerk.state == "evidenced"
    [one] = clerk.filed()
    assert (one["state"], one["size"], one["sha256"]) == ("kept", len(data), hashlib.sha256(data).hexdigest())
    path = f"credentials/{clerk.credential}/evidence/{one['id']}/"
    whole, small = officer.get(f"{path}file/"), clerk.caller.get(f"{path}thumbnail/")
    assert whole.content == data
    assert small.content.startswith(b"\xff\xd8\xff")
    for answer in (whole, small):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "520111" not in answer["Content-Disposition"]
    assert whole["Content-Disposition"].startswith("attachment" if one["media"] == "pdf" else "inline")
    assert looks() == ["evidence.view", "evidence.view_thumbnail"]
    with connection.cursor() as cursor, everything():
        cursor.execute(
            "SELECT sealed FROM sealed_chunk JOIN sealed_file ON sealed_file.id = file_id"
            " WHERE purpose IN ('evidence', 'thumbnail')"
        )
        sealed = [bytes(row[0]) for row in cursor.fetchall()]
    assert len(sealed) == 2
    assert not any(data[:64] in one or small.content[:64] in one for one in sealed)


def test_who_may_see_and_file(clerk: Clerk, officer: Caller, run_jobs: Callable[[], int]) -> None:
    clerk.file(jpeg())
    [one] = clerk.filed()
    other = Clerk(run_jobs, organisation=OrganisationFactory())
    path = f"credentials/{clerk.credential}/evidence/"
    assert other.caller.get(path).status_code == 404
    assert clerk.file(png(), other.caller).status_code == 404
    for end in ("file/", "thumbnail/"):
        assert other.caller.get(f"{path}{one['id']}/{end}").status_code == 404
        assert Caller(ManagerFactory()).get(f"{path}{one['id']}/{end}").status_code == 403
        # Nor by the number of an own credential.
        assert other.caller.get(f"credentials/{other.credential}/evidence/{one['id']}/{end}").status_code == 404
    assert other.caller.delete(f"{path}{one['id']}/").status_code == 404
    assert clerk.file(png(), officer).json()["on_behalf"] is True
    assert looks() == []


def test_what_is_not_taken(clerk: Clerk, settings: Any) -> None:
    for data, code in ((b"", "empty"), (b"<html>", "unknown"), (jpeg()[:-300], "damaged")):
        answer = clerk.file(data)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["code"] == code
    settings.EVIDENCE_BYTES = 1000
    assert clerk.file(jpeg()).json()["errors"][0]["code"] == "too_large"
    settings.EVIDENCE_BYTES = 10_000_000
    assert clerk.file(jpeg()).status_code == 202
    assert code_of(clerk.file(jpeg())) == "duplicate_evidence"
    settings.EVIDENCE_FILES = 1
    assert code_of(clerk.file(png())) == "conflict"


def test_what_cannot_be_decoded_shows_nothing(clerk: Clerk) -> None:
    # Sound in its outline; its pixels are cut short.
    good = png((400, 400), "RGB")
    assert clerk.file(png_of(400, 400, b"\0" * 50)).status_code == 202
    [one] = clerk.filed()
    assert (one["state"], one["fault"], clerk.state) == ("refused", "damaged", "claimed")
    assert one["message"]
    assert clerk.caller.get(f"credentials/{clerk.credential}/evidence/{one['id']}/file/").status_code == 404
    with everything():
        assert not SealedFile.objects.filter(purpose="evidence").exists()
    assert clerk.file(good).status_code == 202
    assert clerk.state == "evidenced"


def test_what_is_taken_away_shows_nothing_more(clerk: Clerk, officer: Caller) -> None:
    clerk.file(jpeg())
    clerk.file(png())
    first, second = clerk.filed()
    path = f"credentials/{clerk.credential}/evidence/"
    assert clerk.caller.delete(f"{path}{first['id']}/").status_code == 204
    assert clerk.state == "evidenced"
    assert clerk.caller.delete(f"{path}{second['id']}/").status_code == 204
    assert (clerk.state, clerk.filed()) == ("claimed", [])
    with everything():
        assert not SealedFile.objects.filter(purpose__in=["evidence", "thumbnail"]).exists()
    clerk.file(jpeg())
    [third] = clerk.filed()
    officer.post(f"credentials/{clerk.credential}/refute/", {"reason": "涂改"}, format="json")
    assert clerk.caller.delete(f"{path}{third['id']}/").status_code == 409
    assert officer.post(f"credentials/{clerk.credential}/reopen/", {"reason": "再看"}, format="json").json()[
        "state"
    ] == ("evidenced")
    assert clerk.caller.delete(f"{path}{third['id']}/").status_code == 409


def test_a_changed_claim_begins_without_files(clerk: Clerk, officer: Caller) -> None:
    clerk.file(jpeg())
    clerk.report([clerk.row(1, **MASTER | {"graduated_on": "2011-07-01"})])
    with everything():
        assert Credential.objects.get().state == "claimed"
        assert not Evidence.objects.exists()
        assert not SealedFile.objects.filter(purpose__in=["evidence", "thumbnail"]).exists()
    clerk.credential = held().pk
    clerk.file(jpeg())
    officer.post(f"credentials/{clerk.credential}/refute/", {"reason": "涂改"}, format="json")
    clerk.report([clerk.row(1, **MASTER | {"graduated_on": "2012-07-01"})])
    with everything():
        [kept] = Evidence.objects.all()
        assert kept.credential_id == clerk.credential != Credential.objects.get().pk
    # What the verdict rests on can still be looked at.
    assert officer.get(f"credentials/{clerk.credential}/evidence/{kept.pk}/file/").status_code == 200


def test_evidence_counts_where_it_is_demanded(clerk: Clerk, officer: Caller, tmp_path: Any) -> None:
    text = (planfile.FOLDER / "digital-valley-2020.toml").read_text("utf-8")
    load_plan(plan=planfile.parse(text.replace('evidence = "claimed"', 'evidence = "evidenced"').encode()))
    clerk.decide("verify")

    def achieved() -> int:
        settle()
        assert recount().agrees
        return int(officer.get("targets/high-end/").json()["achieved"])

    assert achieved() == 0
    clerk.file(jpeg())
    assert achieved() == 1
    [one] = clerk.filed()
    assert clerk.caller.delete(f"credentials/{clerk.credential}/evidence/{one['id']}/").status_code == 204
    assert achieved() == 0
    officer.post(f"credentials/{clerk.credential}/confirm/", {}, format="json")
    assert achieved() == 1
    reasons = [one["reason"] for one in officer.get("targets/high-end/changes/").json()["entries"]]
    assert set(reasons) == {"evidenced", "confirmed"}


@pytest.fixture
def asked(settings: Any) -> Iterator[Scanner]:
    """A scanner, and the settings that name it."""
    with scanning() as one:
        settings.CLAMD_URL = one.url
        yield one


def test_a_scanner_sees_a_file_before_it_is_decoded(clerk: Clerk, officer: Caller, asked: Scanner) -> None:
    infected = jpeg(comment=SIGNATURE)
    assert clerk.file(infected).status_code == 202
    assert asked.streams == [infected]
    [one] = clerk.filed()
    assert (one["state"], one["fault"], clerk.state) == ("refused", "infected", "claimed")
    assert officer.get(f"credentials/{clerk.credential}/evidence/{one['id']}/file/").status_code == 404
    with everything():
        assert SealedFile.objects.filter(purpose="evidence", quarantined_at__isnull=False).count() == 1
        assert not SealedFile.objects.filter(purpose="thumbnail").exists()
    assert clerk.file(png()).status_code == 202
    assert clerk.state == "evidenced"


def test_a_file_that_nobody_can_check_waits_for_nothing(clerk: Clerk, asked: Scanner) -> None:
    asked.most = 10
    assert clerk.file(jpeg()).status_code == 202
    [one] = clerk.filed()
    assert (one["state"], one["fault"], clerk.state) == ("refused", "unchecked", "claimed")
    asked.most = 1 << 30
    assert clerk.file(jpeg()).status_code == 202
    assert clerk.state == "evidenced"
