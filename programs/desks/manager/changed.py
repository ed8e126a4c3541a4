"""Whom a target's figure moved by between two moments of the books."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from backend.web.lists import Choosing, ListPage
from programs.desks.manager import naming
from programs.desks.manager.moments import OfATarget, minute
from programs.targets import parameters, readings, selectors
from programs.targets.books import Moment
from programs.targets.models import LedgerEntry
from programs.targets.parameters import ChangesParameters, told
from programs.targets.showing import said
from programs.targets.waterfall import TURN_COLUMNS, TURNS, TurnFilter, shown_turns
from talent.people.models import PersonChange


class ChangedPeople(OfATarget, ListPage):
    """Whom the figure moved by between two moments of the books, masked; all of them or those of one reason."""

    name = "changes"
    template = "desks/manager/changed.html"
    part = "desks/manager/changed_rows.html"
    leads = ("", "url")
    filterset_class = TurnFilter
    parameters_class = ChangesParameters
    parameters = ("from", "to", "as_of")
    ordering = ("id",)
    choosing = {
        "reason": lazy("For what reason"),
        "turn": lazy("Counted or taken back"),
        "organisation": lazy("Organisation"),
        "programme": lazy("Programme"),
    }
    headings = {
        "person": lazy("Person"),
        "name": lazy("Name"),
        "delta": lazy("Net change"),
        "reason": lazy("For what reason"),
        "recorded_at": lazy("Posted"),
        "effective_on": lazy("Counts since"),
        "organisation": lazy("Credited organisation"),
        "organisation_name": lazy("Name of the organisation"),
        "programme": lazy("Programme"),
        "path": lazy("Path"),
        "basis": lazy("Credential"),
        "district": lazy("District"),
        "segment": lazy("Segment"),
        "record": lazy("Record"),
        "moved": lazy("Only moved"),
        "other": lazy("On the other side of the move"),
    }

    @cached_property
    def asked(self) -> dict[str, Any]:
        return parameters.read(self.parameters_class, self.request.GET, TurnFilter.names())

    @cached_property
    def between(self) -> tuple[Moment, Moment]:
        asked = self.asked
        return readings.moments(self.target, since=asked.get("from"), until=asked.get("to"), as_of=asked.get("as_of"))

    def rows(self) -> QuerySet[LedgerEntry]:
        opening, closing = self.between
        found = selectors.turns(self.actor, self.target, opening, closing)
        return found.values(*dict.fromkeys(TURN_COLUMNS.values()))

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        turns = shown_turns(rows, self.actor)
        codes = {code for turn in turns for code in (turn["organisation"], turn["other_organisation"]) if code}
        organisations = naming.organisations(self.actor, codes, self.between[1].as_of)
        programmes = naming.programmes(self.actor, (turn["programme"] for turn in turns))
        return [
            turn
            | {
                "url": reverse("web:person", args=[turn["person"]]),
                "said": said(turn["reason"]),
                "organisation_name": organisations.get(turn["organisation"], turn["organisation"]),
                "other": organisations.get(turn["other_organisation"], turn["other_organisation"] or ""),
                "programme_name": programmes.get(turn["programme"], turn["programme"]),
            }
            | {f"{name}_name": naming.value(name, turn[name]) for name in ("path", "basis", "district", "segment")}
            for turn in turns
        ]

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {
            **row,
            "reason": row["said"],
            "programme": row["programme_name"],
            **{name: row[f"{name}_name"] for name in ("path", "basis", "district", "segment")},
        }

    def choices(self) -> Mapping[str, Any]:
        return {
            "reason": [(reason.value, said(reason.value)) for reason in PersonChange.Reason],
            "turn": TURNS,
            "organisation": naming.partners(self.actor),
        }

    def offered(self) -> list[Choosing]:
        opening, closing = self.between
        given = self._given(("from", "to", "as_of"))
        moments = {
            "from": (lazy("From the moment"), "datetime-local", minute(opening.known_at, up=False)),
            "to": (lazy("To the moment"), "datetime-local", minute(closing.known_at, up=True)),
            "as_of": (lazy("As of the day"), "date", closing.as_of.isoformat()),
        }
        fields = [
            Choosing(name, label, kind, [value if name in given else ""])
            for name, (label, kind, value) in moments.items()
        ]
        return [*super().offered(), *fields]

    def more(self) -> Mapping[str, Any]:
        opening, closing = self.between
        moments = {
            "from": told(opening)["known_at"],
            "to": told(closing)["known_at"],
            "as_of": told(closing)["as_of"],
        }
        # The pages beside this one are between the same moments, though the books go on.
        beside = self.request.GET.copy()
        for name, value in moments.items():
            beside[name] = value
        chosen = {name: values[0] for name, values in self.chosen().items() if name not in self.parameters}
        heads = {name: value for name, value in chosen.items() if name in naming.NARROWING}
        waterfall = reverse("web:target-changes", args=[self.target.code])
        return {
            "target": self.target,
            "since": opening,
            "until": closing,
            "beside": beside,
            "narrowed": naming.chosen_heads(self.actor, heads, closing.as_of),
            "reason": said(chosen["reason"]) if chosen.get("reason") else "",
            "whole": reverse("web:target", args=[self.target.code]),
            "waterfall": f"{waterfall}?{urlencode({**moments, **heads})}",
        }
