"""What retention does when something has happened elsewhere."""

from backend.accounts.history.consequences import follows
from backend.accounts.scope import bind, read_from_above
from backend.outbox.services import subscribe
from programs.intake.templates.template import register
from programs.retention import expecting
from programs.retention.models import RetentionAnswer, RetentionCheck
from programs.retention.template import RETENTION

register(RETENTION)
follows(expecting.expect)
bind(RetentionCheck, "record__district")
bind(RetentionAnswer, "about__record__district")
read_from_above(RetentionCheck, RetentionAnswer)


@subscribe("obligation.expected")
def place(_obligation_id: int) -> None:
    """Where new periods have been opened, questions that had none may have one now."""
    expecting.expect(unplaced_only=True)
