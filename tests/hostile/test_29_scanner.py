"""Hostile test 29, with a virus scanner: what it finds is put into quarantine before anything reads it."""

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.accounts import scope
from backend.audit.models import AuditEntry
from backend.jobs.models import Job
from backend.vault.errors import Quarantined
from backend.vault.files import scanner as clamd
from backend.vault.files import services as files
from programs.submissions.models import Submission
from tests.support.partner import API, Partner, as_csv
from tests.support.scanners import NAME, SIGNATURE, Scanner, nobody, scanning
from tests.support.workers import Worker, wait_for

Start = Callable[..., Worker]


@pytest.fixture
def scanner(settings: Any) -> Iterator[Scanner]:
    """A scanner that this process asks."""
    with scanning() as one:
        settings.CLAMD_URL = one.url
        yield one


def infected(partner: Partner) -> bytes:
    """A table that passes every check, and that the scanner finds something in."""
    return as_csv([partner.row(1, remarks=SIGNATURE.decode())])


def sent(partner: Partner, data: bytes) -> int:
    """Upload, and have done what waits; the submission's number."""
    answer = partner.api.post(f"{API}submissions/", {"file": io.BytesIO(data), "period": partner.period.code})
    assert answer.status_code == 202, answer.content
    partner.run_jobs()
    number: int = answer.json()["id"]
    return number


def kept(number: int) -> Submission:
    with scope.everything():
        return Submission.objects.select_related("original").get(pk=number)


def trail(number: int) -> list[tuple[str, dict[str, Any]]]:
    with scope.everything():
        entries = AuditEntry.objects.filter(subject_type="submission", subject_id=str(number)).order_by("id")
        return list(entries.values_list("action", "detail"))


@pytest.mark.django_db
def test_29_what_is_found_is_put_away_and_named(scanner: Scanner, run_jobs: Callable[[], int]) -> None:
    partner = Partner(run_jobs)
    data = infected(partner)
    number = sent(partner, data)
    assert scanner.streams == [data]
    shown = partner.submission(number)
    assert shown["status"] == "rejected"
    [found] = partner.findings(number)
    assert (found["rule"], found["severity"], found["row"], found["column"]) == ("F07", "fatal", None, None)
    assert NAME in found["message"]
    assert "quarantine" in found["message"]

    original = kept(number).original
    assert original.quarantined_at is not None
    with scope.everything(), pytest.raises(Quarantined):
        files.read(original)
    assert partner.api.get(f"{API}submissions/{number}/report.xlsx").status_code == 404
    assert partner.api.patch(f"{API}submissions/{number}/rows/2/", {"name": "张三"}, format="json").status_code == 409
    assert partner.api.post(f"{API}submissions/{number}/confirm/").status_code == 409
    assert partner.records() == []
    actions = trail(number)
    assert [action for action, _detail in actions] == ["submission.received", "submission.quarantined"]
    assert actions[-1][1] == {"rules": ["F07"], "sha256": shown["sha256"], "threat": NAME}
    again = sent(partner, data)
    assert partner.submission(again)["status"] == "rejected", "it does not stand, and is scanned anew"


@pytest.mark.django_db
def test_29_what_is_clean_is_read_and_the_trail_says_that_it_was_scanned(
    scanner: Scanner, run_jobs: Callable[[], int]
) -> None:
    partner = Partner(run_jobs)
    number = sent(partner, as_csv([partner.row(1)]))
    assert partner.submission(number)["status"] == "checked"
    assert len(scanner.streams) == 1
    assert trail(number)[-1][1]["scanned"] is True
    batch = {"period": partner.period.code, "records": [partner.row(2, remarks=SIGNATURE.decode())]}
    answer = partner.api.post(f"{API}submissions/", batch, format="json")
    run_jobs()
    assert [one["rule"] for one in partner.findings(answer.json()["id"])] == ["F07"], "records are scanned too"


@pytest.mark.django_db
def test_29_without_its_scanner_a_file_waits_and_is_given_up_with_the_reason(
    settings: Any, run_jobs: Callable[[], int]
) -> None:
    settings.CLAMD_URL = nobody()
    partner = Partner(run_jobs)
    number = sent(partner, infected(partner))
    shown = partner.submission(number)
    assert shown["status"] == "failed"
    assert "virus scanner did not answer" in shown["error"]
    with scope.everything():
        assert Job.objects.get(subject_id=number).fence == 3
    assert kept(number).original.quarantined_at is None
    assert partner.findings(number) == []
    with scanning() as there:
        settings.CLAMD_URL = there.url
        assert partner.submission(sent(partner, infected(partner)))["status"] == "rejected"


@pytest.mark.django_db
def test_29_a_file_too_large_for_the_scanner_is_given_up_at_once(scanner: Scanner, run_jobs: Callable[[], int]) -> None:
    scanner.most = 100
    partner = Partner(run_jobs)
    number = sent(partner, as_csv([partner.row(1)]))
    shown = partner.submission(number)
    assert shown["status"] == "failed"
    assert "no file of this size" in shown["error"]
    with scope.everything():
        assert Job.objects.get(subject_id=number).fence == 1


@pytest.mark.django_db
def test_29_a_scanner_that_is_not_required_may_be_away(settings: Any, run_jobs: Callable[[], int]) -> None:
    settings.CLAMD_URL, settings.CLAMD_REQUIRED = nobody(), False
    partner = Partner(run_jobs)
    number = sent(partner, as_csv([partner.row(1)]))
    assert partner.submission(number)["status"] == "checked"
    assert trail(number)[-1][1]["scanned"] is False


@pytest.mark.hostile
def test_29_a_worker_waits_for_its_scanner_and_goes_on_when_it_is_back(
    worker: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = tmp_path / "clamd.ctl"
    monkeypatch.setenv("CLAMD_URL", f"unix://{place}")
    worker()
    partner = Partner(lambda: 0)
    number, clean = sent(partner, infected(partner)), sent(partner, as_csv([partner.row(2)]))

    def tried() -> bool:
        with scope.everything():
            return not Job.objects.filter(subject_id__in=(number, clean), error="").exists()

    wait_for(tried, 60, "both to have been tried in vain")
    with scanning(place):
        wait_for(lambda: kept(number).status == "rejected" and kept(clean).status == "checked", 90, "both to go on")
    assert [one["rule"] for one in partner.findings(number)] == ["F07"]


@pytest.mark.hostile
@pytest.mark.skipif(shutil.which("clamd") is None, reason="no clamd is installed: the protocol is not tried against it")
def test_29_the_real_scanner_speaks_so(settings: Any, tmp_path: Path) -> None:
    """With a database of one hand-made signature."""
    (tmp_path / "own.ndb").write_text(f"Own.Test:0:*:{SIGNATURE.hex()}\n")
    place = tmp_path / "clamd.ctl"
    (tmp_path / "clamd.conf").write_text(
        f"DatabaseDirectory {tmp_path}\nLocalSocket {place}\nForeground yes\nStreamMaxLength 2M\n"
    )
    with subprocess.Popen(["clamd", "--config-file", str(tmp_path / "clamd.conf")]) as daemon:
        try:
            wait_for(place.exists, 120, "clamd to listen")
            settings.CLAMD_URL = f"unix://{place}"
            assert clamd.scan(b"harmless" * 100_000) == (True, "")
            assert clamd.scan(b"x" * 100_000 + SIGNATURE).threat == "Own.Test.UNOFFICIAL"
            with pytest.raises(clamd.TooLarge):
                clamd.scan(bytes(8 << 20))
        finally:
            daemon.terminate()
