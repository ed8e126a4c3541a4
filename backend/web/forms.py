"""Forms in the house's looks: every field with its label, help and errors, tied together for screen readers."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as lazy

from backend.problems import NotFound, Problem, Unproven
from backend.web.templatetags.web import named

PLAIN = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


class Renderer(TemplatesSetting):
    """Where the forms' own templates are."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"


class DayField(forms.DateField):
    """A day, chosen by the browser's own calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class Checks(forms.CheckboxSelectMultiple):
    """Boxes to tick, in a frame that scrolls once they are many."""

    template_name = "web/forms/checks.html"


class _ByCode:
    """Rows with a code, offered by their names; ``queryset`` comes from a selector, in the form's own ``__init__``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=None, to_field_name="code", **options)  # type: ignore[call-arg]

    def label_from_instance(self, row: Any) -> str:
        return f"{named(row)} · {row.code}"


class OneField(_ByCode, forms.ModelChoiceField):
    """One row that is named by its code."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("empty_label", lazy("Choose one"))
        super().__init__(**options)


class ManyField(_ByCode, forms.ModelMultipleChoiceField):
    """Rows that are named by their codes, to be ticked."""

    widget = Checks


class Form(forms.Form):
    """A form whose fields take a service's refusals."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.Select):
                own = "form-select"
            elif isinstance(widget, PLAIN):
                own = "form-check-input"
            else:
                own = "form-control"
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} {own}".strip()

    def do(self, act: Callable[[dict[str, Any]], Any]) -> bool:
        """If the form is valid, does ``act(values)`` in a transaction of its own; whether it was done.

        What a service refuses stands beside the fields that it names, or above the form.
        """
        if not self.is_valid():
            return False
        try:
            with transaction.atomic():
                act(self.cleaned_data)
        except (NotFound, Unproven):
            raise
        except Problem as problem:
            self.take(problem)
            return False
        return True

    def take(self, problem: Problem) -> None:
        """Shows a refusal where it belongs."""
        for error in problem.errors:
            name = error.field.partition(".")[0]
            self.add_error(name if name in self.fields else None, str(error.message))
        if not problem.errors:
            self.add_error(None, str(problem.detail))
