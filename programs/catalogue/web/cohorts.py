"""The pages on which cohorts are opened and changed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.web.base import Page, SeeOther
from programs.catalogue import selectors, services
from programs.catalogue.models import Cohort
from programs.catalogue.web.forms import CohortForm


class NewCohort(Page):
    """A new cohort; ``?programme=`` says of which programme."""

    roles = {"GET": "officer", "POST": "officer"}
    template = "catalogue/cohort.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        code = request.GET.get("programme", "")
        programme = self.one(selectors.programmes(self.actor), code=code) if code else None
        return self.show(form=CohortForm(actor=self.actor, programme=programme), programme=programme)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CohortForm(request.POST, actor=self.actor)
        if form.do(lambda values: services.create_cohort(actor=self.actor, **values)):
            cohort, programme = form.cleaned_data["code"], form.cleaned_data["programme"]
            messages.success(request, _("Cohort %(code)s is open.") % {"code": cohort})
            return SeeOther(reverse("web:programme", args=[programme.code]))
        return self.show(form=form, status=400)


class ChangeCohort(Page):
    """A cohort's own values, to be changed."""

    roles = {"GET": "officer", "POST": "officer"}
    template = "catalogue/cohort.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        cohort = self._cohort(code)
        form = CohortForm(actor=self.actor, cohort=cohort)
        return self.show(cohort=cohort, programme=cohort.programme, form=form)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        cohort = self._cohort(code)
        form = CohortForm(request.POST, actor=self.actor, cohort=cohort)
        if form.do(lambda values: services.change_cohort(actor=self.actor, cohort=cohort, **values)):
            messages.success(request, _("The changes of %(code)s are saved.") % {"code": code})
            return SeeOther(reverse("web:cohort", args=[code]))
        return self.show(cohort=cohort, programme=cohort.programme, form=form, status=400)

    def _cohort(self, code: str) -> Cohort:
        return self.one(selectors.cohorts(self.actor), code=code)
