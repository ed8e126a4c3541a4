"""A mail server for the tests of reminders."""

from tests.backend.messages.conftest import mailbox

__all__ = ["mailbox"]
