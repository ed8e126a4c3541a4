"""Taking back what was reported in error: one record, or a whole submission."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.web.base import Act
from programs.desks.partner import showing
from programs.records import selectors as records
from programs.review import withdrawing
from programs.submissions import selectors


class WithdrawSubmission(Act):
    """Takes back all of a submission that was not decided yet."""

    roles = {"POST": "partner"}

    def act(self, id: int) -> str:
        submission = self.one(selectors.with_practice(self.actor), pk=id)
        reason = self.request.POST.get("reason", "")
        done = withdrawing.withdraw_submission(actor=self.actor, submission=submission, reason=reason)
        taken = done.records + done.amendments
        said = [
            ngettext("%(count)s row was withdrawn.", "%(count)s rows were withdrawn.", taken) % {"count": f"{taken:,}"}
        ]
        if done.decided:
            stays = ngettext(
                "%(count)s was decided already and stays.", "%(count)s were decided already and stay.", done.decided
            )
            said.append(stays % {"count": f"{done.decided:,}"})
        return showing.said(*said)

    def leads_to(self, id: int) -> str:
        return reverse("web:submission", args=[id])


class WithdrawRecord(Act):
    """Takes back one record reported in error, or its amendment."""

    roles = {"POST": "partner"}

    def act(self, id: int) -> str:
        record = self.one(records.records(self.actor), pk=id)
        withdrawing.withdraw_record(actor=self.actor, record_id=id, reason=self.request.POST.get("reason", ""))
        if record.pending:
            return _("The amendment of record %(id)s is withdrawn; the record stands as it was verified.") % {"id": id}
        return _("Record %(id)s is withdrawn. It may be reported anew.") % {"id": id}

    def leads_to(self, id: int) -> str:
        return reverse("web:record", args=[id])
