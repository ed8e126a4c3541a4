"""Files of candidates are told by their content, looked at before they are kept, and every look is entered."""

from typing import Any

from backend.audit.models import AuditEntry
from backend.vault.files.models import SealedFile
from programs.recruitment.models import Document
from tests.programs.recruitment.world import World, done, errors
from tests.support.http import code_of, every
from tests.support.scanners import SIGNATURE, scanning
from tests.support.scans import jpeg, pdf, png


def test_a_file_is_looked_at_kept_and_given_back_as_it_was(world: World) -> None:
    id = world.candidate(1)["id"]
    sent = done(world.file(id, "cv", data=jpeg()), 202)
    address = f"candidates/{id}/documents/{sent['id']}/"
    assert (sent["state"], sent["media"]) == ("received", "jpeg")
    assert world.clerk.get(f"{address}file/").status_code == 404
    world.run_jobs()
    [kept] = every(world.clerk, f"candidates/{id}/documents/", kind="cv")
    assert (kept["state"], kept["pages"], kept["message"]) == ("kept", 1, "")
    answer = world.officer.get(f"{address}file/")
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/jpeg", jpeg())
    assert "sandbox" in answer["Content-Security-Policy"]
    [entry] = AuditEntry.objects.filter(action="candidate.view")
    assert (entry.actor, entry.detail["kind"]) == (world.official.username, "cv")


def test_what_is_no_picture_and_no_document_is_refused(world: World) -> None:
    id = world.candidate(1)["id"]
    for data, code in ((b"", "empty"), (b"MZ" + b"x" * 100, "unknown"), (pdf()[:-200], "damaged")):
        assert errors(world.file(id, data=data)) == {("file", code)}
    assert errors(world.file(id, kind="selfie")) == {("kind", "invalid_choice")}
    assert SealedFile.objects.count() == 0


def test_the_same_file_is_taken_once_for_each_kind_and_so_many_at_most(world: World, settings: Any) -> None:
    settings.EVIDENCE_FILES = 2
    id = world.candidate(1)["id"]
    document = pdf()
    done(world.file(id, data=document), 202)
    again = world.file(id, data=document)
    assert (again.status_code, code_of(again)) == (409, "duplicate_document")
    done(world.file(id, "contract", data=document), 202)
    done(world.file(id, data=png()), 202)
    assert world.file(id, data=jpeg()).status_code == 409


def test_what_the_scanner_finds_is_put_away(world: World, settings: Any) -> None:
    with scanning() as scanner:
        settings.CLAMD_URL = scanner.url
        id = world.candidate(1)["id"]
        done(world.file(id, data=jpeg(comment=SIGNATURE)), 202)
        world.run_jobs()
    [row] = every(world.clerk, f"candidates/{id}/documents/")
    assert (row["state"], row["fault"]) == ("refused", "infected")
    assert SealedFile.objects.get().quarantined_at is not None
    assert errors(world.arrive(id)) == {("documents", "required")}


def test_evidence_stays_once_the_arrival_was_reported(world: World) -> None:
    id = world.candidate(1)["id"]
    first = done(world.file(id), 202)["id"]
    cv = done(world.file(id, "cv"), 202)["id"]
    done(world.arrive(id), 202)
    assert world.clerk.delete(f"candidates/{id}/documents/{first}/").status_code == 409
    assert world.stranger.delete(f"candidates/{id}/documents/{cv}/").status_code == 404
    done(world.clerk.delete(f"candidates/{id}/documents/{cv}/"), 204)
    done(world.file(id, data=jpeg()), 202)
    done(world.clerk.delete(f"candidates/{id}/documents/{first}/"), 204)
    assert Document.objects.count() == 1
