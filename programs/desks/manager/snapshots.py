"""What was published: the list, one snapshot beside what is now known, its figures, and whether the chain holds."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as lazy
from rest_framework import serializers

from backend.naming import in_english
from backend.web.base import Page
from backend.web.lists import Label, ListPage, choices_of
from programs.desks.manager.briefings import Order
from programs.desks.manager.moments import READERS, minute
from programs.desks.manager.naming import DIMENSIONS
from programs.desks.manager.publishing import Publish
from programs.desks.manager.targets import BY
from programs.snapshots import selectors, showing, telling, verifying
from programs.snapshots.answers import FAULTS, RestatementParameters
from programs.snapshots.canonical import canonical
from programs.snapshots.filters import SnapshotFilter
from programs.snapshots.models import Snapshot
from programs.snapshots.restating import Restated, Restatement, restate
from programs.targets import parameters
from programs.targets import selectors as targets
from programs.targets.books import Moment
from programs.targets.parameters import told
from programs.targets.showing import said

LANGUAGES = ("zh-hans", "en")


class Snapshots(ListPage):
    """Snapshots, the latest first."""

    roles = {"GET": READERS}
    template = "desks/manager/snapshots.html"
    part = "desks/manager/snapshots_part.html"
    name = "snapshots"
    leads = ("web:snapshot", "snapshot.pk")
    filterset_class = SnapshotFilter
    choosing = {
        "plan": lazy("Plan"),
        "as_of_from": lazy("As of, from"),
        "as_of_to": lazy("As of, to"),
        "published_from": lazy("Published from"),
        "published_to": lazy("Published to"),
    }
    ordering = ("-number",)
    page_size = 20  # each brings its figures along
    headings = {
        "number": lazy("No."),
        "title": lazy("Title"),
        "plan": lazy("Plan"),
        "as_of": lazy("As of the day"),
        "known_at": lazy("As known at"),
        "published_at": lazy("Published"),
        "published_by": lazy("Published by"),
        "digest": lazy("Digest"),
    }

    def rows(self) -> Any:
        return selectors.snapshots(self.actor)

    def present(self, rows: Sequence[Snapshot]) -> Sequence[Any]:
        return [
            {
                "snapshot": one,
                "targets": [
                    {"name": showing.label_of(target), "figure": target["figure"]} for target in one.content["targets"]
                ],
            }
            for one in rows
        ]

    def cells(self, row: Any) -> Mapping[str, Any]:
        one = row["snapshot"]
        own = {"plan": one.plan.code, "published_by": one.publisher}
        return {name: own[name] if name in own else getattr(one, name) for name in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        return {"plan": choices_of(targets.plans(self.actor).order_by("code"))}

    def more(self) -> Mapping[str, Any]:
        return {"publishes": Publish.admits(self.actor)}


class SnapshotParameters(RestatementParameters):
    """Up to which moment it is told what has changed, and by which dimension the parts are shown."""

    by = serializers.ChoiceField(list(BY), default="organisation")


class OneSnapshot(Page):
    """A snapshot as published beside what is now known of the same day, and the difference in words."""

    roles = {"GET": READERS}
    template = "desks/manager/snapshot.html"

    @cached_property
    def asked(self) -> dict[str, Any]:
        given = self.request.GET.copy()
        for name in [name for name, value in given.items() if not value]:
            del given[name]
        return parameters.read(SnapshotParameters, given)

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        asked = self.asked
        snapshot = self.one(selectors.snapshots(self.actor), pk=id)
        found = restate(actor=self.actor, snapshot=snapshot, known_at=asked.get("known_at"))
        frozen = {target["code"]: target for target in snapshot.content["targets"]}
        own = "en" if in_english() else "zh-hans"
        return self.show(
            snapshot=snapshot,
            plan=showing.label_of(snapshot.content["plan"]),
            found=found,
            known_at=minute(found.moment.known_at, up=True) if "known_at" in asked else "",
            targets=[_beside(found, one, frozen[one.code], asked["by"]) for one in found.targets],
            words=[(language, list(_words(found, language))) for language in sorted(LANGUAGES, key=own.__ne__)],
            by=asked["by"],
            by_label=BY[asked["by"]],
            dimension=DIMENSIONS[asked["by"]],
            dimensions=list(BY.items()),
            in_order=verifying.in_order(snapshot),
            makes=Order.admits(self.actor),
        )


def _words(found: Restatement, language: str) -> Iterator[str]:
    with translation.override(language):
        yield from telling.paragraphs(found)


def _beside(found: Restatement, one: Restated, frozen: Mapping[str, Any], by: str) -> dict[str, Any]:
    """A target with every part of a dimension, as published and as now known."""
    moved = {part.key: part for part in one.parts.get(by, ())}
    parts = [
        {"label": showing.label_of(part), "then": part["achieved"], "now": part["achieved"], "delta": 0}
        | ({"now": moved[part["key"]].now, "delta": moved[part["key"]].delta} if part["key"] in moved else {})
        for part in frozen["breakdown"][by]
    ]
    known = {part["key"] for part in frozen["breakdown"][by]}
    parts += [
        {"label": part.label, "then": 0, "now": part.now, "delta": part.delta}
        for key, part in moved.items()
        if key not in known
    ]
    return {
        "of": one,
        "name": showing.label_of(frozen),
        "parts": parts,
        "total": one.then["achieved"],
        "entries": [(said(it.reason), it, _whom(found, one, it.reason)) for it in one.moved],
        "course": frozen["course"],
    }


def _whom(found: Restatement, one: Restated, reason: str) -> str:
    """The address of whom a target moved by for one reason since it was published."""
    since, until = told(Moment(found.snapshot.as_of, found.snapshot.known_at)), told(found.moment)
    query = {"reason": reason, "from": since["known_at"], "to": until["known_at"], "as_of": until["as_of"]}
    return f"{reverse('web:target-changes-people', args=[one.code])}?{urlencode(query)}"


class Figures(ListPage):
    """Every number of a snapshot, for downloading."""

    roles = {"GET": READERS}
    template = "desks/manager/snapshot_figures.html"
    part = "desks/manager/snapshot_figures_part.html"
    name = "snapshot"
    headings = {
        "target": lazy("Target"),
        "part": lazy("Part"),
        "key": lazy("Code"),
        "label": lazy("Name"),
        "achieved": lazy("People"),
        "goal": lazy("Goal"),
        "remaining": lazy("Remaining"),
        "completion_rate": lazy("Completion"),
        "elapsed_rate": lazy("Time elapsed"),
        "pace": lazy("Pace"),
        "required_pace": lazy("Required pace"),
        "cumulative": lazy("Cumulative"),
        "plan": lazy("Plan"),
    }
    snapshot: Snapshot

    def get(self, request: HttpRequest, id: int, **kwargs: Any) -> HttpResponse:
        self.snapshot = self.one(selectors.snapshots(self.actor), pk=id)
        return super().get(request, **kwargs)

    def rows(self) -> Any:
        return list(showing.figure_rows(self.snapshot))

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        names = {showing.WHOLE: lazy("In all"), showing.COURSE: lazy("By month"), **BY}
        known = {target["code"]: showing.label_of(target) for target in self.snapshot.content["targets"]}
        return [{**row, "part": str(names[row["part"]]), "target": known[row["target"]]} for row in rows]

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {name: row[name] for name in self.headings}

    def more(self) -> Mapping[str, Any]:
        return {"snapshot": self.snapshot}


class Canonical(Page):
    """The file whose SHA-256 is the snapshot's digest."""

    roles = {"GET": READERS}

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        snapshot = self.one(selectors.snapshots(self.actor), pk=id)
        text = canonical(snapshot, snapshot.previous.digest if snapshot.previous else None)
        name = f"snapshot-{snapshot.number}.json"
        return HttpResponse(
            text, content_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )


class Verify(Page):
    """Whether every snapshot is what was published."""

    roles = {"GET": READERS}
    template = "desks/manager/snapshots_verified.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        verdict = verifying.verify()
        broken = verdict.broken
        return self.show(
            verdict=verdict, said=FAULTS[broken.fault] % {"number": broken.number} if broken else "", broken=broken
        )
