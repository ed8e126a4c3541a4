"""No identity number of a population stands anywhere but inside the vault, whatever is done, read and broken."""

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.views.debug import get_exception_reporter_class

from backend.accounts import scope
from backend.jobs import services as jobs
from backend.jobs.models import Job
from backend.logs import tell_uncaught
from backend.weblog import ScrubbedLogger
from programs.records import selectors as records
from talent.people.models import IdentityDocument
from tests.programs.privacy import failing
from tests.support.leaks import Finder, Leak, broker, resident_runs, tables
from tests.support.living import Life
from tests.support.logs import kept

NUMBER = "520111198811039164"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """What this process logs."""
    with kept(tmp_path / "log") as path:
        yield path


def told(leaks: set[Leak]) -> str:
    """The places, without the numbers."""
    return "\n".join(sorted({f"{leak.where} ({leak.view})" for leak in leaks}))


def test_a_population_leaves_no_number_anywhere(
    server: str, fresh_database: str, run_jobs: Callable[[], int], log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(server, run_jobs, 16, organisations=1)
    life.live()
    with scope.everything():
        document = IdentityDocument.objects.filter(id_type="111").order_by("pk")[0]
        for how in ("error", "database"):
            jobs.queue(kind=failing.KIND, subject_id=document.pk, organisation_id=None, params={"how": how})
    run_jobs()
    with scope.everything():
        assert set(Job.objects.filter(kind=failing.KIND).values_list("state", flat=True)) == {"failed"}
    some = sorted(life.numbers)[0]

    def break_down(*_: Any, **__: Any) -> Any:
        row = {"id_number": some}
        raise ValueError(f"cannot show {row}")

    with monkeypatch.context() as broken:
        broken.setattr(records, "records", break_down)
        assert life.officer.api("GET", "records/").status_code == 500
        assert life.officer.page("GET", "records/").status_code == 500
    life.officer.page("GET", "jobs/")
    life.admin.api("GET", "audit/", params={"limit": 500})

    finder = Finder(life.numbers)
    places = [*life.seen, *tables(fresh_database), *broker(), ("log", log.read_bytes())]
    found: set[Leak] = set().union(*(finder.leaks(where, data) for where, data in places))
    assert not found, told(found)
    assert resident_runs(log.read_bytes()) == set()
    # The scan has seen what it was to see.
    assert "cannot show" in log.read_text()
    assert "Job" in log.read_text()
    shown = {where for where, _data in places}
    assert {"table record", "table audit_entry", "table job", "log"} <= shown
    assert any(where.startswith("broker ") for where in shown)
    assert len(life.numbers) > 16


@pytest.mark.parametrize("disguise", ["text", "bytes", "chained"])
def test_an_error_is_logged_without_the_number_it_was_about(log: Path, disguise: str) -> None:
    try:
        try:
            raise KeyError(NUMBER)
        except KeyError as error:
            if disguise == "chained":
                raise RuntimeError("A row failed.") from error
            raise ValueError(NUMBER if disguise == "text" else NUMBER.encode()) from None
    except (ValueError, RuntimeError) as error:
        logging.getLogger("shugu.test").exception("Failed on %s", NUMBER, extra={"row": NUMBER})
        tell_uncaught(type(error), error, error.__traceback__)
    assert "Traceback" in log.read_text()
    assert NUMBER not in log.read_text()


def test_what_nobody_caught_is_told_without_it(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError(NUMBER)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
        tell_uncaught(type(error), error, error.__traceback__)
    said = capsys.readouterr().err
    assert "ValueError: 520************" in said


@pytest.mark.parametrize("debug", [False, True])
def test_a_report_of_an_error_holds_no_number_of_its_local_variables(rf: Any, settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    number, row = NUMBER, {"id_number": NUMBER, "name": "石破天"}
    request = rf.post("/submissions/", {"id_number": NUMBER}, headers={"x-forwarded-for": NUMBER})
    reporting: Any = get_exception_reporter_class(request)
    try:
        raise ValueError(f"{row} and {number}")
    except ValueError:
        reporter = reporting(request, *sys.exc_info())
    whole = reporter.get_traceback_text() + reporter.get_traceback_html()
    assert "520************" in whole
    assert Finder([NUMBER]).leaks("report", whole.encode()) == set()


def test_the_web_servers_own_log_is_scrubbed(capsys: pytest.CaptureFixture[str]) -> None:
    from gunicorn.config import Config

    logger = ScrubbedLogger(Config())
    logger.error("Error handling request /people/%s", NUMBER)
    said = capsys.readouterr().err
    assert "520************" in said
    assert NUMBER not in said
