"""Briefings: the list, ordering one, one with its files, and opening these."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.jobs.models import Job
from backend.web.base import Act, Page, SeeOther, is_partial
from backend.web.forms import Checks, Form
from backend.web.lists import Label, ListPage, choices_of
from programs.briefings import downloads, selectors, services
from programs.briefings.filters import BriefingFilter
from programs.briefings.kinds import Kind, parsed
from programs.briefings.models import Briefing, Language
from programs.briefings.models import Form as FileForm
from programs.briefings.services import UNFINISHED
from programs.snapshots import selectors as snapshots
from programs.snapshots.models import Snapshot
from programs.targets import selectors as targets

READERS = "officer manager"
MAKERS = "manager"
STATES: Mapping[str, Label] = {
    Job.State.QUEUED: lazy("Waiting to be made"),
    Job.State.RUNNING: lazy("Being made"),
    Job.State.DONE: lazy("Made"),
    Job.State.FAILED: lazy("Could not be made"),
    Job.State.CANCELLED: lazy("Called off"),
}


def presented(briefings: Sequence[Briefing]) -> list[dict[str, Any]]:
    """Briefings as the pages show them."""
    jobs = selectors.states(briefings)
    found = []
    for one in briefings:
        job = jobs.get(one.pk)
        state = selectors.state_of(one, job)
        found.append(
            {
                "briefing": one,
                "period": parsed(one.period).label,
                "kind": Kind(one.kind).label,
                "languages": [Language(language).label for language in one.languages],
                "state": state,
                "state_label": STATES[state],
                "unfinished": state in UNFINISHED,
                "failed": state == Job.State.FAILED,
                "error": job.error if job else "",
                "files": [
                    {
                        "language": Language(kept.language).label,
                        "form": FileForm(kept.form).label,
                        "kept": kept,
                        "url": reverse("web:briefing-file", args=[one.pk, kept.language, kept.form]),
                    }
                    for kept in one.files.all()
                ],
            }
        )
    return found


class Briefings(ListPage):
    """Briefings, the latest first."""

    roles = {"GET": READERS}
    template = "desks/manager/briefings.html"
    part = "desks/manager/briefings_part.html"
    name = "briefings"
    filterset_class = BriefingFilter
    choosing = {
        "plan": lazy("Plan"),
        "kind": lazy("Kind"),
        "period": lazy("Period"),
        "language": lazy("Language"),
        "ordered_from": lazy("Ordered from"),
        "ordered_to": lazy("Ordered to"),
    }
    ordering = ("-id",)
    headings = {
        "id": lazy("No."),
        "plan": lazy("Plan"),
        "kind": lazy("Kind"),
        "period": lazy("Period"),
        "languages": lazy("Languages"),
        "snapshot": lazy("Snapshot"),
        "state": lazy("State"),
        "made_by": lazy("Ordered by"),
        "ordered_at": lazy("Ordered"),
    }

    def rows(self) -> Any:
        return selectors.briefings(self.actor)

    def present(self, rows: Sequence[Briefing]) -> Sequence[Any]:
        return presented(rows)

    def cells(self, row: Any) -> Mapping[str, Any]:
        one = row["briefing"]
        return {
            "id": one.pk,
            "plan": one.snapshot.plan.code,
            "kind": str(row["kind"]),
            "period": one.period,
            "languages": ", ".join(one.languages),
            "snapshot": one.snapshot.number,
            "state": str(row["state_label"]),
            "made_by": one.made_by.username,
            "ordered_at": one.ordered_at,
        }

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        return {"plan": choices_of(targets.plans(self.actor).order_by("code"))}

    def more(self) -> Mapping[str, Any]:
        return {"makes": Order.admits(self.actor)}


class SnapshotField(forms.ModelChoiceField):
    """A snapshot by its number and title."""

    def label_from_instance(self, row: Any) -> str:
        return f"{row.number} · {row.title} · {row.as_of.isoformat()}"


class OrderForm(Form):
    """Of which snapshot, for how long a time, in which languages."""

    snapshot = SnapshotField(queryset=None, label=lazy("Snapshot"), empty_label=lazy("Choose one"))
    kind = forms.ChoiceField(
        label=lazy("Kind"),
        choices=Kind.choices,
        help_text=lazy("It tells of the last month, quarter or year that had ended by the snapshot’s day."),
    )
    languages = forms.MultipleChoiceField(label=lazy("Languages"), choices=Language.choices, widget=Checks)

    def __init__(self, *args: Any, known: QuerySet[Snapshot], **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["snapshot"].queryset = known


class Order(Page):
    """Ordering a briefing."""

    roles = {"GET": MAKERS, "POST": MAKERS}
    template = "desks/manager/briefing_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {
            "snapshot": request.GET.get("snapshot", ""),
            "kind": Kind.MONTH,
            "languages": [self.actor.language],
        }
        return self.show(form=OrderForm(initial=initial, known=self._known()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OrderForm(request.POST, known=self._known())
        made: list[Briefing] = []
        if form.do(lambda values: made.append(services.order(actor=self.actor, **values))):
            messages.success(request, _("The briefing is being made; its files appear here within seconds."))
            return SeeOther(reverse("web:briefing", args=[made[0].pk]))
        return self.show(status=400, form=form)

    def _known(self) -> QuerySet[Snapshot]:
        return snapshots.snapshots(self.actor).order_by("-number")


class OneBriefing(Page):
    """One briefing. While it is being made, its part of the page asks again and again how far it is."""

    roles = {"GET": READERS}
    template = "desks/manager/briefing.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        [one] = presented([self.one(selectors.briefings(self.actor), pk=id)])
        partial = is_partial(request)
        template = "desks/manager/briefing_part.html" if partial else ""
        return self.show(template, one=one, partial=partial, makes=Again.admits(self.actor))


class Again(Act):
    """Has the files made that could not be made."""

    roles = {"POST": MAKERS}

    def act(self, id: int) -> str:
        services.order_again(actor=self.actor, briefing=self.one(selectors.briefings(self.actor), pk=id))
        return _("The briefing is being made; its files appear here within seconds.")

    def leads_to(self, id: int) -> str:
        return reverse("web:briefing", args=[id])


class File(Page):
    """One of a briefing's files."""

    roles = {"GET": READERS}

    def get(self, request: HttpRequest, id: int, language: str, form: str) -> HttpResponse:
        briefing = self.one(selectors.briefings(self.actor), pk=id)
        return downloads.answer(briefing=briefing, language=language, form=form)
