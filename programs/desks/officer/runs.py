"""Pages about acts of deciding: what was decided in one go, and undoing it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from backend.jobs.models import Job
from backend.problems import Conflict, Invalid
from backend.web.base import Act, Page, SeeOther, back_to, sentence
from backend.web.lists import Label, ListPage
from programs.desks.officer import words
from programs.desks.officer.records import NAMES, presented
from programs.records import selectors as records
from programs.records.models import Decision, DecisionRun
from programs.records.showing import COLUMNS
from programs.review import selectors, services, undoing
from programs.review.filters import RunFilter

SHOWN = 50


def told(run: DecisionRun) -> dict[str, Any]:
    """A run in words. What came with a lot's verdict is not undone."""
    lot = run.asked.get("lot")
    return {
        "lot": lot,
        "run": run,
        "word": words.DECISIONS[run.decision],
        "conditions": words.conditions(run.asked.get("filter") or {}),
        "left": run.decided - run.undone,
        "may": lot is None and run.undone < run.decided and undoing.may_be_undone(run.decided_at),
    }


class Runs(ListPage):
    """Acts of deciding, the latest first."""

    roles = {"GET": "officer admin"}
    template = "desks/officer/runs.html"
    part = "desks/officer/runs_part.html"
    name = "decision-runs"
    leads = ("web:decision-run", "run.pk")
    filterset_class = RunFilter
    choosing = {"decision": lazy("Decision"), "officer": lazy("Officer"), "undone": lazy("Undone")}
    ordering = ("-id",)
    headings: ClassVar[Mapping[str, Label]] = {
        "id": lazy("Act"),
        "decision": lazy("Decision"),
        "reason": lazy("Reason"),
        "decided": lazy("Records"),
        "undone": lazy("Undone"),
        "officer": lazy("Officer"),
        "decided_at": lazy("Decided at"),
    }

    def rows(self) -> Any:
        return selectors.runs(self.actor)

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [told(row) for row in rows]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        run = row["run"]
        return {
            **{name: getattr(run, name) for name in ("id", "reason", "decided", "undone", "decided_at")},
            "decision": str(row["word"].label),
            "officer": run.decided_by.username,
        }

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        return {
            "decision": [(kind, word.label) for kind, word in words.DECISIONS.items()],
            "undone": [("true", _("Yes")), ("false", _("No"))],
        }


class OneRun(Page):
    """One act of deciding: its records, and the way to undo it."""

    roles = {"GET": "officer admin", "POST": "officer"}
    template = "desks/officer/run.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        return self._show(self.one(selectors.runs(self.actor), pk=id))

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        """Undoes it."""
        run = self.one(selectors.runs(self.actor), pk=id)
        try:
            with transaction.atomic():
                outcome = undoing.undo_run(run=run, reason=request.POST.get("reason", ""), actor=self.actor)
        except (Conflict, Invalid) as problem:
            return self._show(run, refused=sentence(problem), status=problem.status)
        if isinstance(outcome, Job):
            messages.info(request, _("It is being undone in the background."))
            return SeeOther(reverse("web:job", args=[outcome.pk]))
        count = len(outcome.undone)
        said = ngettext("%(n)s record stands as before.", "%(n)s records stand as before.", count)
        (messages.success if count else messages.info)(request, said % {"n": f"{count:,}"})
        run.refresh_from_db()
        return self._show(run, stays=stays(outcome.stays))

    def _show(
        self, run: DecisionRun, *, refused: str = "", stays: Sequence[str] = (), status: int = 200
    ) -> HttpResponse:
        taken = Decision.objects.filter(run_id=run.pk).order_by("record_id").values_list("record_id", flat=True)
        ids = list(taken[:SHOWN])
        rows = records.records(self.actor).filter(pk__in=ids).order_by("pk").values(*COLUMNS.values(), *NAMES)
        return self.show(
            status=status,
            one=told(run),
            run=run,
            rows=presented(rows, self.actor),
            mine=run.decided_by_id == self.actor.pk,
            undoing=self.actor.role == "officer",
            refused=refused,
            stays=stays,
            longest=services.LONGEST_REASON,
        )


class UndoOne(Act):
    """Undoes the latest decision on one record."""

    roles = {"POST": "officer"}

    def act(self, id: int) -> str:
        self.one(records.records(self.actor), pk=id)
        undoing.undo_one(record_id=id, reason=self.request.POST.get("reason", ""), actor=self.actor)
        return _("Record %(id)s stands as before the decision.") % {"id": id}

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:record", args=[id]))


def stays(passed: Sequence[tuple[int, str]]) -> list[str]:
    """What could not be undone, in sentences."""
    return [undoing.said(code) % {"id": id} for id, code in passed[: undoing.LISTED]]
