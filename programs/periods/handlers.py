"""What periods do when something has happened elsewhere."""

from backend.outbox.services import subscribe
from programs.periods import expected


@subscribe("programme.changed")
def expect(_programme_id: int) -> None:
    """Who takes part in a live programme owes reports; who left owes none any more."""
    expected.expect_obligations()


@subscribe("submission.committed")
def fulfil(submission_id: int) -> None:
    """A submission of which a row was taken fulfils the obligation that it was sent for."""
    expected.fulfil(submission_id=submission_id)


@subscribe("submission.withdrawn")
def reopen(submission_id: int) -> None:
    """What a submission fulfilled that was taken back is owed again, unless another one fulfils it."""
    expected.reopen(submission_id=submission_id)
