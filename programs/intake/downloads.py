"""The files that intake gives out, the same by API and by page: who may have which, and what is audited."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import Forbidden, Invalid, NotFound
from programs.catalogue.models import Cohort
from programs.intake.columns import TEMPLATE
from programs.intake.templates.template import template_of
from programs.submissions.models import Submission

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be kept by whoever asked for it."""

    name: str
    content_type: str
    data: bytes

    def answer(self) -> HttpResponse:
        """The file as an answer, which no cache keeps."""
        answer = HttpResponse(self.data, content_type=self.content_type)
        answer["Content-Disposition"] = f'attachment; filename="{self.name}"'
        answer["Cache-Control"] = "no-store"
        return answer


def may_have_report(actor: User) -> bool:
    """Whether reports are made for ``actor``: for those who submit for a partner, since they sent what is in them."""
    return actor.role == User.Role.PARTNER and not actor.read_only


def report(*, actor: User, submission: Submission) -> Download:
    """A submission's own file with the bad cells marked and commented; audited.

    Args:
        actor: who asks.
        submission: one that the actor may see.

    Raises:
        Forbidden: it is not for the actor.
        NotFound: the file was refused whole.
    """
    # The engine is heavy: a web process that never needs it does not load it.
    from programs.intake.reporting import error_workbook

    if not may_have_report(actor):
        raise Forbidden
    if submission.sheet_id is None:
        raise NotFound(_("This file was refused whole, so it has no cells to mark; read its findings instead."))
    return Download(f"report-{submission.pk}.xlsx", XLSX, error_workbook(submission=submission))


def template_workbook(*, actor: User, cohort: Cohort | None = None, template: str = TEMPLATE) -> Download:
    """The template with drop-downs of the actor's own programmes and cohorts; blank, or with a cohort's known people.

    Args:
        actor: who asks.
        cohort: whose people it shall hold, as the actor's organisation reported them; audited.
        template: the code of the template, where it is another one than that of talent records.

    Raises:
        Invalid: there is no such template, or it holds no cohort's people.
        Forbidden: a cohort's people are not for the actor.
    """
    from programs.intake.template import template_xlsx

    asked = template_of(template)
    if cohort is None:
        return Download(f"{_named(template)}.xlsx", XLSX, template_xlsx(actor=actor, template=asked))
    if template != TEMPLATE:
        text = _("“%(template)s” holds no cohort's people; leave the cohort out.") % {"template": asked.name}
        raise Invalid([("cohort", "not_wanted", text)])
    from programs.intake.prefilling import rows_of

    if not may_have_report(actor) or cohort.organisation_id != actor.organisation_id:
        raise Forbidden
    rows = rows_of(cohort=cohort)
    enter_audit(action="template.prefilled", subject=cohort, detail={"cohort": cohort.code, "rows": len(rows)})
    return Download(f"template-{cohort.code}.xlsx", XLSX, template_xlsx(actor=actor, template=asked, rows=rows))


def template_text(template: str = TEMPLATE) -> Download:
    """The blank template's header row as CSV.

    Raises:
        Invalid: there is no such template.
    """
    from programs.intake.template import template_csv

    return Download(f"{_named(template)}.csv", CSV, template_csv(template_of(template)))


def _named(template: str) -> str:
    """What the blank template's file is called."""
    return "template" if template == TEMPLATE else f"template-{template.replace('/', '-')}"
