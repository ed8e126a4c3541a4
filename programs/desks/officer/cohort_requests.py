"""Pages about cohorts that partners ask for: the queue, one of them, granting and refusing."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation
from backend.web.base import EVERYONE, Act, Page, SeeOther
from backend.web.forms import DayField, Form
from backend.web.lists import Label, ListPage
from backend.web.templatetags.web import named
from programs.catalogue import requests, selectors
from programs.catalogue.codes import MOST
from programs.catalogue.filters import CohortRequestFilter
from programs.catalogue.models import CohortRequest
from programs.submissions import selectors as submissions

TONES = {
    CohortRequest.State.ASKED: "missing",
    CohortRequest.State.GRANTED: "verified",
    CohortRequest.State.REFUSED: "rejected",
}


def presented(rows: Sequence[CohortRequest]) -> list[dict[str, Any]]:
    """Requests with the looks of their state."""
    return [{"one": row, "tone": TONES[CohortRequest.State(row.state)]} for row in rows]


class CohortRequests(ListPage):
    """Cohorts that partners ask for, the latest first; a partner sees its own."""

    roles = {"GET": EVERYONE}
    template = "desks/officer/cohort_requests.html"
    part = "desks/officer/cohort_requests_part.html"
    name = "cohort-requests"
    leads = ("web:cohort-request", "one.pk")
    filterset_class = CohortRequestFilter
    choosing = {"state": lazy("State"), "code": lazy("Code"), "organisation": lazy("Organisation")}
    ordering = ("-id",)
    headings: ClassVar[Mapping[str, Label]] = {
        "code": lazy("Code"),
        "organisation": lazy("Organisation"),
        "programme": lazy("Programme"),
        "starts_on": lazy("From"),
        "ends_on": lazy("To"),
        "state": lazy("State"),
        "reason": lazy("Reason"),
        "asked_at": lazy("Asked at"),
    }

    def rows(self) -> Any:
        return selectors.cohort_requests(self.actor)

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return presented(rows)

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        one = row["one"]
        named_by_code = {"organisation": one.organisation.code, "programme": one.programme.code}
        told = named_by_code | {"state": one.get_state_display()}
        return {name: told[name] if name in told else getattr(one, name) for name in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {"organisation": [(one.code, f"{named(one)} · {one.code}") for one in partners]}

    def offered(self) -> list[Any]:
        return [one for one in super().offered() if self.actor.sees_everything or one.name != "organisation"]

    def more(self) -> Mapping[str, Any]:
        return {"staff": self.actor.sees_everything}


class GrantForm(Form):
    """The cohort as it shall be opened."""

    starts_on = DayField(label=lazy("From"))
    ends_on = DayField(label=lazy("To"))
    capacity = forms.IntegerField(label=lazy("Capacity"), required=False, min_value=0, max_value=MOST)


class OneCohortRequest(Page):
    """One request: what is asked for, and for officers the answer."""

    roles = {"GET": EVERYONE, "POST": "officer"}
    template = "desks/officer/cohort_request.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        asked = self._find(id)
        return self._show(asked, GrantForm(initial={name: getattr(asked, name) for name in GrantForm.base_fields}))

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        """Grants it, as the form says."""
        asked, form = self._find(id), GrantForm(request.POST)
        if form.do(lambda values: requests.grant(actor=self.actor, request=asked, **values)):
            told = _("Cohort %(code)s is open. Files that waited for it are being checked again.")
            messages.success(request, told % {"code": asked.code})
            return SeeOther(reverse("web:cohort-request", args=[id]))
        return self._show(asked, form, 400)

    def _find(self, id: int) -> CohortRequest:
        return self.one(selectors.cohort_requests(self.actor), pk=id)

    def _show(self, asked: CohortRequest, form: GrantForm, status: int = 200) -> HttpResponse:
        own = submissions.submissions(self.actor).filter(organisation_id=asked.organisation_id)
        return self.show(
            status=status,
            asked=asked,
            tone=TONES[CohortRequest.State(asked.state)],
            form=form if asked.state == CohortRequest.State.ASKED and self.actor.role == "officer" else None,
            submission=own.filter(pk=asked.submission_id).first() if asked.submission_id else None,
            longest=requests.LONGEST,
        )


class RefuseCohort(Act):
    """Refuses a cohort that is asked for, with a reason."""

    roles = {"POST": "officer"}

    def act(self, id: int) -> str:
        asked = self.one(selectors.cohort_requests(self.actor), pk=id)
        requests.refuse(actor=self.actor, request=asked, reason=self.request.POST.get("reason", ""))
        return _("The request for %(code)s is refused; the partner reads why.") % {"code": asked.code}

    def leads_to(self, id: int) -> str:
        return reverse("web:cohort-request", args=[id])
