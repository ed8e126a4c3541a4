"""What an officer does about a late partner without leaving the board: notes a call, lets the report be due later."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.problems import Invalid, NotFound, Problem
from backend.web.base import Act, back_to, is_partial, sentence
from backend.web.forms import DayField, Form
from backend.web.templatetags.web import named
from programs.contacting import services
from programs.contacting.models import CallNote
from programs.contacting.selectors import with_promises
from programs.desks.officer.owing import chased
from programs.periods import selectors
from programs.periods.extensions import extend
from programs.periods.models import Obligation
from programs.periods.reasons import REASON

Outcome = CallNote.Outcome
SAID = {
    Outcome.REACHED: lazy("It is noted: %(organisation)s was reached."),
    Outcome.NOT_REACHED: lazy("It is noted: %(organisation)s was not reached."),
    Outcome.PROMISED: lazy("It is noted: %(organisation)s promised the report by %(day)s."),
    Outcome.WRONG_CONTACT: lazy("It is noted: the contact of %(organisation)s is wrong. Mend it, or ask for another."),
}


class CallForm(Form):
    """What came of a call. A day counts with a promise alone, because its field is filled in beforehand."""

    outcome = forms.ChoiceField(label=lazy("Outcome"), choices=Outcome.choices)
    promised_on = DayField(label=lazy("Promised by"), required=False)
    spoke_with = forms.CharField(label=lazy("Spoke with"), required=False, max_length=100)
    note = forms.CharField(label=lazy("Note"), required=False, max_length=services.LONGEST)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("outcome") != Outcome.PROMISED:
            given["promised_on"] = None
        return given


class ExtendForm(Form):
    """Until when, and why."""

    due_on = DayField(label=lazy("Due on"))
    reason = forms.CharField(label=lazy("Reason"), max_length=REASON)


class OnRow(Act):
    """Something done about one row of the board: the row is shown again where it stands, open, with what was said."""

    roles = {"POST": "officer"}

    def obligation(self, id: int) -> Obligation:
        """The obligation, as the actor may see it. Raises NotFound."""
        return self.one(with_promises(selectors.obligations(self.actor)), pk=id)

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:obligation", args=[id]))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not is_partial(request):
            return super().post(request, **kwargs)
        said, status = "", 200
        try:
            with transaction.atomic():
                said = self.act(**kwargs)
        except NotFound:
            raise
        except Problem as problem:
            said, status = sentence(problem), problem.status
        return self._row(kwargs["id"], said, status)

    def _row(self, id: int, said: str, status: int) -> HttpResponse:
        [row] = chased([self.obligation(id)], self.actor)
        context: Mapping[str, Any] = {
            "row": row,
            "one": row["obligation"],
            "here": self.leads_to(id),
            "open": True,
            "said": said,
            "refused": status != 200,
            # What was refused is still there to be mended; what was taken makes room.
            "typed": self.request.POST if status != 200 else {},
        }
        response = self.show("desks/officer/chase_row.html", status, **context)
        response["HX-Trigger"] = json.dumps({"shugu:said": said})
        return response


class NoteCall(OnRow):
    """Notes what came of a call."""

    def act(self, id: int) -> str:
        owed = self.obligation(id)
        values = _read(CallForm(self.request.POST))
        row = services.note_call(actor=self.actor, organisation=owed.organisation, obligations=[owed], **values)
        told = {"organisation": named(owed.organisation), "day": row.promised_on}
        return str(SAID[Outcome(row.outcome)]) % told


class ExtendOne(OnRow):
    """Lets the report of one organisation be due later."""

    def act(self, id: int) -> str:
        owed = self.obligation(id)
        values = _read(ExtendForm(self.request.POST))
        row = extend(actor=self.actor, period=owed.period, organisation=owed.organisation, **values)
        told = {"code": owed.period.code, "day": row.due_on, "organisation": named(owed.organisation)}
        return _("%(code)s is due on %(day)s for %(organisation)s.") % told


def _read(form: Form) -> dict[str, Any]:
    """What a form without a page of its own was given. Raises Invalid, with the fields by their names."""
    if form.is_valid():
        return form.cleaned_data
    raise Invalid(
        (name, "invalid", f"{form.fields[name].label}: {error}" if name in form.fields else str(error))
        for name, errors in form.errors.items()
        for error in errors
    )
