"""Filing evidence, looking at it, and taking it away."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.problems import FieldError, Invalid
from backend.web.base import Act, Page, back_to
from talent.credentials import downloads, selectors
from talent.credentials import evidence as filing
from talent.credentials.models import Evidence


class FileEvidence(Act):
    """Sends a file that shows a credential."""

    roles = {"POST": "partner officer"}

    def act(self, id: int) -> str:
        self.one(selectors.credentials(self.actor), pk=id)
        file = self.request.FILES.get("file")
        if file is None:
            raise Invalid(
                [FieldError("file", "required", _("Choose a file: a scan or a photograph of the certificate."))]
            )
        filing.file_evidence(credential_id=id, data=file.read(), actor=self.actor)
        return _("The file is received and is being looked at.")

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:credential", args=[id]))


class TakeAway(Act):
    """Destroys a file that was filed in error."""

    roles = {"POST": "partner officer"}

    def act(self, id: int, evidence: int) -> str:
        row = self.one(selectors.evidence(self.actor), credential_id=id, pk=evidence)
        filing.take_away(evidence_id=row.pk, actor=self.actor)
        return _("The file is taken away.")

    def leads_to(self, id: int, evidence: int) -> str:
        return back_to(self.request, reverse("web:credential", args=[id]))


class Look(Page):
    """A file as it was sent, or a small picture of it; each look is entered on the audit trail."""

    roles = {"GET": "partner officer"}
    thumbnail = False

    def get(self, request: HttpRequest, id: int, evidence: int) -> HttpResponse:
        own = selectors.evidence(self.actor).select_related("file", "thumbnail")
        row: Evidence = self.one(own, credential_id=id, pk=evidence)
        return downloads.answer(evidence=row, actor=self.actor, thumbnail=self.thumbnail)
