"""The statement on a submission, to be printed, signed and stamped: whose, for when, how many, and the digest."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from backend.accounts import scope
from backend.problems import Conflict
from backend.web.base import Page
from programs.submissions import selectors, services
from programs.submissions.models import Mend, Submission

Status = Submission.Status
TOLD = frozenset({Status.CHECKED, Status.COMMITTING, Status.ACCEPTED, Status.PARTLY_ACCEPTED})


class Statement(Page):
    """What a signatory puts their name to."""

    roles = {"GET": "partner officer"}
    from_above = True
    template = "desks/partner/statement.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        submission: Submission = self.one(selectors.with_practice(self.actor), pk=id)
        services.refuse_practice(submission, _("This is for practice: there is nothing to be stated or signed."))
        if submission.status not in TOLD:
            raise Conflict(
                _("Submission %(id)s is “%(status)s”; there is nothing yet to be stated.")
                % {"id": submission.pk, "status": submission.get_status_display()}
            )
        with scope.everything():
            # Mends are sealed and its partner's; how many there were belongs to the statement.
            mended = Mend.objects.filter(submission=submission).count()
        return self.show(
            submission=submission,
            # Where one person did both, nobody has signed yet: the line is left for a pen.
            signed_by=submission.confirmed_by if submission.prepared_by_id is not None else None,
            mended=mended,
        )
