"""A mail server that the site is told to use."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.mailbox import Mailbox


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A running mail server, which ``EMAIL_URL`` names."""
    box = Mailbox()
    box.listen()
    settings.EMAIL_URL = box.url
    yield box
    box.close()
