"""What recounts came to, and having one made."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.web.base import Act
from backend.web.lists import ListPage
from programs.targets import recounting
from programs.targets.models import RecountResult
from programs.targets.recounts_api import RecountFilter


def presented(result: RecountResult) -> dict[str, Any]:
    """A recount as the pages show it."""
    return {
        "result": result,
        "differing": sum(target["differing"] for target in result.targets),
        "pending": sum(target["pending"] for target in result.targets),
        "persons": sorted({person for target in result.targets for person in target["persons"]}),
        "state": "ok" if result.agrees else "error",
        "label": _("Agrees") if result.agrees else _("Differs"),
    }


def latest(actor: User) -> dict[str, Any] | None:
    """The latest recount, for a desk."""
    result = recounting.results(actor).order_by("-pk").first()
    return presented(result) if result else None


class Recounts(ListPage):
    """Recounts of every target from the records, the latest first."""

    roles = {"GET": "officer manager admin"}
    template = "desks/admin/recounts.html"
    part = "desks/admin/recounts_part.html"
    name = "recounts"
    filterset_class = RecountFilter
    choosing = {"agrees": lazy("Agrees"), "counted_from": lazy("From"), "counted_to": lazy("To")}
    ordering = ("-id",)
    headings = {
        "counted_at": lazy("Counted at"),
        "agrees": lazy("Agrees"),
        "differing": lazy("Persons that differ"),
        "pending": lazy("Awaiting settling"),
        "amiss": lazy("Entries amiss"),
        "astray": lazy("Cells astray"),
    }

    def rows(self) -> Any:
        return recounting.results(self.actor)

    def present(self, rows: Sequence[RecountResult]) -> Sequence[Any]:
        return [presented(result) for result in rows]

    def cells(self, row: Any) -> Mapping[str, Any]:
        own = {name: row[name] for name in ("differing", "pending")} | {"agrees": str(row["label"])}
        return {name: own[name] if name in own else getattr(row["result"], name) for name in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return {"agrees": [("true", _("yes")), ("false", _("no"))]}

    def more(self) -> Mapping[str, Any]:
        return {"orders": Order.admits(self.actor)}


class Order(Act):
    """Has everybody counted afresh now."""

    roles = {"POST": "admin"}

    def act(self) -> str:
        recounting.order(actor=self.actor)
        return _("Everybody is being counted afresh; the result appears here.")

    def leads_to(self) -> str:
        return reverse("web:recounts")
