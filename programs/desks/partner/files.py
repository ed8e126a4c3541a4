"""Files to be kept: the error workbook of a submission, the blank template."""

from django.http import HttpRequest, HttpResponse

from backend.web.base import EVERYONE, Page
from programs.catalogue import selectors as catalogue
from programs.intake import downloads
from programs.submissions import selectors
from programs.submissions.templates import TALENT_RECORDS


class Report(Page):
    """The partner's own file with the bad cells marked and commented; for its own submitters only."""

    roles = {"GET": "partner"}

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        submission = self.one(selectors.with_practice(self.actor), pk=id)
        return downloads.report(actor=self.actor, submission=submission).answer()


class Template(Page):
    """A template as a workbook, with drop-downs of the reader's own programmes and cohorts, or a cohort's people."""

    roles = {"GET": EVERYONE}

    def get(self, request: HttpRequest) -> HttpResponse:
        code = request.GET.get("cohort", "")
        cohort = self.one(catalogue.cohorts(self.actor), code=code) if code else None
        template = request.GET.get("template") or TALENT_RECORDS
        return downloads.template_workbook(actor=self.actor, cohort=cohort, template=template).answer()


class TemplateText(Page):
    """A blank template as CSV."""

    roles = {"GET": EVERYONE}

    def get(self, request: HttpRequest) -> HttpResponse:
        return downloads.template_text(request.GET.get("template") or TALENT_RECORDS).answer()
