"""What somebody sent in vain is kept: their session had ended, or the page was open for too long.

It is kept by nobody but the browser, as a signed field of the page that it is shown, and sent again only by a button.
Passwords and files are left out.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

LEFT_OUT = frozenset({"csrfmiddlewaretoken", "password", "current", "repeated", "otp"})
FILE = "file-to-choose-again"
"""By this field the script says that there was a file, which it cannot send along."""
MOST = 200_000
HOUR = 3600
SALT = "kept"


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent: ``to`` which page, from which page ``back``; ``lost``: not everything could be kept."""

    to: str
    back: str
    fields: list[tuple[str, str]]
    lost: bool


def kept_of(request: HttpRequest, to: str) -> Kept:
    """What the request's form holds, as far as it may be kept."""
    given = [
        (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
    ]
    fields = [(name, value) for name, value in given if name not in LEFT_OUT and name != FILE]
    lost = len(fields) < len(given) or bool(request.FILES)
    if sum(len(name) + len(value) for name, value in fields) > MOST:
        fields, lost = [], True
    came_from = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    parts = urlsplit(came_from)
    back = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return Kept(to, back if own and back else "/", fields, lost)


def packed(kept: Kept) -> str:
    """As a field of a form, signed: nobody but this site can have written it."""
    return signing.dumps([kept.to, kept.back, kept.fields, kept.lost], salt=SALT, compress=True)


def unpacked(text: str) -> Kept | None:
    """What ``packed`` wrote within the last hour; ``None`` for anything else."""
    try:
        to, back, fields, lost = signing.loads(text, salt=SALT, max_age=HOUR)
    except signing.BadSignature:
        return None
    return Kept(to, back, [(name, value) for name, value in fields], lost)


def kept_page(request: HttpRequest, kept: Kept, *, again: bool, proven: bool = False) -> HttpResponse:
    """The page from which what was kept is sent; ``again``: its sender has just signed in again; ``proven``: has just
    proven that it is they."""
    response = render(request, "web/kept.html", {"kept": kept, "again": again, "proven": proven})
    response["Cache-Control"] = "no-store"
    return response
