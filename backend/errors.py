"""Django's error handlers: problem details under ``/api/``, pages elsewhere."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from backend.api import faults
from backend.web import errors


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return (faults if _is_api(request) else errors).bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return (faults if _is_api(request) else errors).not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return (faults if _is_api(request) else errors).server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(getattr(settings, "API_PREFIX", "/api/"))
