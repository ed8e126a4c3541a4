"""Looking at files that were filed: scanned where a scanner is set up, decoded in a process of its own, then kept or
refused. What a file shows, who may file it and what follows when it is kept is for the feature that owns it to say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db.models import QuerySet

from backend.accounts.scope import within
from backend.audit.services import enter_audit
from backend.filing.faults import INFECTED, UNCHECKED
from backend.filing.models import FiledFile
from backend.jobs.models import Job
from backend.jobs.services import Run, Waiting
from backend.vault.files import pictures, scanner
from backend.vault.files import services as files
from backend.vault.files.media import Refused, outline

State = FiledFile.State
Row = TypeVar("Row", bound=FiledFile)


@dataclass(frozen=True, slots=True)
class Cabinet(Generic[Row]):
    """The files of one kind, and what their owner has to say of them.

    ``job`` is the kind of job that looks at one, its subject; ``action`` what the trail calls a refusal and ``detail``
    what it says of a file there. ``lock`` locks what a file belongs to, as whoever files or takes away does. Of a file
    that is found good ``noted`` gives what to write down with it and ``kept`` does what follows, both in the
    transaction in which it is kept.
    """

    rows: type[Row]
    job: str
    action: str
    detail: Callable[[Row], Mapping[str, Any]]
    lock: Callable[[Row], None]
    noted: Callable[[Row, pictures.Picture], Mapping[str, Any]] = lambda _row, _drawn: {}
    kept: Callable[[Row], None] = lambda _row: None


def look_at(cabinet: Cabinet[Row], run: Run) -> dict[str, str]:
    """The job of one file: it is scanned, decoded, and kept or refused.

    Raises:
        Waiting: the scanner gives no verdict, and nothing is kept without one.
    """
    subject, organisation = run.job.subject_id, run.job.organisation_id
    assert subject is not None
    assert organisation is not None
    with within(organisation):
        row = _rows(cabinet).select_related("file").filter(pk=subject, state=State.RECEIVED).first()
        if row is None or row.file is None:
            return {}
        data = files.read(row.file)
    try:
        verdict = scanner.scan(data)
    except scanner.Unreachable as error:
        raise Waiting(str(error)) from error
    if verdict.threat:
        return _refuse(cabinet, run, row, INFECTED, threat=verdict.threat)
    try:
        shape = outline(data, most_pixels=settings.EVIDENCE_PIXELS)
        drawn = pictures.draw(data, shape, most_pixels=settings.EVIDENCE_PIXELS, most_pages=settings.EVIDENCE_PAGES)
    except Refused as fault:
        return _refuse(cabinet, run, row, fault.fault)
    with within(organisation):
        run.hold()
        if not _waits(cabinet, row):
            return {}
        noted = cabinet.noted(row, drawn)
        _rows(cabinet).filter(pk=row.pk).update(state=State.KEPT, pages=drawn.pages, **noted)
        cabinet.kept(row)
    return {"state": State.KEPT.value}


def give_up(cabinet: Cabinet[Row], *, job_id: int) -> None:
    """Refuse the file of a job that has failed for good: nothing waits that nobody looks at any more."""
    job = Job.objects.filter(pk=job_id, kind=cabinet.job).first()
    row = _rows(cabinet).select_related("file").filter(pk=job.subject_id or 0).first() if job else None
    if row is not None and _waits(cabinet, row):
        _put_away(cabinet, row, UNCHECKED)


def _refuse(cabinet: Cabinet[Row], run: Run, row: Row, fault: str, **detail: str) -> dict[str, str]:
    with within(row.organisation_id):
        run.hold()
        if not _waits(cabinet, row):
            return {}
        _put_away(cabinet, row, fault, **detail)
    return {"state": State.REFUSED.value, "fault": fault}


def _put_away(cabinet: Cabinet[Row], row: Row, fault: str, **detail: str) -> None:
    enter_audit(
        action=cabinet.action,
        subject=row,
        detail={**cabinet.detail(row), "fault": fault, "sha256": row.sha256, **detail},
    )
    assert row.file is not None
    if fault == INFECTED:
        files.quarantine(file=row.file)
        _rows(cabinet).filter(pk=row.pk).update(state=State.REFUSED, fault=fault)
    else:
        _rows(cabinet).filter(pk=row.pk).update(state=State.REFUSED, fault=fault, file=None)
        files.delete(row.file)


def _waits(cabinet: Cabinet[Row], row: Row) -> bool:
    """Whether the file still waits, with what it belongs to locked first."""
    cabinet.lock(row)
    return _rows(cabinet).select_for_update().filter(pk=row.pk, state=State.RECEIVED).exists()


def _rows(cabinet: Cabinet[Row]) -> QuerySet[Row]:
    return cabinet.rows._default_manager.all()
