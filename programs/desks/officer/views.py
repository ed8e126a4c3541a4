"""Saved views, and the settings of review, by the pages' forms."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import Act, Page, SeeOther, back_to
from backend.web.forms import Form
from programs.review import selectors, settings, views


class SaveView(Act):
    """Keeps the filter of the list under a name."""

    roles = {"POST": "officer"}

    def act(self) -> str:
        given = self.request.POST
        view = views.save_view(
            actor=self.actor,
            name=given.get("name", ""),
            query=given.get("query", ""),
            shared="shared" in given,
            is_default="is_default" in given,
        )
        return _("The view “%(name)s” is saved.") % {"name": view.name}

    def leads_to(self) -> str:
        return back_to(self.request, reverse("web:records"))


class ForgetView(Act):
    """Takes a view away."""

    roles = {"POST": "officer"}

    def act(self, id: int) -> str:
        view = self.one(selectors.views(self.actor), pk=id)
        name = view.name
        views.forget_view(actor=self.actor, view=view)
        return _("The view “%(name)s” is gone.") % {"name": name}

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:records"))


class DefaultView(Act):
    """Makes one of the officer's views the one that the records open with, or no view."""

    roles = {"POST": "officer"}

    def act(self, id: int) -> str:
        view = self.one(selectors.views(self.actor), pk=id)
        views.change_view(actor=self.actor, view=view, is_default=not view.is_default)
        if view.is_default:
            return _("The records open with “%(name)s” now.") % {"name": view.name}
        return _("The records open without a filter now.")

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:records"))


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
