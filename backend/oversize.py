"""Requests that are too large to be read at all, whoever sends them and to whichever address."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase


class OversizeMiddleware:
    """Refuses a request by the length that it states (413); one that states none has no body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        stated = request.META.get("CONTENT_LENGTH") or ""
        if stated.isdigit() and int(stated[:20]) > settings.REQUEST_BYTES:
            raise RequestDataTooBig(f"The request states {stated[:20]} bytes.")
        return self.get_response(request)
