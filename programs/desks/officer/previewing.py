"""What a decision would do, on the page that asks for it: to the records, and to each target."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.jobs.models import Job
from backend.problems import FieldError, Invalid
from backend.web.base import SeeOther, is_partial
from backend.web.templatetags.web import named
from programs.desks.officer import words
from programs.desks.officer.deciding import DecideMany, Subject, skipped_rows
from programs.desks.officer.words import DECISIONS
from programs.review import previewing
from programs.targets import selectors as targets
from programs.targets.showing import said


class Preview(DecideMany):
    """What a decision would do; nothing of it is kept. As a part of the page that asks, or as that page again."""

    roles = {"POST": "officer"}
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        given = request.POST
        subject = Subject.of(given, QueryDict(given.get("filter", "")))
        decision = given.get("decision", "")
        if not subject or decision not in DECISIONS:
            raise Invalid([FieldError("decision", "invalid", _("Say what would be decided, and on which records."))])
        outcome = previewing.preview(self._chosen(subject), decision=decision, actor=self.actor)
        if isinstance(outcome, Job):
            messages.info(request, _("It is being tried out in the background; nothing of it is kept."))
            return self._lead(reverse("web:job", args=[outcome.pk]))
        effect = told(outcome.as_dict(), self.actor)
        if is_partial(request):
            return self.show("desks/officer/effect.html", effect=effect)
        return self._ask(subject, reason=given.get("reason", ""), effect=effect)

    def _lead(self, address: str) -> HttpResponse:
        if is_partial(self.request):
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return SeeOther(address)


def told(found: Mapping[str, Any], actor: Any) -> dict[str, Any]:
    """A preview in words: what would come of the records, and by target which heads would come, go or move."""
    names = {one.code: named(one) for one in targets.targets(actor)}
    return {
        "word": DECISIONS[found["decision"]],
        "said": " ".join(previewing.sentences(dict(found))),
        "why": [(words.passed_over(code), count) for code, count in found["why"].items()],
        "held": found["held"],
        "targets": [
            {
                **one,
                "name": names.get(one["code"], one["code"]),
                "reasons": [{**reason, "said": said(reason["reason"])} for reason in one["reasons"]],
            }
            for one in found["targets"]
        ],
        "skipped": skipped_rows(found["skipped"], actor),
        "skipped_count": found["skipped_count"],
    }
