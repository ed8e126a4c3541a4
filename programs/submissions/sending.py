"""Sending a submission, by API or by page: whose it is, how often, how many bytes."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from backend.accounts.models import Organisation, User
from backend.problems import Invalid, Problem
from backend.throttles import allow
from programs.periods.models import Period
from programs.submissions import practising, services, templates
from programs.submissions.models import Submission
from programs.submissions.templates import TALENT_RECORDS, Sendable

OVERSIZE = 4
MEGABYTE = 1024 * 1024


def send(
    *,
    actor: User,
    period: Period | None = None,
    template: str = TALENT_RECORDS,
    organisation: Organisation | None = None,
    file: UploadedFile | None = None,
    records: list[Any] | None = None,
    policy: str,
    confirm: str,
    force: bool,
    opening: bool = False,
    practice: bool = False,
) -> Submission:
    """Takes in a file or a list of records from whoever may send them.

    Args:
        actor: who sends.
        period: the period reported; none for a template that belongs to no period. Practice without one is for the
            period that would be reported next in earnest.
        template: the code of the template that the rows are in.
        organisation: whose it is; a partner need not say so, bureau staff must.
        file: a file as it came in.
        records: a batch instead, with the column codes as keys.
        policy, confirm, force, opening, practice: as ``services.receive``.

    Raises:
        Invalid: ``organisation``, ``template``, ``period`` or ``file`` are at fault.
        Forbidden: a partner sends an opening book, or the bureau practises.
        Problem: 413 ``too_large``, 429 ``throttled``.
        Conflict: as ``services.receive``.
    """
    asked = templates.named(template)
    owner = _owner(actor, organisation, asked)
    templates.refuse_unfit(asked, owner)
    allow(f"uploads:{owner.pk}", settings.UPLOADS_PER_HOUR, 3600)
    if practice and period is None and not actor.sees_everything:
        period = practising.period_for(actor)
    return services.receive(
        actor=actor,
        organisation=owner,
        period=period,
        template=template,
        policy=policy,
        confirm=confirm,
        force=force,
        opening=opening,
        practice=practice,
        **_bytes(period, file, records),
    )


def _owner(actor: User, named: Organisation | None, template: Sendable) -> Organisation:
    if not actor.sees_everything:
        if named is not None and named.pk != actor.organisation_id:
            raise Invalid([("organisation", "invalid", _("You can only submit for your own organisation."))])
        return actor.organisation
    if named is None and Organisation.Kind.BUREAU in template.kinds:
        return actor.organisation
    if named is None or (named.kind == Organisation.Kind.BUREAU and named.kind not in template.kinds):
        raise Invalid([("organisation", "required", _("Name the partner on whose behalf you submit."))])
    return named


def _bytes(period: Period | None, file: UploadedFile | None, records: list[Any] | None) -> dict[str, Any]:
    """The bytes to seal, and what they are."""
    if records is not None and file is None:
        return {"data": services.records_as_bytes(period.code if period else None, records), "kind": "json"}
    if file is None or records is not None:
        raise Invalid([("file", "required", _("Send either a file or a list of records."))])
    # A file over the limit is taken in and refused by its checks (F04), so that the refusal stands in the books; one
    # many times over is not even taken in.
    most = settings.UPLOAD_BYTES * OVERSIZE
    if (file.size or 0) > most:
        raise Problem(
            413,
            "too_large",
            _("The file is larger than %(size)s MB. Split it and send the parts.") % {"size": most // MEGABYTE},
        )
    return {"data": file.read(), "kind": "file", "file_name": file.name or ""}
