"""Budget lines as forms: amounts are written in yuan and kept in fen."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.reference import selectors as reference
from backend.web.base import Act, Page, SeeOther
from backend.web.forms import Form, OneField
from programs.catalogue import budget
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import BudgetLine, Cohort, Programme

FEN = 100
MOST = Decimal(budget.MOST_FEN) / FEN


class LineForm(Form):
    """A budget line, as it shall be."""

    purpose = forms.CharField(label=lazy("Purpose"), max_length=200)
    funding_source = forms.ChoiceField(label=lazy("Source of money"))
    cohort = OneField(label=lazy("Cohort"), required=False, empty_label=lazy("The programme as a whole"))
    planned = forms.DecimalField(label=lazy("Planned, yuan"), min_value=0, max_value=MOST, decimal_places=2)
    spent = forms.DecimalField(
        label=lazy("Spent, yuan"), min_value=0, max_value=MOST, decimal_places=2, required=False, initial=0
    )

    def __init__(
        self,
        *args: Any,
        actor: User,
        programme: Programme,
        line: BudgetLine | None = None,
        cohort: Cohort | None = None,
        **options: Any,
    ) -> None:
        options["initial"] = {"cohort": cohort}
        if line is not None:
            options["initial"] = {
                "purpose": line.purpose,
                "funding_source": line.funding_source,
                "cohort": line.cohort,
                "planned": Decimal(line.planned_fen) / FEN,
                "spent": Decimal(line.spent_fen) / FEN,
            }
        super().__init__(*args, **options)
        sources = [("", lazy("Choose one")), *reference.labels("funding_source").items()]
        self.fields["funding_source"].choices = sources  # type: ignore[attr-defined]
        cohorts = catalogue.cohorts(actor).filter(programme=programme).order_by("code")
        self.fields["cohort"].queryset = cohorts  # type: ignore[attr-defined]
        self.fields["cohort"].label_from_instance = lambda one: one.code  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        return {
            **{name: given[name] for name in ("purpose", "funding_source", "cohort")},
            "planned_fen": int(given["planned"] * FEN),
            "spent_fen": int((given["spent"] or 0) * FEN),
        }


class _LinePage(Page):
    """A page about a line of one programme's budget."""

    roles = {"GET": "officer", "POST": "officer"}
    template = "desks/training/budget_line.html"

    def programme(self) -> Programme:
        """The programme of the address. Raises NotFound."""
        return self.one(catalogue.programmes(self.actor), code=self.kwargs["code"])

    def leave(self, said: str) -> HttpResponse:
        """Back to the programme, where it says what was done."""
        messages.success(self.request, said)
        return SeeOther(reverse("web:programme", args=[self.kwargs["code"]]) + "#budget")


class NewLine(_LinePage):
    """A new line; ``?cohort=`` says of which cohort."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        programme = self.programme()
        cohorts = catalogue.cohorts(self.actor).filter(programme=programme)
        cohort = cohorts.filter(code=request.GET.get("cohort", "")).first()
        return self.show(programme=programme, form=LineForm(actor=self.actor, programme=programme, cohort=cohort))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        programme = self.programme()
        form = LineForm(request.POST, actor=self.actor, programme=programme)
        if form.do(lambda values: budget.add_line(actor=self.actor, programme=programme, **form.values())):
            return self.leave(_("The budget line is entered."))
        return self.show(programme=programme, form=form, status=400)


class OneLine(_LinePage):
    """One line, to be changed."""

    def get(self, request: HttpRequest, code: str, id: int) -> HttpResponse:
        programme, line = self.programme(), self.line()
        return self.show(
            programme=programme, line=line, form=LineForm(actor=self.actor, programme=programme, line=line)
        )

    def post(self, request: HttpRequest, code: str, id: int) -> HttpResponse:
        programme, line = self.programme(), self.line()
        form = LineForm(request.POST, actor=self.actor, programme=programme, line=line)
        if form.do(lambda values: budget.change_line(actor=self.actor, line=line, **form.values())):
            return self.leave(_("The budget line is changed."))
        return self.show(programme=programme, line=line, form=form, status=400)

    def line(self) -> BudgetLine:
        """The line of the address. Raises NotFound."""
        lines = catalogue.budget_lines(self.actor).filter(programme__code=self.kwargs["code"])
        return self.one(lines, pk=self.kwargs["id"])


class RemoveLine(Act):
    """Takes a line out of its budget."""

    roles = {"POST": "officer"}

    def act(self, code: str, id: int) -> str:
        line = self.one(catalogue.budget_lines(self.actor).filter(programme__code=code), pk=id)
        budget.remove_line(actor=self.actor, line=line)
        return _("The budget line is taken out.")

    def leads_to(self, code: str, id: int) -> str:
        return reverse("web:programme", args=[code]) + "#budget"
