"""The contacts of an organisation as rows of a form, which can be added and taken away."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from backend.problems import FieldError
from backend.web.forms import Form

ROLES = [("submitter", lazy("Who reports")), ("leader", lazy("The partner's leader"))]
SPARE = 2
"""Empty rows below the contacts that are there, for whoever has no script to add some."""


class ContactForm(Form):
    """Somebody to speak to; ``role`` says which reminders they get."""

    name = forms.CharField(label=lazy("Name"), max_length=100, required=False)
    role = forms.ChoiceField(label=lazy("Role"), required=False)
    email = forms.EmailField(label=lazy("E-mail"), required=False)
    phone = forms.CharField(label=lazy("Phone"), max_length=40, required=False)

    def __init__(self, *args: Any, roles: Sequence[str] = (), **options: Any) -> None:
        options["use_required_attribute"] = False
        super().__init__(*args, **options)
        own = [(role, role) for role in roles if role not in dict(ROLES)]
        self.fields["role"].choices = [("", "–"), *ROLES, *own]  # type: ignore[attr-defined]


class ContactRows(forms.formset_factory(ContactForm, extra=SPARE, can_delete=True, max_num=50)):  # type: ignore[misc]
    """Rows of contacts; one that is left empty or taken away is none.

    Args:
        known: the contacts that there are, whose roles are kept even where they are in words of their own.
    """

    def __init__(self, *args: Any, known: Sequence[Mapping[str, str]], **options: Any) -> None:
        roles = list(dict.fromkeys(one["role"] for one in known if one.get("role")))
        super().__init__(*args, initial=[dict(one) for one in known], form_kwargs={"roles": roles}, **options)

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = lazy("Take away")
        form.fields["DELETE"].widget.attrs["class"] = "form-check-input"

    def given(self) -> list[dict[str, str]]:
        """The contacts as the service takes them."""
        return [{name: form.cleaned_data[name] for name in ContactForm.base_fields} for form in self._filled()]

    def take(self, error: FieldError) -> bool:
        """Shows a refusal of ``contacts.0.name`` in its row; whether it was one."""
        room, _dot, rest = error.field.partition(".")
        place, _dot, name = rest.partition(".")
        filled = self._filled()
        if room != "contacts" or not place.isdigit() or int(place) >= len(filled):
            return False
        filled[int(place)].add_error(name if name in ContactForm.base_fields else None, str(error.message))
        return True

    def _filled(self) -> list[Any]:
        return [
            form
            for form in self.forms
            if not form.cleaned_data.get("DELETE")
            and any(form.cleaned_data.get(name) for name in ContactForm.base_fields)
        ]
