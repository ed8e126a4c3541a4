"""The figures of recruitment as pages: an overview, and each figure split and downloaded."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.lists.filters import filtered, refuse_unknown
from backend.problems import FieldError, Invalid
from backend.web.base import EVERYONE, Page
from backend.web.lists import Choosing, ListPage
from programs.desks.recruitment import drawing, words
from programs.desks.recruitment.candidates import offered_to
from programs.recruitment import demand, figures, selectors
from programs.recruitment.figures_api import (
    DemandFilter,
    FigureFilter,
    demand_rows,
    funnel_rows,
    times_rows,
    yield_rows,
)
from programs.recruitment.labels import labels_of
from programs.recruitment.stages import WAY, Stage

SPLIT = {
    "none": lazy("Not split"),
    "campaign": lazy("Campaign"),
    "source": lazy("Source"),
    "position": lazy("Position"),
    "organisation": lazy("Organisation"),
    "month": lazy("Month of entry"),
    "occupation": lazy("Occupation"),
    "level": lazy("Level"),
    "segment": lazy("Segment"),
    "district": lazy("District"),
}
CHOOSING = {
    "campaign": lazy("Campaign"),
    "source": lazy("Source"),
    "position": lazy("Position"),
    "organisation": lazy("Organisation"),
    "entered_from": lazy("Entered from"),
    "entered_to": lazy("Entered until"),
}


class _AsOf(Page):
    """What the figures' pages share: the day as of which they are, and how the filters are offered."""

    splits: ClassVar[Sequence[str]] = figures.BY

    @cached_property
    def day(self) -> dt.date:
        """The day that the address names, else today. Raises Invalid."""
        text = self.request.GET.get("as_of", "")
        try:
            found = parse_date(text) if text else clock.today()
        except ValueError:
            found = None
        if found is None:
            raise Invalid([FieldError("as_of", "invalid", _("Give a day as 2019-03-01."))])
        return found

    @property
    def by(self) -> str:
        """How the figure is split. Raises Invalid."""
        asked = self.request.GET.get("by") or self.splits[0]
        if asked not in self.splits:
            raise Invalid([FieldError("by", "invalid", _("The figure is not split so."))])
        return asked

    def as_of(self) -> Choosing:
        """The field of the day."""
        return Choosing("as_of", _("As of the day"), "date", [self.day.isoformat()])


class Overview(_AsOf):
    """How far candidates came, how long it takes, what the sources yield, and how much of the demand is filled."""

    roles = {"GET": EVERYONE}
    template = "desks/recruitment/overview.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        refuse_unknown(request.GET, [*FigureFilter.names(), "as_of"])
        given = request.GET.copy()
        for name in [name for name in given if not given[name] or name == "as_of"]:
            del given[name]
        rows = filtered(FigureFilter, given, selectors.candidates(self.actor), request)
        whole = next(iter(figures.funnel(rows, self.day)), None)
        yields = list(yield_rows(rows, self.day, "source", self.actor))
        names = labels_of("source", [one["key"] for one in yields])
        wanted = demand.demand(demand.as_of(self.actor, self.day), "occupation")
        occupations = labels_of("occupation", [one.key for one in wanted])
        query = request.GET.urlencode()
        return self.show(
            tabs=words.tabs(self.actor, "web:recruitment"),
            whole=whole,
            steps=drawing.steps(whole) if whole else [],
            times=[dressed_times(one) for one in times_rows(rows, self.day, "none")],
            yields=[one | {"label": names[one["key"]]} for one in yields],
            demand=[{"label": occupations[one.key], "of": one} for one in wanted],
            choosing=[*self._offered(given), self.as_of()],
            chosen=dict(request.GET),
            day=self.day,
            links={name: f"{reverse(f'web:recruitment-{name}')}?{query}" for name in ("funnel", "times", "sources")},
            demand_link=f"{reverse('web:recruitment-demand')}?by=occupation&as_of={self.day}",
        )

    def _offered(self, given: Any) -> list[Choosing]:
        choices = offered_to(self.actor)
        return [
            Choosing(
                name,
                label,
                "date" if name.startswith("entered") else "text",
                given.getlist(name),
                choices.get(name, ()),
            )
            for name, label in CHOOSING.items()
            if name != "organisation" or self.actor.sees_everything
        ]


def dressed_times(row: Mapping[str, Any]) -> dict[str, Any]:
    """A time in stage with the stage's name."""
    return {**row, "stage_label": Stage(row["stage"]).label}


class _Figure(_AsOf, ListPage):
    """A figure, split by what is chosen, and downloadable."""

    roles = {"GET": EVERYONE}
    template = "desks/recruitment/figure.html"
    part = "desks/recruitment/figure_rows.html"
    filterset_class: ClassVar[Any] = FigureFilter
    parameters = ("by", "as_of")
    choosing: ClassVar[Mapping[str, Any]] = CHOOSING
    title: ClassVar[Any] = ""
    explained: ClassVar[Any] = ""
    kinds: ClassVar[Mapping[str, str]] = {"label": "text"}

    def rows(self) -> list[dict[str, Any]]:
        given = self.request.GET.copy()
        for name in [name for name in given if not given[name] or name not in self.filterset_class.names()]:
            del given[name]
        chosen = filtered(self.filterset_class, given, self.among(), self.request)
        found = [dict(one) for one in self.worked_out(chosen)]
        names = labels_of(self.by, [one["key"] for one in found])
        return [one | {"label": names[one["key"]]} for one in found]

    def among(self) -> QuerySet:
        """The rows that the figure may be of."""
        return selectors.candidates(self.actor)

    def worked_out(self, rows: QuerySet) -> Iterable[Mapping[str, Any]]:
        """The figure's parts."""
        raise NotImplementedError

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [
            {**one, "cells": [(one[name], self.kinds.get(name, "number")) for name in self.headings]} for one in rows
        ]

    def cells(self, row: Any) -> Mapping[str, Any]:
        return dict(row)

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return offered_to(self.actor) | {
            name: words.choices(name) for name in ("occupation", "level", "segment", "district")
        }

    def offered(self) -> list[Any]:
        own = [one for one in super().offered() if one.name != "organisation" or self.actor.sees_everything]
        splits = [(name, SPLIT[name]) for name in self.splits]
        return [Choosing("by", _("Split by"), "text", [self.by], splits), *own, self.as_of()]

    def more(self) -> Mapping[str, Any]:
        return {
            "tabs": words.tabs(self.actor, "web:recruitment"),
            "title": self.title,
            "explained": self.explained,
            "columns": [
                (SPLIT[self.by] if name == "label" and self.by != "none" else label, self.kinds.get(name, "number"))
                for name, label in self.headings.items()
            ],
            "day": self.day,
        }


class FunnelPage(_Figure):
    """How many candidates ever reached each stage by a day."""

    name = "recruitment-funnel"
    title = lazy("Funnel")
    explained = lazy(
        "Each stage counts whoever stood there or further on at any time by the day; a rate is the share of those who"
        " reached the stage before."
    )
    headings: ClassVar[Mapping[str, Any]] = {
        "label": lazy("Part"),
        **{one.value: one.label for one in WAY},
        "verified": lazy("Verified"),
        "live": lazy("On the way"),
        "declined": Stage.DECLINED.label,
        "withdrawn": Stage.WITHDRAWN.label,
        "overall_rate": lazy("Arrived, of those sourced"),
    }
    kinds: ClassVar[Mapping[str, str]] = {"label": "text", "overall_rate": "rate"}

    def worked_out(self, rows: QuerySet) -> Iterable[Mapping[str, Any]]:
        return funnel_rows(rows, self.day, self.by)


class TimesPage(_Figure):
    """How long candidates stand in each stage."""

    name = "recruitment-times"
    title = lazy("Time in stage")
    explained = lazy(
        "In days. Whoever stands in a stage still has stood there so long at least (Kaplan and Meier’s estimate); a"
        " dash: too few have left to tell."
    )
    headings: ClassVar[Mapping[str, Any]] = {
        "label": lazy("Part"),
        "stage_label": lazy("Stage"),
        "ended": lazy("Left the stage"),
        "open": lazy("Stand there still"),
        "quarter": lazy("A quarter left after"),
        "median": lazy("Half left after"),
        "three_quarters": lazy("Three quarters left after"),
    }
    kinds: ClassVar[Mapping[str, str]] = {"label": "text", "stage_label": "text"}

    def worked_out(self, rows: QuerySet) -> Iterable[Mapping[str, Any]]:
        return [
            one | {"stage_label": str(one["stage_label"])}
            for one in map(dressed_times, times_rows(rows, self.day, self.by))
        ]


class SourcesPage(_Figure):
    """What each source, or campaign, yields."""

    name = "recruitment-sources"
    title = lazy("Source yield")
    explained = lazy(
        "What was spent on a campaign is shared out evenly over all whom it brought; an arrival costs what was spent by"
        " how many arrived."
    )
    splits = ("source", "campaign")
    headings: ClassVar[Mapping[str, Any]] = {
        "label": lazy("Part"),
        "sourced": Stage.SOURCED.label,
        "arrived": Stage.ARRIVED.label,
        "verified": lazy("Verified"),
        "arrived_rate": lazy("Arrived, of those sourced"),
        "verified_rate": lazy("Verified, of those sourced"),
        "spent": lazy("Spent (yuan)"),
        "cost_per_arrival": lazy("Cost per arrival (yuan)"),
    }
    kinds: ClassVar[Mapping[str, str]] = {
        "label": "text",
        **dict.fromkeys(("arrived_rate", "verified_rate"), "rate"),
        **dict.fromkeys(("spent", "cost_per_arrival"), "money"),
    }

    def worked_out(self, rows: QuerySet) -> Iterable[Mapping[str, Any]]:
        return [in_yuan(one) for one in yield_rows(rows, self.day, self.by, self.actor)]


def in_yuan(row: Mapping[str, Any]) -> dict[str, Any]:
    """A yield whose money is in yuan, as people read it."""
    return {**row, **{name: words.yuan(row[name]) for name in ("spent", "cost_per_arrival")}}


class DemandPage(_Figure):
    """Places wanted as of a day, and who has arrived for them."""

    name = "recruitment-demand"
    title = lazy("Demand filled")
    explained = lazy("Places of positions as they stood on the day; left are those that were open and not filled.")
    filterset_class: ClassVar[Any] = DemandFilter
    splits = demand.BY
    choosing: ClassVar[Mapping[str, Any]] = {
        "occupation": lazy("Occupation"),
        "level": lazy("Level"),
        "segment": lazy("Segment"),
        "district": lazy("District"),
        "organisation": lazy("Organisation"),
    }
    headings: ClassVar[Mapping[str, Any]] = {
        "label": lazy("Part"),
        "positions": lazy("Positions"),
        "wanted": lazy("People wanted"),
        "arrived": Stage.ARRIVED.label,
        "verified": lazy("Verified"),
        "left": lazy("Places left"),
        "filled_rate": lazy("Share filled"),
    }
    kinds: ClassVar[Mapping[str, str]] = {"label": "text", "filled_rate": "rate"}

    def among(self) -> QuerySet:
        return demand.as_of(self.actor, self.day)

    def worked_out(self, rows: QuerySet) -> Iterable[Mapping[str, Any]]:
        return demand_rows(rows, self.by)
