"""Filed files as they are answered: told to be nothing but what they were found to be, and to run nothing."""

from django.http import HttpResponse

from backend.vault.files.media import PDF, TYPES

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"
_ENDINGS = {"jpeg": "jpg"}


def answer(*, data: bytes, media: str, name: str) -> HttpResponse:
    """A file under ``name``, without its ending; a picture may be shown in place, a document is only to be saved."""
    how = "attachment" if media == PDF else "inline"
    return HttpResponse(
        data,
        content_type=TYPES[media],
        headers={
            "Content-Disposition": f'{how}; filename="{name}.{_ENDINGS.get(media, media)}"',
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        },
    )
