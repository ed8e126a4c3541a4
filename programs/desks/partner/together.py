"""Mending together: one new value for the same cell of every row in which the same was found."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from backend.problems import Conflict, NotFound, reading_only
from backend.web.base import Page, SeeOther
from backend.web.forms import Form
from programs.desks.partner import showing
from programs.desks.partner.submissions import may_write
from programs.intake import answers
from programs.intake.answers import language
from programs.submissions import selectors
from programs.submissions.models import Finding, Submission

EXAMPLES = 5


class TogetherForm(Form):
    """The new value: chosen where the column has a list, else typed; as the column's kind wants it."""

    to = forms.CharField(label=lazy("New value"), required=False, max_length=2000)

    def __init__(self, choices: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if choices:
            select = forms.Select({"class": "form-select"})
            listed = [("", _("(empty)")), *choices]
            self.fields["to"] = forms.ChoiceField(
                label=lazy("New value"), choices=listed, required=False, widget=select
            )
        self.fields["to"].widget.attrs["autofocus"] = True


class MendTogether(Page):
    """One new value for all rows with the same finding on the same value."""

    roles = {"GET": "partner officer", "POST": "partner officer"}
    template = "desks/partner/mend_all.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        submission, found = self._find(id, request.GET)
        return self._show(submission, found, TogetherForm(self._choices(submission, found)))

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        # The engine is heavy: a web process that never mends does not load it.
        from programs.intake.mending import mend_all

        submission, found = self._find(id, request.POST)
        form = TogetherForm(self._choices(submission, found), request.POST)
        mended: list[tuple[Submission, int]] = []

        def mend(values: dict[str, Any]) -> None:
            asked = {"rule": found[0].rule, "column": found[0].column, "value": found[0].value}
            mended.append(mend_all(actor=self.actor, submission=submission, to=values["to"] or None, **asked))

        if form.is_valid() and form.cleaned_data["to"] == found[0].value:
            form.add_error("to", _("This is what stands there already. Give another value."))
        if not form.do(mend):
            return self._show(submission, found, form, 400)
        [(changed, rows)] = mended
        said = ngettext("%(count)s row was mended.", "%(count)s rows were mended.", rows) % {"count": f"{rows:,}"}
        messages.success(request, showing.said(said, showing.need_mending(changed)))
        return SeeOther(f"{reverse('web:submission', args=[id])}#findings")

    def _find(self, id: int, asked: Any) -> tuple[Submission, list[Finding]]:
        """The submission and the findings that are meant. Raises NotFound where nobody found anything like it."""
        submission: Submission = self.one(selectors.with_practice(self.actor), pk=id)
        if not may_write(self.actor):
            raise reading_only(self.actor)
        if submission.status != Submission.Status.CHECKED:
            raise Conflict(
                _(
                    "Submission %(id)s is “%(status)s”; a row can be mended only between the checks and the "
                    "confirmation."
                )
                % {"id": submission.pk, "status": submission.get_status_display()}
            )
        named = {name: asked.get(name, "").replace("\x00", "") for name in ("rule", "column", "value")}
        found = selectors.findings(self.actor, submission).filter(row__isnull=False, **named).order_by("position")
        rows = list(found)
        if not rows:
            raise NotFound(_("No row of submission %(id)s has this finding on this value any more.") % {"id": id})
        return submission, rows

    def _choices(self, submission: Submission, found: list[Finding]) -> Any:
        from programs.intake.repairing import choices_for

        column = found[0].column
        organisation = submission.organisation
        return choices_for(
            actor=self.actor, organisation=organisation, columns=[column], template=submission.template
        ).get(column, ())

    def _show(
        self, submission: Submission, found: list[Finding], form: TogetherForm, status: int = 200
    ) -> HttpResponse:
        told = answers.finding(found[0], submission, language())
        return self.show(
            status=status,
            submission=submission,
            form=form,
            told=told,
            total=len({one.row for one in found}),
            rows=[one.row for one in found[:EXAMPLES]],
            more=max(0, len(found) - EXAMPLES),
        )
