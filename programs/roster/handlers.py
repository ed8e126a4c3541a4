"""What the roster does when something was reported."""

from backend.outbox.services import subscribe
from programs.roster.services import mark_reported


@subscribe("submission.committed")
def note_reported(submission_id: int) -> None:
    """The people of a submission that was taken are found as soon as the roster has come to them."""
    mark_reported(submission_id=submission_id)
