"""Help in place: the check that found something, or those that look at a field, as a part of the page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.problems import NotFound
from backend.web.base import EVERYONE, Page, SeeOther, is_partial
from programs.desks.rules.rules import presented
from programs.intake import selectors
from programs.intake.answers import language
from programs.submissions import templates


class Help(Page):
    """``?rule=`` one check, or ``?column=&template=`` those that look at a column; whole, it is the checks' page."""

    roles = {"GET": EVERYONE}
    template = "desks/rules/help_part.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rule, column = request.GET.get("rule", ""), request.GET.get("column", "")
        if not is_partial(request):
            return SeeOther(reverse("web:rule", args=[rule]) if rule else reverse("web:rules"))
        found = self._found(rule, column, request.GET.get("template", "") or templates.TALENT_RECORDS)
        if rule and not found:
            raise NotFound
        return self.show(rules=[presented(one) for one in found])

    def _found(self, rule: str, column: str, template: str) -> list[dict[str, Any]]:
        if rule:
            return [one for one in selectors.rules(language()) if one["code"] == rule]
        if all(one.code != template for one in templates.known()):
            return []
        return [one for one in selectors.rules(language(), template) if column in one["columns"]]
