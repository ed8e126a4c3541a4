"""Asking for a cohort that is missing, from the finding that says so."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.problems import Problem, reading_only
from backend.web.base import Page, SeeOther
from backend.web.forms import DayField, Form, OneField
from programs.catalogue import requests
from programs.catalogue import selectors as catalogue
from programs.catalogue.codes import BAD_CODE, CODE, MOST
from programs.catalogue.models import Path
from programs.desks.partner.submissions import may_write
from programs.submissions import selectors
from programs.submissions.models import Submission


class AskForm(Form):
    """The cohort that is missing."""

    code = forms.RegexField(
        CODE,
        label=lazy("Code"),
        max_length=40,
        help_text=lazy("As your files call it."),
        error_messages={"invalid": BAD_CODE},
    )
    programme = OneField(label=lazy("Programme"))
    starts_on = DayField(label=lazy("From"))
    ends_on = DayField(label=lazy("To"))
    capacity = forms.IntegerField(label=lazy("Capacity"), required=False, min_value=0, max_value=MOST)
    explanation = forms.CharField(
        label=lazy("For whoever decides"),
        required=False,
        max_length=requests.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, actor: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        own = catalogue.programmes(actor).filter(path=Path.TRAINED).order_by("code")
        self.fields["programme"].queryset = own  # type: ignore[attr-defined]


class AskCohort(Page):
    """The form by which a cohort is asked for; ``?submission=`` and ``row=`` say from which finding."""

    roles = {"GET": "partner", "POST": "partner"}
    template = "desks/partner/ask_cohort.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not may_write(self.actor):
            raise reading_only(self.actor)
        submission = self._submission(request.GET.get("submission", ""))
        return self._show(AskForm(self.actor, initial=self._known(submission)), submission)

    def post(self, request: HttpRequest) -> HttpResponse:
        submission = self._submission(request.POST.get("submission", ""))
        form = AskForm(self.actor, request.POST)
        asked: list[Any] = []
        number = submission.pk if submission else None
        if form.do(lambda values: asked.append(requests.ask(actor=self.actor, submission_id=number, **values))):
            messages.success(
                request,
                _("Cohort %(code)s is asked for. Once the bureau opens it, your file is checked again by itself.")
                % {"code": asked[0].code},
            )
            if submission is not None:
                return SeeOther(f"{reverse('web:submission', args=[submission.pk])}#findings")
            return SeeOther(reverse("web:cohort-request", args=[asked[0].pk]))
        return self._show(form, submission, 400)

    def _submission(self, number: str) -> Submission | None:
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        return selectors.submissions(self.actor).filter(pk=int(number)).first()

    def _known(self, submission: Submission | None) -> dict[str, Any]:
        """What the row says that asks for it: its cohort, programme and days."""
        row = self.request.GET.get("row", "")
        known: dict[str, Any] = {"code": self.request.GET.get("code", "")}
        if submission is None or not (row.isascii() and row.isdigit() and len(row) < 9):
            return known
        # The engine is heavy: a web process that never needs it does not load it.
        from programs.intake.repairing import row_of

        try:
            cells = {one.code: one for one in row_of(actor=self.actor, submission=submission, row=int(row)).cells}
        except Problem:
            return known
        known["code"] = cells["cohort"].text or known["code"]
        programme = catalogue.programmes(self.actor).filter(code__iexact=cells["programme"].text).first()
        for name, column in (("starts_on", "started_on"), ("ends_on", "completed_on")):
            try:
                known[name] = dt.date.fromisoformat(cells[column].text)
            except ValueError:
                known[name] = None
        return known | {"programme": programme.code if programme else None}

    def _show(self, form: AskForm, submission: Submission | None, status: int = 200) -> HttpResponse:
        return self.show(status=status, form=form, submission=submission)
