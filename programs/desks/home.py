"""The first page: each role's own desk."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

DESKS = {
    "partner": "programs.desks.partner.desk.Desk",
    "officer": "programs.desks.officer.desk.Desk",
    "manager": "programs.desks.manager.desk.Desk",
    "admin": "programs.desks.admin.desk.Desk",
}


def home(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """The desk of whoever asks."""
    role = getattr(request.user, "role", None)
    if role not in DESKS:
        return redirect_to_login("/", settings.LOGIN_URL)
    return import_string(DESKS[role]).as_view()(request, **kwargs)
