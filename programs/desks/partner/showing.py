"""A submission in words: how far it is, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.jobs.models import Job
from programs.intake import steps
from programs.intake.answers import language
from programs.intake.rules import is_chinese
from programs.submissions.models import Submission

Status = Submission.Status
UNDER_WAY = frozenset({Status.RECEIVED, Status.CHECKING, Status.COMMITTING})
TAKEN = frozenset({Status.ACCEPTED, Status.PARTLY_ACCEPTED})
CONCLUDED = TAKEN | {Status.REJECTED, Status.FAILED, Status.CANCELLED}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the work on a submission."""

    label: str | Promise
    done: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work on a submission is; ``waits`` while no worker has begun it."""

    steps: Sequence[Step]
    done: int
    total: int
    waits: bool


def progress(submission: Submission) -> Progress | None:
    """How far the checks or the commit are, by the job's row; ``None`` where nothing is under way."""
    if submission.status not in UNDER_WAY:
        return None
    names = steps.COMMIT if submission.status == Status.COMMITTING else steps.CHECK
    job = submission.job
    done = min(job.done, len(names) - 1) if job else 0
    waits = job is None or job.state == Job.State.QUEUED
    return Progress(
        [Step(name, place < done, place == done and not waits) for place, name in enumerate(names)],
        done,
        len(names),
        waits,
    )


def mark(submission: Submission) -> str:
    """What a page that shows the submission goes by to see whether anything has moved."""
    job = submission.job
    return f"{submission.status}.{job.state}.{job.done}" if job else submission.status


def told(submission: Submission) -> str:
    """How the submission fares, in a sentence for whoever hears the page and does not see it."""
    now = progress(submission)
    if now is not None:
        status = submission.get_status_display()
        if now.waits:
            return _("%(status)s: waits for its turn.") % {"status": status}
        return _("%(status)s: step %(step)s of %(total)s.") % {
            "status": status,
            "step": now.done + 1,
            "total": now.total,
        }
    if submission.status == Status.CHECKED:
        return said(_("Checked."), may_be_taken(submission), need_mending(submission))
    if submission.status in TAKEN:
        return were_taken(submission)
    return submission.get_status_display()


def said(*sentences: str) -> str:
    """Sentences one after the other, as the reader's language puts them."""
    return ("" if is_chinese(language()) else " ").join(sentences)


def may_be_taken(submission: Submission) -> str:
    """How many rows would be taken."""
    count = submission.accepted + submission.unchanged
    return ngettext("%(count)s row is good.", "%(count)s rows are good.", count) % {"count": f"{count:,}"}


def need_mending(submission: Submission) -> str:
    """How many rows would be left out."""
    count = submission.rejected
    if not count:
        return _("None needs mending.")
    return ngettext("%(count)s row needs mending.", "%(count)s rows need mending.", count) % {"count": f"{count:,}"}


def were_taken(submission: Submission) -> str:
    """How many rows were taken and how many left out."""
    taken, left = submission.accepted + submission.unchanged, submission.rejected
    if submission.practice:
        stand = ngettext("%(count)s row would have been taken.", "%(count)s rows would have been taken.", taken)
    else:
        stand = ngettext("%(count)s row stands in the books.", "%(count)s rows stand in the books.", taken)
    out = ngettext("%(count)s row was left out.", "%(count)s rows were left out.", left)
    return said(stand % {"count": f"{taken:,}"}, *([out % {"count": f"{left:,}"}] if left else []))


def confirm_label(submission: Submission) -> str:
    """What the button says that has the rows taken."""
    taken, left = submission.accepted + submission.unchanged, submission.rejected
    if not taken:
        return _("Hand over for clarification")
    count = {"count": f"{taken:,}", "left": f"{left:,}"}
    if not submission.accepted:
        return ngettext("Confirm %(count)s unchanged row", "Confirm %(count)s unchanged rows", taken) % count
    if left:
        return (
            ngettext("Take %(count)s row, leave out %(left)s", "Take %(count)s rows, leave out %(left)s", taken) % count
        )
    return ngettext("Take %(count)s row", "Take %(count)s rows", taken) % count
