"""Evidence as it is answered."""

from django.http import HttpResponse

from backend.accounts.models import User
from backend.filing import downloads
from backend.vault.files.media import JPEG
from talent.credentials.evidence import open_file
from talent.credentials.models import Evidence


def answer(*, evidence: Evidence, actor: User, thumbnail: bool = False) -> HttpResponse:
    """A file, or its small picture.

    Raises:
        NotFound: it is not kept.
    """
    data = open_file(evidence=evidence, actor=actor, thumbnail=thumbnail)
    name = f"evidence-{evidence.pk}{'-small' if thumbnail else ''}"
    return downloads.answer(data=data, media=JPEG if thumbnail else evidence.media, name=name)
