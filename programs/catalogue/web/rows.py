"""What belongs to a programme or a cohort and is written whole, as rows of a form that can be added and taken away."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.formsets import TOTAL_FORM_COUNT
from django.utils.translation import gettext_lazy as lazy

from backend.problems import FieldError
from backend.reference import selectors as reference
from backend.reference.folding import fold
from backend.web.forms import Form
from programs.catalogue.details import MOST_AREAS, MOST_HOURS, MOST_REQUIREMENTS, MOST_YEARS

SPARE = 1
"""Empty rows below those that are there, for whoever has no script to add some."""


class TableField(forms.CharField):
    """A value of a code table: typed by its code or any of its names, shown by its name."""

    def __init__(self, table: str, **options: Any) -> None:
        self.table = table
        super().__init__(required=False, max_length=200, **options)
        self.widget.attrs |= {"list": f"table-{table}", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        # What the table does not know goes on as it was typed, and is refused by the service in its place.
        return reference.tables().labels[self.table].get(fold(text), text)

    def prepare_value(self, value: Any) -> Any:
        return reference.label(self.table, value) if value else value


class _Row(Form):
    def __init__(self, *args: Any, **options: Any) -> None:
        options["use_required_attribute"] = False
        super().__init__(*args, **options)


class AreaForm(_Row):
    """Something that a programme teaches."""

    code = forms.CharField(label=lazy("Code"), max_length=40, required=False)
    name_zh = forms.CharField(label=lazy("Chinese name"), max_length=200, required=False)
    name_en = forms.CharField(label=lazy("English name"), max_length=200, required=False)
    hours = forms.DecimalField(
        label=lazy("Class hours"), max_digits=7, decimal_places=1, max_value=MOST_HOURS, required=False, localize=False
    )


class RequirementForm(_Row):
    """What is asked of whoever enters."""

    education = TableField("education", label=lazy("Lowest education"))
    title = TableField("title", label=lazy("Lowest title"))
    years = forms.IntegerField(label=lazy("Years of work"), required=False, min_value=0, max_value=MOST_YEARS)
    text_zh = forms.CharField(label=lazy("In words, Chinese"), max_length=2000, required=False)
    text_en = forms.CharField(label=lazy("In words, English"), max_length=2000, required=False)


class ContactForm(_Row):
    """Somebody to speak to about a cohort."""

    name = forms.CharField(label=lazy("Name"), max_length=100, required=False)
    role = forms.CharField(label=lazy("Role"), max_length=100, required=False)
    email = forms.EmailField(label=lazy("E-mail"), required=False)
    phone = forms.CharField(label=lazy("Phone"), max_length=40, required=False)


class Rows(forms.BaseFormSet):
    """Rows of one kind; one left empty or taken away is none. A form sent without any leaves them as they are.

    Args:
        known: the rows that there are.
    """

    def __init__(self, *args: Any, known: Sequence[Mapping[str, Any]], **options: Any) -> None:
        options["initial"] = [dict(one) for one in known]
        super().__init__(*args, **options)

    @property
    def sent(self) -> bool:
        """Whether the rows came with the form."""
        return self.is_bound and f"{self.prefix}-{TOTAL_FORM_COUNT}" in self.data

    def is_valid(self) -> bool:
        return not self.sent or super().is_valid()

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = lazy("Take away")
        form.fields["DELETE"].widget.attrs["class"] = "form-check-input"

    def given(self) -> list[dict[str, Any]]:
        """The rows as the service takes them."""
        return [{name: form.cleaned_data[name] for name in form.base_fields} for form in self._filled()]

    def take(self, error: FieldError) -> bool:
        """Shows a refusal of ``areas.0.code`` in its row; whether it was one of these rows."""
        room, _dot, rest = error.field.partition(".")
        place, _dot, name = rest.partition(".")
        filled = self._filled() if self.sent else []
        if room != self.prefix or not place.isdigit() or int(place) >= len(filled):
            return False
        row = filled[int(place)]
        row.add_error(name if name in row.base_fields else None, str(error.message))
        return True

    def _filled(self) -> list[Any]:
        return [
            form
            for form in self.forms
            if not form.cleaned_data.get("DELETE")
            and any(form.cleaned_data.get(name) not in (None, "") for name in form.base_fields)
        ]


def _rows(form: type[Form], most: int) -> Any:
    return forms.formset_factory(form, formset=Rows, extra=SPARE, can_delete=True, max_num=most)


AreaRows: Any = _rows(AreaForm, MOST_AREAS)
RequirementRows: Any = _rows(RequirementForm, MOST_REQUIREMENTS)
ContactRows: Any = _rows(ContactForm, 50)
