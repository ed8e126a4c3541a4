"""Publishing a snapshot: the moment is chosen, what would be frozen is shown, and that is what is published."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from rest_framework import serializers

from backend import clock
from backend.problems import Invalid, flatten
from backend.web.base import Page, SeeOther
from backend.web.forms import DayField, Form, OneField
from programs.desks.manager.targets import BY
from programs.snapshots import services, showing
from programs.snapshots.services import LONGEST_NOTE, LONGEST_TITLE, Draft
from programs.targets import selectors
from programs.targets.models import Plan
from programs.targets.parameters import MomentField, told


def read_moment(text: str) -> dt.datetime:
    """A moment as a form gives it.

    Raises:
        forms.ValidationError: it cannot be read.
    """
    try:
        return MomentField().run_validation(text)
    except serializers.ValidationError as error:
        raise forms.ValidationError([one.message for one in flatten(error.detail)]) from None


class MomentForm(Form):
    """Which plan's figures, as of which day, as known at which moment."""

    plan = OneField(label=lazy("Plan"))
    as_of = DayField(label=lazy("As of the day"), help_text=lazy("Counts who counted by the end of this day."))
    known_at = forms.CharField(
        label=lazy("As known at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=lazy("The books as they stood then. Left blank: now."),
    )

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["plan"].queryset = selectors.plans(actor).order_by("code")

    def clean_known_at(self) -> Any:
        given = self.cleaned_data["known_at"]
        return read_moment(given) if given else None


class PublishForm(Form):
    """What the snapshot is called."""

    title = forms.CharField(label=lazy("Title"), max_length=LONGEST_TITLE)
    note = forms.CharField(
        label=lazy("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("What its readers should know. It is frozen with the figures."),
    )
    plan = forms.CharField(widget=forms.HiddenInput)
    as_of = forms.DateField(widget=forms.HiddenInput)
    known_at = forms.CharField(widget=forms.HiddenInput)

    def clean_known_at(self) -> Any:
        return read_moment(self.cleaned_data["known_at"])


class Publish(Page):
    """What would be frozen, and publishing exactly that: the moment that was shown is the moment that is published."""

    roles = {"GET": "manager", "POST": "manager"}
    template = "desks/manager/snapshot_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = MomentForm(self._given(), actor=self.actor)
        if not chosen.is_valid():
            return self._show(chosen, None, None, 400 if request.GET else 200)
        try:
            drawn = self._draft(**chosen.cleaned_data)
        except Invalid as problem:
            chosen.take(problem)
            return self._show(chosen, None, None, 400)
        title = _("Figures as of %(day)s") % {"day": drawn.moment.as_of}
        form = PublishForm(initial={"plan": drawn.plan.code, **told(drawn.moment), "title": title})
        return self._show(chosen, drawn, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PublishForm(request.POST)
        made: list[Any] = []

        def publish(values: dict[str, Any]) -> None:
            plan = self.one(selectors.plans(self.actor), code=values.pop("plan"))
            made.append(services.publish(actor=self.actor, plan=plan, **values))

        if form.do(publish):
            snapshot = made[0]
            messages.success(request, _("Snapshot %(number)s is published.") % {"number": snapshot.number})
            return SeeOther(reverse("web:snapshot", args=[snapshot.pk]))
        chosen = MomentForm(request.POST, actor=self.actor)
        drawn = self._draft(**chosen.cleaned_data) if chosen.is_valid() else None
        return self._show(chosen, drawn, form, 400)

    def _given(self) -> dict[str, str]:
        """What the address says; the first plan as of today, where it says nothing."""
        given = {name: str(value) for name, value in self.request.GET.items() if value}
        first = selectors.plans(self.actor).order_by("code").values_list("code", flat=True).first()
        return {"plan": first or "", "as_of": clock.today().isoformat(), **given}

    def _draft(self, plan: Plan, as_of: Any, known_at: Any) -> Draft:
        return services.draft(actor=self.actor, plan=plan, as_of=as_of, known_at=known_at)

    def _show(
        self, chosen: MomentForm, drawn: Draft | None, form: PublishForm | None, status: int = 200
    ) -> HttpResponse:
        return self.show(
            status=status,
            chosen=chosen,
            drawn=drawn,
            form=form,
            targets=[
                {"name": showing.label_of(target), "figure": target["figure"], "parts": _counts(target)}
                for target in (drawn.content["targets"] if drawn else ())
            ],
        )


def _counts(target: Any) -> list[tuple[Any, int]]:
    """How many parts of each dimension would be frozen."""
    return [(label, len(target["breakdown"][by])) for by, label in BY.items()]
