"""Handing in a list of people, and answering it."""

from typing import Any

import orjson
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts import scope
from backend.accounts.models import User
from backend.accounts.scope import refuse_bound
from backend.audit.services import enter_audit
from backend.jobs import services as jobs
from backend.jobs.services import Run, Waiting
from backend.problems import Invalid, NotFound, Problem
from backend.reference.selectors import tables
from backend.throttles import allow
from backend.vault.files import scanner
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from programs.checklists.models import CheckList
from programs.submissions.services import display_name

CHECK_LIST = "check_list.check"
MEGABYTE = 1024 * 1024
PURPOSE = SealedFile.Purpose


@transaction.atomic
def hand_in(*, actor: User, file: UploadedFile | None = None, people: list[Any] | None = None) -> CheckList:
    """Take in a list of people to be checked: seals it, and has it answered.

    Whoever hands in lists could ask so who is on record: it is limited by organisation, and entered on the trail.

    Args:
        actor: who asks; a partner hears of its own reports, staff of everybody's.
        file: a CSV, XLSX or XLS with a name and a number in each row, and the kind of document where it is another
            than a resident's card.
        people: a batch instead, with the column codes as keys.

    Raises:
        Invalid: neither a file nor a batch, or both.
        Problem: 413 ``too_large``, 429 ``throttled``.
    """
    refuse_bound(actor)
    allow(f"check-lists:{actor.organisation_id}", settings.CHECK_LISTS_AN_HOUR, 3600)
    data, kind, name = _bytes(file, people)
    original = files.store(organisation_id=actor.organisation_id, purpose=PURPOSE.ORIGINAL, data=data)
    check_list = CheckList.objects.create(
        organisation=actor.organisation,
        for_bureau=actor.sees_everything,
        kind=kind,
        file_name=display_name(name),
        original=original,
        asked_by=actor,
    )
    check_list.job = jobs.queue(
        kind=CHECK_LIST,
        subject_id=check_list.pk,
        organisation_id=None if actor.sees_everything else actor.organisation_id,
        actor=actor,
    )
    check_list.save(update_fields=["job"])
    enter_audit(
        action="check_list.ask",
        subject=check_list,
        detail={"size": original.size, "sha256": original.sha256},
        actor=actor,
    )
    return check_list


def _bytes(file: UploadedFile | None, people: list[Any] | None) -> tuple[bytes, str, str]:
    if (file is None) == (people is None):
        raise Invalid([("file", "required", _("Send either a file or a list of people."))])
    if people is not None:
        return orjson.dumps(people), "json", ""
    assert file is not None
    if (file.size or 0) > settings.UPLOAD_BYTES:
        text = _("The file is larger than %(size)s MB. Split it and send the parts.")
        raise Problem(413, "too_large", text % {"size": settings.UPLOAD_BYTES // MEGABYTE})
    return file.read(), "file", file.name or ""


def answer(run: Run, check_list_id: int) -> dict[str, Any]:
    """Read a list, judge its lines, and seal what came of it; done again it makes the same answer."""
    # The engine is heavy and must not be loaded in the process that forks the workers.
    from programs.checklists import judging, reading, untaken

    with scope.everything():
        check_list = CheckList.objects.select_related("original", "organisation").get(pk=check_list_id)
        data = files.read(check_list.original)
    if check_list.done_at is not None:
        return _summary(check_list)
    reader = None if check_list.for_bureau else check_list.organisation_id
    threat = _threat(data)
    if threat:
        return _conclude(run, check_list, {"rule": "F07", "params": {"threat": threat}}, [])
    sheet = reading.read(data, check_list.kind, run.cancelled)
    refusal = reading.meta_of_refusal(sheet)
    if refusal:
        return _conclude(run, check_list, refusal, [])
    today, known = clock.today(), tables()
    lines = reading.lines(sheet.frame, known, today)
    run.progress(0, len(lines))
    found = judging.judge(lines, reader)
    untaken.look_through(found, reader, known, today)
    run.progress(len(lines), len(lines))
    return _conclude(run, check_list, None, [one.as_dict() for one in found])


def _threat(data: bytes) -> str:
    try:
        return scanner.scan(data).threat
    except scanner.Unreachable as error:
        raise Waiting(str(error)) from error


def _conclude(
    run: Run, check_list: CheckList, refusal: dict[str, Any] | None, rows: list[dict[str, Any]]
) -> dict[str, Any]:
    with scope.everything():
        run.hold()
        counted = sum(row["counted"] for row in rows)
        if refusal is not None:
            check_list.error, check_list.params = refusal["rule"], refusal["params"]
            if refusal["rule"] == "F07":
                files.quarantine(file=check_list.original)
        else:
            data = orjson.dumps(rows)
            check_list.result = files.store(
                organisation_id=check_list.organisation_id, purpose=PURPOSE.SHEET, data=data
            )
        check_list.rows, check_list.counted, check_list.not_counted = len(rows), counted, len(rows) - counted
        check_list.done_at = clock.now()
        check_list.save()
        enter_audit(action="check_list.answer", subject=check_list, detail=_summary(check_list))
        summary = _summary(check_list)
        run.finish(summary)
    return summary


def _summary(check_list: CheckList) -> dict[str, Any]:
    names = ("rows", "counted", "not_counted", "error")
    return {name: getattr(check_list, name) for name in names if name != "error" or check_list.error}


def result(check_list: CheckList) -> list[dict[str, Any]]:
    """What came of each line, in the order of the list, read in the caller's scope.

    Raises:
        NotFound: there is no answer yet, or the list was refused whole.
    """
    if check_list.result is None:
        raise NotFound(_("This list has no answer: it is still being checked, or could not be read."))
    return list(orjson.loads(files.read(check_list.result)))
