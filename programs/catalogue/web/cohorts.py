"""The pages of cohorts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import EVERYONE, Page, SeeOther
from backend.web.lists import ListPage, choices_of
from programs.catalogue import selectors, services
from programs.catalogue.filters import CohortFilter
from programs.catalogue.models import Cohort, Path
from programs.catalogue.web.forms import CohortForm, partners


class Cohorts(ListPage):
    """Cohorts, by code. Partners see their own."""

    roles = {"GET": EVERYONE}
    template = "catalogue/cohorts.html"
    part = "catalogue/cohorts_rows.html"
    name = "cohorts"
    filterset_class = CohortFilter
    ordering = ("code",)
    headings = {
        "code": lazy("Code"),
        "programme": lazy("Programme"),
        "organisation": lazy("Organisation"),
        "starts_on": lazy("From"),
        "ends_on": lazy("To"),
        "capacity": lazy("Capacity"),
    }

    def rows(self) -> QuerySet[Cohort]:
        return selectors.cohorts(self.actor)

    @property
    def choosing(self) -> Mapping[str, Any]:  # type: ignore[override]
        found = {"code": lazy("Code"), "programme": lazy("Programme"), "on": lazy("Runs on")}
        return {**found, "organisation": lazy("Organisation")} if self.actor.sees_everything else found

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        programmes = selectors.programmes(self.actor).filter(path=Path.TRAINED).order_by("code")
        return {"programme": choices_of(programmes), "organisation": choices_of(partners(self.actor))}

    def cells(self, row: Cohort) -> Mapping[str, Any]:
        return {name: getattr(row, name) for name in self.headings} | {
            "programme": row.programme.code,
            "organisation": row.organisation.code,
        }

    def more(self) -> Mapping[str, Any]:
        return {"may_create": NewCohort.admits(self.actor)}


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


class OneCohort(Page):
    """One cohort."""

    roles = {"GET": EVERYONE, "POST": "officer"}
    template = "catalogue/cohort.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        cohort = self._cohort(code)
        form = CohortForm(actor=self.actor, cohort=cohort) if self.admits(self.actor) else None
        return self.show(cohort=cohort, programme=cohort.programme, form=form)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        cohort = self._cohort(code)
        form = CohortForm(request.POST, actor=self.actor, cohort=cohort)
        if form.do(lambda values: services.change_cohort(actor=self.actor, cohort=cohort, **values)):
            messages.success(request, _("The changes of %(code)s are saved.") % {"code": code})
            return SeeOther(request.path)
        return self.show(cohort=cohort, programme=cohort.programme, form=form, status=400)

    def _cohort(self, code: str) -> Cohort:
        return self.one(selectors.cohorts(self.actor), code=code)
