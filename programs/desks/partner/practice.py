"""Practice: files to try out, how it goes, and what was sent so far; none of it counts."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from backend.web.base import Page
from programs.desks.partner.submissions import may_write
from programs.intake import samples
from programs.submissions import practising, selectors

LATELY = 5


def _words(name: str) -> dict[str, str]:
    if name == samples.CLEAN:
        return {"title": _("Without a mistake"), "text": _("Every row is good: see what a receipt says.")}
    return {
        "title": _("With the usual mistakes"),
        "text": _("One of each kind that is made most often: see how they are told, and mend them in place."),
    }


class Practice(Page):
    """Where a partner begins: what to take, what to do with it, what became of it."""

    roles = {"GET": "partner"}
    template = "desks/partner/practice.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        tried = selectors.with_practice(self.actor).filter(practice=True).order_by("-pk")
        return self.show(
            samples=[samples.told(one) | _words(one.name) for one in samples.samples(self.actor)],
            period=practising.period_for(self.actor),
            days=settings.PRACTICE_DAYS,
            tried=tried[:LATELY],
            may_write=may_write(self.actor),
        )


class SampleFile(Page):
    """One of the files to practise with, made on request."""

    roles = {"GET": "partner"}

    def get(self, request: HttpRequest, name: str, **kwargs: Any) -> HttpResponse:
        return samples.sample_file(actor=self.actor, name=name, kind=kwargs["kind"]).answer()
