"""The pages of programmes."""

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
from programs.catalogue.codes import SEGMENTS
from programs.catalogue.filters import ProgrammeFilter
from programs.catalogue.models import Programme
from programs.catalogue.web.forms import ProgrammeForm, partners

SHOWN = 3
"""How many of a programme's organisations the list names."""


class Programmes(ListPage):
    """Programmes, by code. Partners see those they take part in."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "catalogue/programmes.html"
    part = "catalogue/programmes_rows.html"
    name = "programmes"
    leads = ("web:programme", "code")
    filterset_class = ProgrammeFilter
    ordering = ("code",)
    headings = {
        "code": lazy("Code"),
        "name_zh": lazy("Chinese name"),
        "name_en": lazy("English name"),
        "path": lazy("Path"),
        "segment": lazy("Segment"),
        "starts_on": lazy("From"),
        "ends_on": lazy("To"),
        "capacity": lazy("Capacity"),
        "organisations": lazy("Organisations that take part"),
    }

    def rows(self) -> QuerySet[Programme]:
        return selectors.programmes(self.actor)

    @property
    def choosing(self) -> Mapping[str, Any]:  # type: ignore[override]
        found = {"q": lazy("Code or name"), "path": lazy("Path"), "segment": lazy("Segment"), "on": lazy("Runs on")}
        return {**found, "organisation": lazy("Organisation")} if self.actor.sees_several else found

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return {"segment": SEGMENTS, "organisation": choices_of(partners(self.actor))}

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        segments = dict(SEGMENTS)
        for row in rows:
            members = list(row.organisations.all())
            row.members, row.more = members[:SHOWN], max(0, len(members) - SHOWN)
            row.segment_name = segments.get(row.segment, row.segment)
        return rows

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {
            **{name: getattr(row, name) for name in self.headings if name != "organisations"},
            "path": row.get_path_display(),
            "segment": row.segment_name,
            "organisations": [one.code for one in row.organisations.all()],
        }

    def more(self) -> Mapping[str, Any]:
        return {"may_create": NewProgramme.admits(self.actor)}


class NewProgramme(Page):
    """A new programme."""

    roles = {"GET": "officer", "POST": "officer"}
    template = "catalogue/programme.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=ProgrammeForm(actor=self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProgrammeForm(request.POST, actor=self.actor)
        if form.do(lambda values: services.create_programme(actor=self.actor, **values)):
            code = form.cleaned_data["code"]
            messages.success(request, _("Programme %(code)s is open.") % {"code": code})
            return SeeOther(reverse("web:programme", args=[code]))
        return self.show(form=form, status=400)


class ChangeProgramme(Page):
    """A programme's own values, to be changed."""

    roles = {"GET": "officer", "POST": "officer"}
    template = "catalogue/programme.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        programme = self._programme(code)
        return self.show(programme=programme, form=ProgrammeForm(actor=self.actor, programme=programme))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        programme = self._programme(code)
        form = ProgrammeForm(request.POST, actor=self.actor, programme=programme)
        change = services.change_programme
        if form.do(lambda values: change(actor=self.actor, programme=programme, **values)):
            messages.success(request, _("The changes of %(code)s are saved.") % {"code": code})
            return SeeOther(reverse("web:programme", args=[code]))
        return self.show(programme=programme, form=form, status=400)

    def _programme(self, code: str) -> Programme:
        return self.one(selectors.programmes(self.actor), code=code)
