"""Opens an action for every request, and tells where the request came from."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from backend.audit.context import acting, current
from backend.logs import facts_of
from backend.tracing import FACTS

HEADER = "X-Request-Id"


class ActionMiddleware:
    """Gives every request one action id and the client's address; the base views name the user later.

    The id is our own, whatever the client sends, and stands on the answer as ``X-Request-Id``; it and who asked are
    left in the request's environment for the web server's log, which is written when the action is over.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(address=client_address(request), asked=True):
            response = self.get_response(request)
            action = current()
        response[HEADER] = str(action.id)
        request.META[FACTS] = facts_of(action)
        return response


def client_address(request: HttpRequest) -> str | None:
    """The client's address, or ``None`` where there is no telling (a Unix socket).

    ``X-Forwarded-For`` is whatever the client wrote plus one entry by each proxy, so only the entry that the
    outermost of our own ``TRUSTED_PROXIES`` wrote is believed; with none, the header is ignored.
    """
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXIES
    if proxies > 0:
        hops = [hop for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if len(hops) >= proxies:
            return _address(hops[-proxies]) or peer
    return peer


def _address(text: str) -> str | None:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
