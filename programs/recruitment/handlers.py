"""What becomes of arrivals when their report is taken in, and the job that looks at candidates' files."""

from typing import Any

from backend.accounts.scope import bind_by
from backend.filing import services as filing
from backend.jobs.services import Run, handles
from backend.outbox.services import subscribe
from backend.vault.columns import seals
from programs.intake.templates.template import register
from programs.recruitment import choosing
from programs.recruitment.candidates_template import CANDIDATES
from programs.recruitment.documents import CABINET
from programs.recruitment.models import Arrival, Candidate, Document, Move
from programs.recruitment.positions_template import POSITIONS
from talent.reveals.selectors import counts_as_reveal

register(POSITIONS)
register(CANDIDATES)
counts_as_reveal(choosing.REVEAL, choosing.REVEAL_AGAIN)
seals("candidate", "sealed")

for _model in (Candidate, Move, Document, Arrival):
    # Of no district before they have arrived, and then it is the record's.
    bind_by(_model)(lambda rows, districts: rows.filter(pk__lt=0))


@handles(CABINET.job)
def look_at(run: Run) -> dict[str, Any]:
    """Has a file scanned and decoded, and keeps or refuses it."""
    return filing.look_at(CABINET, run)


@subscribe("job.failed")
def give_up_document(job_id: int) -> None:
    """A job has failed for good: where it was to look at a file, that is refused."""
    filing.give_up(CABINET, job_id=job_id)


@subscribe("submission.committed")
def settle_arrivals(submission_id: int) -> None:
    """A submission was taken in: its arrivals learn their records, or that their rows were refused."""
    from programs.recruitment import arriving

    arriving.settle(submission_id)
