"""Evidence as it is answered: told to be nothing but what it was found to be, and to run nothing."""

from django.http import HttpResponse

from backend.accounts.models import User
from backend.vault.files.media import JPEG, PDF, TYPES
from talent.credentials.evidence import open_file
from talent.credentials.models import Evidence

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"


def answer(*, evidence: Evidence, actor: User, thumbnail: bool = False) -> HttpResponse:
    """A file, or its small picture; a picture may be shown in place, a document is only to be saved.

    Raises:
        NotFound: it is not kept.
    """
    data = open_file(evidence=evidence, actor=actor, thumbnail=thumbnail)
    media = JPEG if thumbnail else evidence.media
    how = "attachment" if media == PDF else "inline"
    ending = {"jpeg": "jpg"}.get(media, media)
    name = f"evidence-{evidence.pk}{'-small' if thumbnail else ''}.{ending}"
    return HttpResponse(
        data,
        content_type=TYPES[media],
        headers={
            "Content-Disposition": f'{how}; filename="{name}"',
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        },
    )
