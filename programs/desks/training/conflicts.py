"""What does not fit, over all cohorts that the reader sees."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import EVERYONE
from backend.web.lists import Label, ListPage, choices_of
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import Cohort, Path
from programs.catalogue.web.forms import partners
from programs.desks.training import words
from programs.training import conflicts, showing
from programs.training.filters import ConflictFilter


class Conflicts(ListPage):
    """What does not fit in cohorts, each with what to do. Partners see their own."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/training/conflicts.html"
    part = "desks/training/conflicts_rows.html"
    name = "conflicts"
    filterset_class = ConflictFilter
    headings: ClassVar[Mapping[str, Label]] = {
        "kind": lazy("What does not fit"),
        "programme": lazy("Programme"),
        "organisation": lazy("Organisation"),
        "cohort": lazy("Cohort"),
        "other": lazy("The other cohort"),
        "people": lazy("People"),
        "places": lazy("Places"),
        "message": lazy("In words"),
        "advice": lazy("What to do"),
    }

    @property
    def choosing(self) -> Mapping[str, Any]:  # type: ignore[override]
        found = {
            "kind": lazy("What does not fit"),
            "state": lazy("State"),
            "programme": lazy("Programme"),
            "organisation": lazy("Organisation"),
        }
        return found if self.actor.sees_several else {k: v for k, v in found.items() if k != "organisation"}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        programmes = catalogue.programmes(self.actor).prefetch_related(None).filter(path=Path.TRAINED).order_by("code")
        return {"programme": choices_of(programmes), "organisation": choices_of(partners(self.actor))}

    def rows(self) -> QuerySet[Cohort]:
        return catalogue.cohorts(self.actor).order_by("programme__code", "code")

    def narrowed(self, rows: Any) -> Any:
        kinds = self.chosen().get("kind") or list(conflicts.Kind)
        return conflicts.conflicts(self.actor, list(super().narrowed(rows)), kinds)

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [{"one": one, "tone": words.KIND_TONES[one.kind], "label": one.kind.label} for one in rows]

    def cells(self, row: Any) -> Mapping[str, Any]:
        return showing.conflict(row["one"]) | {"kind": row["label"]}
