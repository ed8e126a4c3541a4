"""The league of partners: who brings how many of the people who count, and how well their reports are made."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation
from backend.problems import FieldError, Invalid
from backend.web.lists import Choosing, Label, ListPage
from backend.web.templatetags.web import named
from programs.scorecards import selectors as scorecards
from programs.scorecards import showing
from programs.scorecards.selectors import Scorecard
from programs.targets import amending, books, selectors
from programs.targets.models import Target
from programs.targets.readings import Reading

SPANS = (1, 4, 8, 12, 24)
LAST = 4
MEASURES = ("on_time", "first_pass", "duplicates", "verified")
SORTS = ("heads", *MEASURES, "organisation")
_OF = {
    "first_pass": ("first_passed", "first_rows"),
    "duplicates": ("duplicates", "rows"),
    "verified": ("verified", "decided"),
}


def table(heads: Mapping[str, int], cards: Sequence[Scorecard]) -> dict[str, dict[str, Any]]:
    """By organisation: its people, and over all its cards each share, or none where there is nothing to take it of.

    Args:
        heads: people who count, by the organisation that is credited with them.
        cards: the scorecards of the periods that are looked at.
    """
    by_code: dict[str, list[Scorecard]] = defaultdict(list)
    for card in cards:
        by_code[card.organisation].append(card)
    found = {}
    for code in sorted(heads.keys() | by_code.keys()):
        own = by_code[code]
        judged = [card.on_time for card in own if card.on_time is not None]
        shares = {name: _share(own, *pair) for name, pair in _OF.items()}
        found[code] = {
            "organisation": code,
            "heads": heads.get(code, 0),
            "periods": len(own),
            "on_time": sum(judged) / len(judged) if judged else None,
            **shares,
        }
    return found


def _share(cards: Sequence[Scorecard], part: str, whole: str) -> float | None:
    of = sum(card.counts[whole] for card in cards)
    return sum(card.counts[part] for card in cards) / of if of else None


class League(ListPage):
    """Partners side by side, the one with the most people first."""

    roles = {"GET": "officer manager"}
    template = "desks/manager/league.html"
    part = "desks/manager/league_rows.html"
    name = "league"
    leads = ("web:scorecard", "organisation")
    parameters = ("target", "kind", "last", "sort")
    headings = {
        "organisation": lazy("Organisation"),
        "name": lazy("Name"),
        "kind": lazy("Kind"),
        "heads": lazy("People who count"),
        "share": lazy("Share"),
        "on_time": lazy("On time"),
        "first_pass": lazy("Taken at once"),
        "duplicates": lazy("Repeated people"),
        "verified": lazy("Verification yield"),
        "periods": lazy("Periods looked at"),
    }

    @cached_property
    def targets(self) -> list[Target]:
        """Every target as it is to be reached now."""
        return [one.target for one in amending.terms(selectors.targets(self.actor), books.moment())]

    @cached_property
    def target(self) -> Target | None:
        """Whose heads are counted: the one that is asked for, or the last, which counts the most kinds of people."""
        asked = self.request.GET.get("target", "")
        if not self.targets:
            return None
        if not asked:
            return self.targets[-1]
        found = next((one for one in self.targets if one.code == asked), None)
        if found is None:
            raise _refused("target", [one.code for one in self.targets])
        return found

    @cached_property
    def last(self) -> int:
        """How many periods are looked at, the latest whose due day is over."""
        given = self.request.GET.get("last", "") or str(LAST)
        if given not in map(str, SPANS):
            raise _refused("last", list(map(str, SPANS)))
        return int(given)

    @cached_property
    def sort(self) -> str:
        given = self.request.GET.get("sort", "") or "-heads"
        if given.lstrip("-") not in SORTS:
            raise _refused("sort", SORTS)
        return given

    def rows(self) -> list[dict[str, Any]]:
        bodies = {one.code: one for one in accounts.organisations(self.actor)}
        kind = self.request.GET.get("kind", "")
        if kind and kind not in Organisation.Kind.values:
            raise _refused("kind", Organisation.Kind.values)
        target, heads = self.target, dict[str, int]()
        if target is not None:
            parts = Reading(self.actor, target, books.moment()).parts("organisation")
            heads = {part.key: part.achieved for part in parts}
        total = sum(heads.values())
        found = table(heads, scorecards.scorecards(self.actor, last=self.last))
        rows = [
            row
            | {
                "body": bodies[code],
                "name": named(bodies[code]),
                "share": row["heads"] / total if total else None,
                "people": _with("web:target-people", target.code, organisation=code) if target else "",
                "rates": _with("web:rates", by="period", organisation=code),
            }
            for code, row in found.items()
            if code in bodies and (not kind or bodies[code].kind == kind)
        ]
        return self._sorted(rows)

    def _sorted(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """As the address says; what has no value comes last either way."""
        name = self.sort.lstrip("-")
        valued = [row for row in rows if row[name] is not None]
        valued.sort(key=lambda row: row[name], reverse=self.sort.startswith("-"))
        return valued + [row for row in rows if row[name] is None]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        shares = ("share", *MEASURES)
        rounded = {name: None if row[name] is None else round(row[name], 4) for name in shares}
        return {**row, **rounded, "kind": row["body"].get_kind_display()}

    def offered(self) -> list[Choosing]:
        given = self.request.GET
        kinds = [(one.value, one.label) for one in Organisation.Kind if one != Organisation.Kind.BUREAU]
        targets = [(one.code, named(one)) for one in self.targets]
        spans = [(str(one), _("the last %(n)d periods") % {"n": one}) for one in SPANS]
        return [
            Choosing("target", _("Target"), "text", [self.target.code] if self.target else [], targets),
            Choosing("kind", _("Kind"), "text", given.getlist("kind"), kinds),
            Choosing("last", _("Reports of"), "text", [str(self.last)], spans),
        ]

    def more(self) -> Mapping[str, Any]:
        columns: list[tuple[str, Label, Label]] = [
            ("heads", _("People who count"), ""),
            *((code, name, said) for code, name, said in showing.measures() if code in MEASURES),
        ]
        return {"sorts": [self._heading(*one) for one in columns], "target": self.target, "last": self.last}

    def _heading(self, code: str, label: Label, said: Label) -> dict[str, Any]:
        """A column's heading, which sorts by it: the best first, and the other way round where it does so already."""
        best = code if code in showing.FALLING else f"-{code}"
        other = best.removeprefix("-") if best.startswith("-") else f"-{best}"
        order = "" if self.sort.lstrip("-") != code else "descending" if self.sort.startswith("-") else "ascending"
        return {"label": label, "help": said, "sort": other if self.sort == best else best, "order": order}


def _refused(name: str, known: Sequence[str]) -> Invalid:
    return Invalid([FieldError(name, "invalid_choice", f"{name}: " + ", ".join(known))])


def _with(page: str, *args: str, **query: str) -> str:
    return f"{reverse(page, args=args)}?{urlencode(query)}"
