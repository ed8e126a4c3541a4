"""What is told outside and in inboxes of what came of a submission."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.messages.inbox.notices import partners_people, tell
from programs.submissions.models import Submission
from programs.submissions.templates import name_of

Status = Submission.Status


def data_of(found: Submission) -> dict[str, Any]:
    """Numbers of rows, and nobody's data."""
    return {
        "submission": found.pk,
        "organisation": found.organisation.code,
        "template": found.template,
        "period": found.period_code or None,
        "status": found.status,
        "counts": {name: getattr(found, name) for name in ("rows", "accepted", "unchanged", "rejected")},
    }


def verdict(found: Submission) -> int:
    """Tells whoever sent it, in their inbox; of what the bureau sent on a partner's behalf the partner's people."""
    sender = found.submitted_by
    own = sender.role == User.Role.PARTNER and sender.is_active
    users = [sender] if own else list(partners_people([found.organisation_id]))
    address = f"{settings.SITE_URL.rstrip('/')}/submissions/{found.pk}/"

    def words() -> tuple[str, str]:
        subject, text = _said(found)
        return subject, f"{text}\n\n{address}"

    return tell(
        key=f"submission:{found.pk}:{found.status}", organisation_id=found.organisation_id, users=users, words=words
    )


def _said(found: Submission) -> tuple[str, str]:
    told = {
        "id": found.pk,
        "what": f"{name_of(found.template)} {found.period_code}".strip(),
        "rows": f"{found.rows:,}",
        "taken": f"{found.accepted + found.unchanged:,}",
        "refused": f"{found.rejected:,}",
    }
    if found.status == Status.FAILED:
        return (
            _("Submission %(id)s could not be worked through") % told,
            _("Something failed on our side with submission %(id)s (%(what)s). Send the same file again.") % told,
        )
    if found.status == Status.REJECTED:
        return (
            _("Submission %(id)s was refused") % told,
            _("Nothing of submission %(id)s (%(what)s) was taken. What is wrong stands on its page.") % told,
        )
    if found.status == Status.PARTLY_ACCEPTED:
        return (
            _("Submission %(id)s was taken in part") % told,
            _("Of the %(rows)s rows of submission %(id)s (%(what)s), %(taken)s were taken, %(refused)s were not.")
            % told,
        )
    return (
        _("Submission %(id)s was taken") % told,
        _("All %(rows)s rows of submission %(id)s (%(what)s) were taken.") % told,
    )
