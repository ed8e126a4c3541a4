"""What rooms that stand lower ask of submissions."""

from backend.accounts.models import User
from programs.catalogue.requests import sees_submissions
from programs.submissions import selectors


@sees_submissions
def may_see(actor: User, submission_id: int) -> bool:
    """Whether a submission is there for ``actor``."""
    return selectors.submissions(actor).filter(pk=submission_id).exists()
