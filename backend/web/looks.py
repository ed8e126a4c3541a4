"""How a reader wants the pages: light, dark or as their system says, and how great numbers are written.

Both are kept with the account and shown by attributes of ``<html>`` that the server writes. Before somebody has signed
in, and where a page cannot ask who reads it, a cookie says how the pages were wanted last on this browser.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

THEMES = ("auto", "light", "dark")
PLAIN, MYRIADS = "plain", "myriads"
NUMBERS = (PLAIN, MYRIADS)
COOKIE = "shugu_theme"
YEAR = 365 * 24 * 3600
WAN, YI = 10_000, 100_000_000

_in_myriads: ContextVar[bool] = ContextVar("in_myriads", default=False)


@contextmanager
def nobody_reading() -> Iterator[None]:
    """Numbers are written out in full from here on, and again afterwards, until ``read_by`` says otherwise."""
    before = _in_myriads.set(False)
    try:
        yield
    finally:
        _in_myriads.reset(before)


def read_by(user: Any, language: str) -> None:
    """Numbers are written as ``user`` wants them: the units are of Chinese, so only in Chinese."""
    _in_myriads.set(getattr(user, "numbers", PLAIN) == MYRIADS and language.startswith("zh"))


def in_myriads() -> bool:
    """Whether great numbers are written by 万 and 亿."""
    return _in_myriads.get()


def shortened(value: int | float) -> str:
    """12,345 as 1.23万, 123,456,789 as 1.23亿, rounded half up; what is below ten thousand is left empty.

    A number that was rounded shows both places (``10.00万`` for 99,999), so that nobody takes it for the whole one.
    """
    size = abs(value)
    if size < WAN:
        return ""
    unit, word = (WAN, "万") if _hundredths(size, WAN) * WAN < YI * 100 else (YI, "亿")
    hundredths = _hundredths(size, unit)
    whole, places = divmod(hundredths, 100)
    shown = f"{whole:,}.{places:02}"
    if hundredths * unit == size * 100:
        shown = shown.rstrip("0").rstrip(".")
    return f"{'-' if value < 0 else ''}{shown}{word}"


def _hundredths(size: int | float, unit: int) -> int:
    return int((size * 100 + unit // 2) // unit)


def remembered(request: HttpRequest | None) -> str:
    """How this browser wanted the pages last."""
    theme = request.COOKIES.get(COOKIE, "") if request is not None else ""
    return theme if theme in THEMES else THEMES[0]


def remember(response: HttpResponse, theme: str) -> None:
    """Has the browser remember how the pages are wanted."""
    secure, same_site = settings.SESSION_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SAMESITE
    response.set_cookie(COOKIE, theme, max_age=YEAR, samesite=same_site, secure=secure, httponly=True)  # type: ignore[arg-type]
