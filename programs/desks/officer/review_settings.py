"""The settings of review, by the page's form."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import Page, SeeOther
from backend.web.forms import Form
from programs.review import settings


class SettingsForm(Form):
    """How the bureau decides."""

    second_officer = forms.BooleanField(
        label=lazy("A second officer for who would be high-end"),
        help_text=lazy("A record that would make its person high-end is verified by two different officers."),
        required=False,
    )
    every_credential = forms.BooleanField(
        label=lazy("Every credential is looked at"),
        help_text=lazy("A record is verified once each of its credentials was confirmed or refuted."),
        required=False,
    )
    claim_minutes = forms.IntegerField(
        label=lazy("A claim lasts (minutes)"),
        help_text=lazy("After the officer's last work; 5 to 1,440."),
        min_value=5,
        max_value=1440,
    )
    undo_hours = forms.IntegerField(
        label=lazy("A decision can be undone for (hours)"),
        help_text=lazy("As long as nothing rests on it; 0 to 8,760."),
        min_value=0,
        max_value=8760,
    )


class Settings(Page):
    """How the bureau decides: shown to officers, set by administrators."""

    roles = {"GET": "officer admin", "POST": "admin"}
    template = "desks/officer/review_settings.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        held = settings.current()
        return self._show(SettingsForm(initial={name: getattr(held, name) for name in settings.NAMES}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SettingsForm(request.POST)
        if form.do(lambda values: settings.change(actor=self.actor, **values)):
            messages.success(request, _("The settings are in force."))
            return SeeOther(reverse("web:review-settings"))
        return self._show(form, 400)

    def _show(self, form: Form, status: int = 200) -> HttpResponse:
        may_set = self.actor.role == "admin"
        if not may_set:
            for field in form.fields.values():
                field.disabled = True
        more: dict[str, Any] = {"held": settings.current(), "may_set": may_set}
        return self.show(status=status, form=form, **more)
