"""A briefing's file as it is answered: only to be saved, never shown within the site."""

from django.http import HttpResponse

from programs.briefings.models import Briefing, Form
from programs.briefings.services import open_file

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = {Form.WORD: WORD, Form.PDF: "application/pdf"}


def answer(*, briefing: Briefing, language: str, form: str) -> HttpResponse:
    """One of a briefing's files.

    Raises:
        NotFound: there is none in that language and form, or not yet.
    """
    kept, data = open_file(briefing=briefing, language=language, form=form)
    name = f"briefing-{briefing.period}-{briefing.pk}-{language}.{form}"
    return HttpResponse(
        data,
        content_type=TYPES[Form(kept.form)],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
