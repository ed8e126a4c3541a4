"""Addresses by their first word: the same ones, found the same way, with fewer looked at."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLResolver, include, path, re_path
from django.urls.resolvers import RegexPattern, URLPattern

from backend.api.routes import by_first_word


def view(request: HttpRequest) -> HttpResponse:
    """Stands for an endpoint."""
    return HttpResponse()


def routes() -> list[URLPattern | URLResolver]:
    inner = [path("people/", view, name="people"), path("people/<int:id>/", view, name="person"), path("jobs/", view)]
    return [
        path("<slug:any>/", view, name="any"),
        path("", include(inner)),
        path("people/find/", view, name="find"),
        path("people/", include([path("<slug:word>/", view, name="word")])),
        re_path(r"^odd$", view, name="odd"),
    ]


def found(given: list[URLPattern | URLResolver], address: str) -> str | None:
    root = URLResolver(RegexPattern(r""), given)
    return root.resolve(address).url_name


@pytest.mark.parametrize(
    ("address", "name"),
    [("people/", "people"), ("people/7/", "person"), ("people/find/", "find"), ("people/x/", "word"), ("odd", "odd")],
)
def test_an_address_leads_where_it_led(address: str, name: str) -> None:
    assert found(by_first_word(routes()), address) == name


def test_what_fits_any_word_comes_last() -> None:
    assert found(by_first_word(routes()), "anything/") == "any"
    assert found(by_first_word(routes()), "jobs/") is None, "an address that is written out goes before a parameter"


def test_one_group_for_each_word() -> None:
    assert [str(one.pattern) for one in by_first_word(routes())] == ["people/", "jobs/", "<slug:any>/", "^odd$"]


def test_a_namespace_is_not_lost_unnoticed() -> None:
    with pytest.raises(ValueError, match="more to it"):
        by_first_word([path("x/", include(([path("y/", view)], "named")))])
