"""The files of a copy as they are answered: only to be saved."""

from django.http import HttpResponse

from backend.accounts.models import User
from backend.problems import NotFound
from programs.privacy.models import PrivacyRequest
from programs.privacy.services import fetch

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"json": "application/json", "xlsx": XLSX}


def answer(*, actor: User, request: PrivacyRequest, form: str) -> HttpResponse:
    """One of the files.

    Raises:
        NotFound: there is no such form, or it is not made yet.
        backend.vault.files.services.Disposed: its time is over.
    """
    if form not in TYPES:
        raise NotFound
    data = fetch(actor=actor, request=request, form=form)
    return HttpResponse(
        data,
        content_type=TYPES[form],
        headers={
            "Content-Disposition": f'attachment; filename="personal-data-{request.pk}.{form}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
