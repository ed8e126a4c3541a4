"""The forms of programmes and cohorts."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.problems import Problem
from backend.reference import selectors as reference
from backend.web.forms import DayField, Form, ManyField, OneField
from programs.catalogue import details, selectors
from programs.catalogue.codes import BAD_CODE, CODE, MOST, SEGMENTS
from programs.catalogue.models import Cohort, Path, Programme
from programs.catalogue.web.rows import AreaRows, ContactRows, RequirementRows, Rows

CODE_HELP = lazy("Partners write it into their files; it cannot be changed.")


def partners(actor: User) -> QuerySet[Organisation]:
    """The organisations that may take part in programmes, as far as ``actor`` sees them."""
    return accounts.organisations(actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")


class CodeField(forms.RegexField):
    """A code that is to be given."""

    def __init__(self, max_length: int = 40) -> None:
        super().__init__(CODE, max_length=max_length, label=lazy("Code"), help_text=CODE_HELP)
        self.error_messages["invalid"] = BAD_CODE


class _SpanForm(Form):
    """What programmes and cohorts share: days, how many people there is room for, and rows of what belongs to them."""

    rows: dict[str, Rows]

    code = CodeField()
    starts_on = DayField(label=lazy("From"))
    ends_on = DayField(label=lazy("To"))
    capacity = forms.IntegerField(
        label=lazy("Capacity"), required=False, min_value=0, max_value=MOST, help_text=lazy("People; empty: not set.")
    )

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(rows.is_valid() for rows in self.rows.values())])

    def do(self, act: Callable[[dict[str, Any]], Any]) -> bool:
        sent = {name: rows for name, rows in self.rows.items() if rows.sent}
        return super().do(lambda values: act(values | {name: rows.given() for name, rows in sent.items()}))

    def take(self, problem: Problem) -> None:
        rest = [error for error in problem.errors if not any(rows.take(error) for rows in self.rows.values())]
        if rest or not problem.errors:
            super().take(Problem(problem.status, problem.code, problem.detail, rest))


class ProgrammeForm(_SpanForm):
    """A programme, as it shall be."""

    name_zh = forms.CharField(label=lazy("Chinese name"), max_length=200)
    name_en = forms.CharField(label=lazy("English name"), max_length=200, required=False)
    path = forms.ChoiceField(label=lazy("Path"), choices=Path)
    segment = forms.ChoiceField(label=lazy("Segment"), choices=[("", lazy("Not given")), *SEGMENTS], required=False)
    funding_source = forms.ChoiceField(
        label=lazy("Source of money"), required=False, help_text=lazy("Where most of it comes from.")
    )
    organisations = ManyField(
        label=lazy("Organisations that take part"),
        required=False,
        help_text=lazy("Each owes a report for every period in which the programme runs."),
    )

    def __init__(self, *args: Any, actor: User, programme: Programme | None = None, **options: Any) -> None:
        if programme is not None:
            options["initial"] = {
                name: getattr(programme, name) for name in self.base_fields if name != "organisations"
            }
            options["initial"]["organisations"] = list(programme.organisations.all())
        super().__init__(*args, **options)
        self.rows = {
            "areas": AreaRows(*args, prefix="areas", known=details.areas_of(programme) if programme else []),
            "requirements": RequirementRows(
                *args, prefix="requirements", known=details.requirements_of(programme) if programme else []
            ),
        }
        tables = reference.tables()
        self.education_names, self.title_names = (
            [name for code, name in reference.labels(table).items() if code in set(tables.labels[table].values())]
            for table in ("education", "title")
        )
        sources = [("", lazy("Not given")), *reference.labels("funding_source").items()]
        self.fields["funding_source"].choices = sources  # type: ignore[attr-defined]
        self.fields["organisations"].queryset = partners(actor)  # type: ignore[attr-defined]
        if programme is not None:
            del self.fields["code"]


class CohortForm(_SpanForm):
    """A cohort, as it shall be. Where its programme is given, it is chosen, and only who takes part is offered."""

    programme = OneField(label=lazy("Programme"))
    organisation = OneField(label=lazy("Organisation"))

    def __init__(
        self,
        *args: Any,
        actor: User,
        cohort: Cohort | None = None,
        programme: Programme | None = None,
        **options: Any,
    ) -> None:
        if cohort is not None:
            options["initial"] = {name: getattr(cohort, name) for name in self.base_fields}
        elif programme is not None:
            options["initial"] = {
                "programme": programme,
                "starts_on": programme.starts_on,
                "ends_on": programme.ends_on,
            }
        super().__init__(*args, **options)
        self.rows = {"contacts": ContactRows(*args, prefix="contacts", known=cohort.contacts if cohort else [])}
        programmes = selectors.programmes(actor).filter(path=Path.TRAINED).order_by("code")
        organisations = partners(actor)
        if programme is not None:
            organisations = organisations.filter(programmes=programme)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        if cohort is not None:
            del self.fields["code"]
