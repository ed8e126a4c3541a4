"""The list of ladders: what is in force of each kind, drafts, and what was."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.problems import FieldError, Invalid
from backend.web.base import Act
from backend.web.lists import ListPage
from programs.desks.ladders.words import STATES, clock_of, presented
from programs.reminders import policies, selectors
from programs.reminders.filters import PolicyFilter
from programs.reminders.models import Kind, LadderPolicy

READERS = "officer manager admin"
ACTORS = "officer admin"


class Policies(ListPage):
    """Every version of every ladder, kind by kind, the latest first."""

    roles = {"GET": READERS}
    template = "desks/ladders/policies.html"
    name = "ladders"
    leads = ("web:ladder", "policy.pk")
    filterset_class = PolicyFilter
    choosing = {"kind": lazy("About"), "draft": lazy("Draft"), "in_force": lazy("In force")}
    ordering = ("kind", "-version")
    headings = {
        "kind": lazy("About"),
        "version": lazy("Version"),
        "state": lazy("State"),
        "note": lazy("Note"),
        "in_force_from": lazy("In force from"),
        "retired_at": lazy("Until"),
        "reason": lazy("Reason"),
    }

    def rows(self) -> Any:
        return selectors.policies(self.actor)

    def present(self, rows: Sequence[LadderPolicy]) -> Sequence[Any]:
        now = clock.now()
        return [presented(one, one.state_at(now)) for one in rows]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        one: LadderPolicy = row["policy"]
        own = {"kind": one.get_kind_display(), "state": str(STATES[row["state"]])}
        return {name: own[name] if name in own else getattr(one, name) for name in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        answers = [("true", _("yes")), ("false", _("no"))]
        return {"draft": answers, "in_force": answers}

    def more(self) -> Mapping[str, Any]:
        kinds = [{"kind": one.value, "label": one.label, "clock": clock_of(one.value)} for one in Kind]
        return {"kinds": kinds, "acts": Draft.admits(self.actor)}


class Draft(Act):
    """Begins a new version of a ladder."""

    roles = {"POST": ACTORS}
    made: LadderPolicy | None = None

    def act(self) -> str:
        kind = self.request.POST.get("kind", "")
        if kind not in Kind.values:
            raise Invalid([FieldError("kind", "invalid", _("Choose what it is about."))])
        self.made = policies.draft(actor=self.actor, kind=kind)
        return _("This is a draft: nothing goes out by it until it is switched on.")

    def leads_to(self) -> str:
        return reverse("web:ladder", args=[self.made.pk]) if self.made else reverse("web:ladders")
