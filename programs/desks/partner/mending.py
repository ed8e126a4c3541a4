"""Mending a row in place: a form with the cells that its findings name, and the page as it is afterwards."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.problems import reading_only
from backend.web.base import SeeOther, is_partial
from backend.web.forms import Form
from programs.desks.partner import showing
from programs.desks.partner.submissions import SubmissionPage, may_write
from programs.submissions import selectors

if TYPE_CHECKING:
    from programs.intake.repairing import Cell, Row

CLEAR = "clear-"


class MendForm(Form):
    """The cells of one row. What is left as it is, is not sent on."""

    def __init__(self, row: "Row", data: Any = None) -> None:
        self.row = row
        super().__init__(data, auto_id=f"row-{row.number}-%s")
        for cell in row.cells:
            self.fields[cell.code] = _field(cell)
            if cell.closed:
                self.fields[CLEAR + cell.code] = forms.BooleanField(
                    required=False,
                    label=_("Empty this cell"),
                    widget=forms.CheckboxInput({"class": "form-check-input"}),
                )
        if row.named:
            self.fields[row.named[0].code].widget.attrs["autofocus"] = True

    def named(self) -> list[tuple[BoundField, BoundField | None]]:
        """The fields of the cells that findings name, each with the box that empties it."""
        return [self._pair(cell) for cell in self.row.named]

    def others(self) -> list[tuple[BoundField, BoundField | None]]:
        """The fields of the other cells."""
        return [self._pair(cell) for cell in self.row.others]

    @property
    def opened(self) -> bool:
        """Whether the other cells are shown: one of them is at fault."""
        return any(cell.code in self.errors for cell in self.row.others)

    def _pair(self, cell: "Cell") -> tuple[BoundField, BoundField | None]:
        return self[cell.code], self[CLEAR + cell.code] if cell.closed else None


def _field(cell: "Cell") -> forms.Field:
    hint = ""
    if cell.closed:
        hint = _("Now: %(masked)s. Leave empty to keep it.") % {"masked": cell.text}
    elif cell.kind == "date":
        hint = _("Like 2019-03-01.")
    if cell.choices:
        choices = [("", _("(empty)") if not cell.closed else _("(unchanged)")), *cell.choices]
        if not cell.closed and not cell.is_known:
            choices.insert(1, (cell.chosen, _("%(text)s (not in the list)") % {"text": cell.text}))
        select = forms.Select({"class": "form-select"})
        return forms.ChoiceField(
            choices=choices, required=False, label=cell.label, initial=cell.chosen, help_text=hint, widget=select
        )
    text = forms.TextInput({"class": "form-control", "autocomplete": "off", "spellcheck": "false"})
    initial = "" if cell.closed else cell.text
    return forms.CharField(required=False, label=cell.label, initial=initial, help_text=hint, widget=text)


class Mending(SubmissionPage):
    """One row of a checked submission. Opened in its place by htmx; a page of its own without."""

    roles = {"GET": "partner officer", "POST": "partner officer"}
    row_template = "desks/partner/mend.html"
    form_template = "desks/partner/mend_form.html"

    def get(self, request: HttpRequest, id: int, row: int, **kwargs: Any) -> HttpResponse:
        return self._show_form(MendForm(self._open(id, row)))

    def post(self, request: HttpRequest, id: int, row: int) -> HttpResponse:
        # The engine is heavy: a web process that never mends does not load it.
        from programs.intake.mending import mend_row
        from programs.intake.repairing import changed

        opened = self._open(id, row)
        form = MendForm(opened, request.POST)

        def mend(values: dict[str, Any]) -> None:
            # A cell that the form did not send was not asked for, and is not emptied.
            given = {code: value for code, value in values.items() if code in request.POST}
            cleared = {code.removeprefix(CLEAR) for code, value in values.items() if code.startswith(CLEAR) and value}
            mend_row(actor=self.actor, submission=self.submission, row=row, cells=changed(opened, given, cleared))

        if form.is_valid() and not form.has_changed():
            form.add_error(None, _("Nothing was changed. Give a cell another value."))
        if not form.do(mend):
            return self._show_form(form, 400)
        return self._go_on(row)

    def told(self) -> str:
        if self.mended is None:
            return super().told()
        left = selectors.findings(self.actor, self.submission).filter(row=self.mended).count()
        if left:
            said = ngettext(
                "Row %(row)s: %(count)s finding is left.", "Row %(row)s: %(count)s findings are left.", left
            )
            here = said % {"row": self.mended, "count": left}
        else:
            here = _("Row %(row)s is in order now.") % {"row": self.mended}
        return showing.said(here, showing.need_mending(self.submission))

    def _open(self, id: int, row: int) -> "Row":
        from programs.intake.repairing import row_of

        submission = self.find(id)
        if not may_write(self.actor):
            raise reading_only(self.actor)
        return row_of(actor=self.actor, submission=submission, row=row)

    def _show_form(self, form: MendForm, status: int = 200) -> HttpResponse:
        found = selectors.findings(self.actor, self.submission).filter(row=form.row.number).order_by("position")
        part = is_partial(self.request)
        response = super(SubmissionPage, self).show(
            self.form_template if part else self.row_template,
            status,
            part=part,
            form=form,
            row=form.row,
            submission=self.submission,
            findings=self.present(list(found)),
            query=self.request.GET.urlencode(),
        )
        if status >= 400:
            # What the form would have replaced stays; it is shown again in its own place, and whole.
            place = {"HX-Retarget": f"#form-{form.row.number}", "HX-Reswap": "innerHTML", "HX-Reselect": "unset"}
            for name, value in place.items():
                response[name] = value
        return response

    def _go_on(self, row: int) -> HttpResponse:
        """The submission's page as it is now, its list where it was, at the next row that has findings."""
        address = reverse("web:submission", args=[self.submission.pk])
        self.find(self.submission.pk)
        self.mended = row
        if not is_partial(self.request):
            messages.success(self.request, self.told())
            query = self.request.GET.urlencode()
            return SeeOther(f"{address}?{query}#findings" if query else f"{address}#findings")
        self.whole = True
        # The page's own links and filters lead to the page and not to the row.
        self.request.path = address
        return super().get(self.request)
