"""The head's entries: whose they are, where the reader is, and what is folded."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import get_resolver

from backend.accounts.models import User
from backend.web import navigation
from backend.web.templatetags.web import navigation as shown


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> list[navigation.Entry]:
    # The rooms register theirs with their addresses, which whoever asks first has loaded.
    assert get_resolver().url_patterns
    own: list[navigation.Entry] = []
    monkeypatch.setattr(navigation, "_entries", own)
    return own


def head(path: str, role: str = "officer") -> list[dict[str, Any]]:
    request = RequestFactory().get(path)
    request.user = SimpleNamespace(role=role, read_only=False)  # type: ignore[assignment]
    return shown({"request": request})  # type: ignore[arg-type]


def labels(places: list[dict[str, Any]]) -> list[str]:
    return [str(place["label"]) for place in places]


def test_entries_are_a_roles_own_in_order(entries: list[navigation.Entry]) -> None:
    navigation.register(2, "second", "web:account", "key", "officer admin")
    navigation.register(1, "first", "web:sign-in", "key", "officer")
    navigation.register(3, "third", "web:users", "key", "admin")
    assert labels(head("/", "officer")) == ["first", "second"]
    assert labels(head("/users/new/", "admin")) == ["second", "third"]
    assert [place["here"] for place in head("/users/new/", "admin")] == [False, True]


def test_groups_fold_only_where_there_are_too_many(entries: list[navigation.Entry]) -> None:
    navigation.register(50, "programmes", "web:programmes", "key", "officer", "set-up")
    navigation.register(99, "periods", "web:periods", "key", "officer", "set-up")
    navigation.register(70, "alone", "web:users", "key", "officer", "another")
    assert labels(head("/")) == ["programmes", "alone", "periods"]
    for place in range(navigation.SIDE_BY_SIDE - 2):
        navigation.register(place, f"plain {place}", "web:account", "key", "officer")
    folded = head("/periods/new/")
    assert labels(folded)[-2:] == ["alone", "set-up"]
    menu = folded[-1]
    assert labels(menu["inside"]) == ["programmes", "periods"]
    assert menu["here"]
    assert [place["here"] for place in menu["inside"]] == [False, True]


def test_no_two_places_of_a_role_look_the_same() -> None:
    """In a menu the icon is what the eye looks for."""
    assert get_resolver().url_patterns, "the rooms register their entries with their addresses"
    for role in User.Role.values:
        icons = [one.icon for one in navigation.entries(role)]
        assert sorted(icons) == sorted(set(icons)), role
