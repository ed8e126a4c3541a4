"""A partner at its pages."""

from collections.abc import Callable

import pytest
from django.test import Client

from backend.accounts.models import User
from tests.support.partner import Partner

Browse = Callable[..., Client]


@pytest.fixture
def partner(db: None, run_jobs: Callable[[], int]) -> Partner:
    return Partner(run_jobs)


@pytest.fixture
def browse() -> Browse:
    """``browse(user, language="en", part=False)``: a browser signed in as ``user``; ``part``: as htmx asks."""

    def begin(user: User, language: str = "en", part: bool = False) -> Client:
        user.language = language
        user.save()
        client = Client(headers={"hx-request": "true"} if part else {})
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return begin
