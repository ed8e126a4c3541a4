"""Mending a returned record where its reasons stand: sent again like any other row, and checked like one."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.problems import Conflict, Problem
from backend.web.base import SeeOther
from programs.desks.officer.one_record import mendable
from programs.desks.partner.mending import CLEAR
from programs.desks.partner.one_record import NewRecord, RecordForm, columns
from programs.records import selectors as records
from programs.records.asking import asked_of, returned_values
from programs.records.models import Record
from programs.submissions import selectors, sending
from programs.submissions.models import Submission


class MendReturned(NewRecord):
    """The form of a returned record, filled in as it was reported, each reason beside its field."""

    def get(self, request: HttpRequest, id: int) -> HttpResponse:  # type: ignore[override]
        record, submission, row = self._find(id)
        initial = {"period": submission.period_code}
        form = RecordForm(self.actor, initial=initial, earlier=self._row(submission, row))
        return self._told(record, form)

    def post(self, request: HttpRequest, id: int) -> HttpResponse:  # type: ignore[override]
        record, submission, row = self._find(id)
        form = RecordForm(self.actor, request.POST, earlier=self._row(submission, row))
        sent: list[Submission] = []
        if form.do(lambda values: sent.append(self._again(values, submission, row))):
            return SeeOther(f"{reverse('web:submission-new-record')}?submission={sent[0].pk}")
        return self._told(record, form, 400)

    def _find(self, id: int) -> tuple[Record, Submission, int]:
        """The record, and the row in which what was returned had been reported. Raises Conflict where it was not."""
        record = self.one(records.records(self.actor), pk=id)
        if not mendable(record, self.actor):
            told = _("Record %(id)s is not returned (%(state)s), so there is nothing to mend.")
            raise Conflict(told % {"id": id, "state": record.get_state_display()})
        place = returned_values(record)
        submissions = selectors.submissions(self.actor).select_related("sheet", *selectors.TOLD)
        return record, self.one(submissions, pk=place.submission_id), place.row

    def _row(self, submission: Submission, row: int) -> dict[str, Any]:
        from programs.intake.repairing import shown_row

        try:
            return {one.code: one for one in shown_row(actor=self.actor, submission=submission, row=row).cells}
        except (Problem, LookupError):
            return {}

    def _again(self, values: Mapping[str, Any], submission: Submission, row: int) -> Submission:
        from programs.intake.repairing import sent_anew

        given = {code: values[code] for code in columns()}
        cleared = {name.removeprefix(CLEAR) for name, value in values.items() if name.startswith(CLEAR) and value}
        return sending.send(
            actor=self.actor,
            period=values["period"],
            records=[sent_anew(submission=submission, row=row, given=given, cleared=cleared)],
            policy=Submission.Policy.ACCEPT_GOOD_ROWS,
            confirm=Submission.Confirm.AUTO,
            force=False,
        )

    def _told(self, record: Record, form: RecordForm, status: int = 200) -> HttpResponse:
        reasons = {one.column: one.reason for one in asked_of(record)}
        return self._show(form, status=status, returned=record, reason=record.reason, reasons=reasons)
