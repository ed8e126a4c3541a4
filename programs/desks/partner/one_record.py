"""A single record by form: sent like a batch of one, checked like any other, its findings beside its fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.naming import in_language
from backend.problems import Problem, reading_only
from backend.web.base import Page, SeeOther, is_partial
from backend.web.forms import Form
from programs.desks.partner import showing
from programs.desks.partner.mending import CLEAR
from programs.desks.partner.submissions import may_write
from programs.desks.partner.upload import PeriodSelect, periods_for
from programs.intake import answers
from programs.intake.answers import language
from programs.intake.columns import COLUMNS, Column
from programs.periods.models import Period
from programs.submissions import selectors, sending, services
from programs.submissions.models import Submission
from programs.submissions.templates import TALENT_RECORDS

ROW = 1
PARTS: Sequence[tuple[Any, Sequence[str]]] = (
    (lazy("The person"), ("name", "id_type", "id_number", "gender", "birth_date", "mobile", "email", "partner_ref")),
    (
        lazy("Programme"),
        ("path", "programme", "cohort", "started_on", "completed_on", "outcome"),
    ),
    (
        lazy("Education and title"),
        (
            "education",
            "degree",
            "school",
            "graduated_on",
            "education_cert_no",
            "title",
            "title_awarded_on",
            "title_cert_no",
        ),
    ),
    (lazy("Work"), ("employer", "employer_uscc", "district", "occupation", "segment", "remarks")),
)
_COLUMNS = {column.code: column for column in COLUMNS}
Status = Submission.Status


def columns() -> list[str]:
    """The codes of the form's cells."""
    return list(_COLUMNS)


class RecordForm(Form):
    """The cells of one record, and the period that it is reported for."""

    period = forms.ChoiceField(label=lazy("Period"), widget=PeriodSelect)
    practice = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, actor: Any, *args: Any, earlier: Mapping[str, Any] | None = None, **options: Any) -> None:
        from programs.intake.repairing import choices_for

        super().__init__(*args, **options)
        found, choices, locked, due = periods_for(actor, actor.organisation)
        self._periods = {one.code: one for one in found}
        period: Any = self.fields["period"]
        period.choices, period.widget.locked = choices, locked
        self.initial.setdefault("period", due)
        lists = choices_for(actor=actor, organisation=actor.organisation, columns=list(_COLUMNS))
        for column in COLUMNS:
            cell = (earlier or {}).get(column.code)
            self.fields[column.code] = _field(column, lists.get(column.code, ()), cell)
            if cell is not None and cell.closed:
                box = forms.CheckboxInput({"class": "form-check-input"})
                self.fields[CLEAR + column.code] = forms.BooleanField(
                    required=False, label=_("Empty this field"), widget=box
                )

    def clean_period(self) -> Period:
        return self._periods[self.cleaned_data["period"]]

    def parts(self) -> list[tuple[Any, list[Any]]]:
        """The fields under their headings, each with the box that empties it."""
        return [
            (title, [(self[code], self[CLEAR + code] if CLEAR + code in self.fields else None) for code in codes])
            for title, codes in PARTS
        ]


def _field(column: Column, choices: Sequence[tuple[str, str]], cell: Any) -> forms.Field:
    label = in_language(column.zh, column.en)
    needed = column.needed == "yes"
    hint = _("Needed.") if needed else ""
    if cell is not None and cell.closed:
        hint = _("Now: %(masked)s. Leave empty to keep it.") % {"masked": cell.text}
    elif column.kind == "date":
        hint = f"{hint} {_('Like 2019-03-01.')}".strip()
    initial = "" if cell is None or cell.closed else cell.chosen or cell.text
    if choices:
        listed = [("", _("(empty)")), *choices]
        if initial and all(initial != value for value, _label in choices):
            listed.insert(1, (initial, _("%(text)s (not in the list)") % {"text": initial}))
        select = forms.Select({"class": "form-select"})
        return forms.ChoiceField(
            choices=listed, required=False, label=label, initial=initial, help_text=hint, widget=select
        )
    text = forms.TextInput({"class": "form-control", "autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(required=False, label=label, initial=initial, help_text=hint, widget=text, max_length=2000)


class NewRecord(Page):
    """The form of one record. ``?submission=`` shows what became of the one that was sent from here."""

    roles = {"GET": "partner", "POST": "partner"}
    template = "desks/partner/one_record.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not may_write(self.actor):
            raise reading_only(self.actor)
        submission = self._earlier(request.GET.get("submission", ""))
        if submission is None:
            chosen: dict[str, Any] = {"practice": request.GET.get("practice") == "true"}
            if request.GET.get("period"):
                chosen["period"] = request.GET["period"]
            return self._show(RecordForm(self.actor, initial=chosen))
        if submission.status in showing.UNDER_WAY:
            if is_partial(request) and request.GET.get("seen") == showing.mark(submission):
                return HttpResponse(status=204)
            return self.show(
                submission=submission, progress=showing.progress(submission), mark=showing.mark(submission)
            )
        if not _wants_mending(submission):
            return self.show(submission=submission, found=self._found(submission))
        initial = {"period": submission.period_code, "practice": submission.practice}
        return self._show(RecordForm(self.actor, initial=initial, earlier=self._cells(submission)), submission)

    def post(self, request: HttpRequest) -> HttpResponse:
        earlier = self._earlier(request.POST.get("submission", ""))
        if earlier is not None and not _wants_mending(earlier):
            earlier = None
        form = RecordForm(self.actor, request.POST, earlier=self._cells(earlier) if earlier else None)
        sent: list[Submission] = []
        if form.do(lambda values: sent.append(self._send(values, earlier))):
            return SeeOther(f"{reverse('web:submission-new-record')}?submission={sent[0].pk}")
        return self._show(form, earlier, 400)

    def _send(self, values: Mapping[str, Any], earlier: Submission | None) -> Submission:
        given = {code: values[code] for code in _COLUMNS}
        record: dict[str, str | None] = {code: value or None for code, value in given.items()}
        if earlier is not None:
            from programs.intake.repairing import sent_anew

            cleared = {name.removeprefix(CLEAR) for name, value in values.items() if name.startswith(CLEAR) and value}
            record = sent_anew(submission=earlier, row=ROW, given=given, cleared=cleared)
            if earlier.status == Status.CHECKED:
                services.cancel(actor=self.actor, submission=earlier)
        return sending.send(
            actor=self.actor,
            period=values["period"],
            records=[record],
            policy=Submission.Policy.ACCEPT_GOOD_ROWS,
            confirm=Submission.Confirm.AUTO,
            force=False,
            practice=values.get("practice", False) if earlier is None else earlier.practice,
        )

    def _earlier(self, number: str) -> Submission | None:
        """The submission that was sent from here. It is a batch; a file is no single record."""
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        own = selectors.with_practice(self.actor).filter(template=TALENT_RECORDS, kind="json", pk=int(number))
        return own.select_related("sheet", *selectors.TOLD).first()

    def _cells(self, submission: Submission) -> dict[str, Any]:
        from programs.intake.repairing import shown_row

        try:
            return {one.code: one for one in shown_row(actor=self.actor, submission=submission, row=ROW).cells}
        except Problem:
            return {}

    def _found(self, submission: Submission) -> list[dict[str, Any]]:
        found = selectors.findings(self.actor, submission).order_by("position")
        return [answers.finding(one, submission, language(), by_file=False) for one in found]

    def _show(
        self, form: RecordForm, earlier: Submission | None = None, status: int = 200, **more: Any
    ) -> HttpResponse:
        found = self._found(earlier) if earlier else []
        asked: Mapping[str, str] = more.get("reasons", {})
        by_column: dict[str, list[dict[str, Any]]] = {}
        for one in found:
            by_column.setdefault(one["column"] or "", []).append(one)
        for column, listed in by_column.items():
            if column in form.fields:
                _tie(form, column, {one["severity"] for one in listed})
        parts = [
            (
                title,
                [(field, clear, by_column.get(field.name, []), asked.get(field.name, "")) for field, clear in fields],
            )
            for title, fields in form.parts()
        ]
        whole = by_column.get("", [])
        practises = "returned" not in more and form["practice"].value() in (True, "true", "True")
        return self.show(
            status=status,
            form=form,
            parts=parts,
            earlier=earlier,
            whole=whole,
            practises=practises,
            days=settings.PRACTICE_DAYS,
            **more,
        )


def _tie(form: RecordForm, column: str, severities: set[str]) -> None:
    """Has a screen reader say with the field what was found in it."""
    told = [f"{form[column].auto_id}_helptext"] if form.fields[column].help_text else []
    attributes = form.fields[column].widget.attrs
    attributes["aria-describedby"] = " ".join([*told, f"{form[column].auto_id}_found"])
    if severities - {"warning"}:
        attributes["aria-invalid"] = "true"


def _wants_mending(submission: Submission) -> bool:
    """Whether a record that was sent is to be corrected and sent again: nothing of it is taken, for what was found."""
    refused = submission.status == Status.REJECTED and submission.sheet_id is not None
    waits = submission.status == Status.CHECKED and submission.prepared_at is None
    return submission.rows == 1 and (refused or waits)
