"""What can go wrong with a backup."""

from backend.embedded.errors import EmbeddedError


class BackupError(EmbeddedError):
    """A backup, a restore or a rehearsal cannot go on; the text says what happened and what to do."""
