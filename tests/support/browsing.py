"""Asking the pages as somebody, without a browser: Django's client, signed in, through every middleware."""

import html
import re
from typing import Any

from django.test import Client

from backend.accounts.models import User


def signed_in(user: User, **headers: Any) -> Client:
    """A client in ``user``'s session."""
    client = Client(headers=headers)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def words(response: Any) -> str:
    """What a page says, without its marks and its runs of space."""
    plain = re.sub(r"<(script|style|template)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(plain).split())


def faults(response: Any) -> dict[str, list[str]]:
    """What a form that came back says is wrong, by field."""
    assert response.status_code == 400, response.status_code
    return {name: [str(one) for one in errors] for name, errors in response.context["form"].errors.items()}
