"""Who has looked at a person."""

from django.http import HttpRequest, HttpResponse

from backend.audit.services import enter_audit
from backend.problems import NotFound
from backend.web.base import Page
from programs.privacy import access_report
from programs.privacy.whose import known
from talent.people import selectors as people
from talent.people.naming import shown_name


class AccessReport(Page):
    """Who has looked at a person, when and by which act; that this was read is itself a look."""

    roles = {"GET": "officer admin"}
    template = "desks/privacy/access_report.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        if not access_report.of_role(self.actor):
            raise NotFound
        person = self.one(people.now(self.actor, id), named={"pk": id})
        found = access_report.looks(known(person.pk))
        enter_audit(action="privacy.report", subject=person, actor=self.actor)
        return self.show(person=person, name=shown_name(person.name, self.actor), looks=found, page=access_report.PAGE)
