"""The API's addresses by their first word, so that a call is not compared with every address there is."""

from collections.abc import Iterable, Iterator

from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern

Route = URLPattern | URLResolver


def by_first_word(routes: Iterable[Route]) -> list[Route]:
    """The same addresses, those that begin alike together behind what they have in common.

    Which of two addresses that both fit is taken stays as it was: words differ, and within one the order is kept. An
    address that begins with a parameter or an expression could fit any word, and stands behind them all.

    Raises:
        ValueError: a group of addresses has a namespace, or begins with an expression, which would be lost.
    """
    words: dict[str, list[Route]] = {}
    others: list[Route] = []
    for one in _each(routes):
        text = str(one.pattern)
        word, slash, rest = text.partition("/")
        if not isinstance(one.pattern, RoutePattern) or not slash or "<" in word:
            others.append(one)
        else:
            words.setdefault(word + slash, []).append(path(rest, one.callback, one.default_args, one.name))
    return [*(path(word, include(found)) for word, found in words.items()), *others]


def _each(routes: Iterable[Route], before: str = "") -> Iterator[URLPattern]:
    for one in routes:
        if isinstance(one, URLPattern):
            whole = path(before + str(one.pattern), one.callback, one.default_args, one.name)
            yield whole if isinstance(one.pattern, RoutePattern) else one
        elif one.app_name or one.namespace or not isinstance(one.pattern, RoutePattern):
            raise ValueError(f"{one!r} has more to it than addresses")
        else:
            yield from _each(one.url_patterns, before + str(one.pattern))
