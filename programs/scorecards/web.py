"""The pages of scorecards: the bureau's list, and a card over its periods, which is what a partner sees."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.lists.filters import refuse_unknown
from backend.problems import FieldError, Invalid
from backend.web.base import Page
from backend.web.lists import Label, ListPage, choices_of
from backend.web.navigation import PARTNERS, SETUP, register
from backend.web.templatetags.web import named
from programs.periods import selectors as periods
from programs.periods.models import Obligation, Period
from programs.periods.rates import due_over, rates
from programs.scorecards import selectors, showing
from programs.scorecards.figures import MEASURES
from programs.scorecards.filters import ScorecardFilter
from programs.scorecards.selectors import Scorecard

READERS = "partner officer manager"
SPANS = (4, 8, 12, 24)
SHOWN = 8
FREQUENCIES: Mapping[str, Any] = {
    "month": lazy("Monthly"),
    "quarter": lazy("Quarterly"),
    "half_year": lazy("Half-yearly"),
    "year": lazy("Yearly"),
    "free": lazy("By agreement"),
}

register(48, lazy("Scorecard"), "web:scorecards", "trophy", "partner", SETUP)
register(42, lazy("Scorecards"), "web:scorecards", "trophy", "officer manager", PARTNERS)


class OneCard(Page):
    """An organisation's card: how its latest report went beside its peers, and how that has moved over the periods."""

    roles = {"GET": READERS}
    from_above = True
    template = "scorecards/card.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.card(self.one(accounts.organisations(self.actor), code=code))

    def card(self, body: Organisation) -> HttpResponse:
        """The card of ``body``, whom the actor may see."""
        given = self.request.GET
        refuse_unknown(given, ("last", "frequency"))
        last = _chosen(given.get("last", ""), [str(one) for one in SPANS], "last", str(SHOWN))
        over = due_over(selectors.owed(self.actor).filter(organisation=body))
        there = over.order_by("-period__ends_on", "-period__due_on").values_list("period__frequency", flat=True)
        offered = list(dict.fromkeys(there))
        frequency = _chosen(given.get("frequency", ""), offered, "frequency", offered[0] if offered else "")
        rows = over.filter(period__frequency=frequency)
        cards = selectors.scorecards(self.actor, rows, last=int(last))
        return self.show(
            body=body,
            own=body.pk == self.actor.organisation_id,
            several=self.actor.sees_several,
            latest=cards[0] if cards else None,
            measures=[_measure(cards, *one) for one in showing.measures()] if cards else [],
            punctual=_punctual(self.actor, rows, cards),
            spans=self._tabs([(str(one), _last(one)) for one in SPANS], last, "last"),
            frequencies=self._tabs([(one, FREQUENCIES[one]) for one in offered], frequency, "frequency"),
        )

    def _tabs(self, choices: Sequence[tuple[str, Any]], chosen: str, name: str) -> list[dict[str, Any]]:
        given = {
            one: str(value) for one, value in self.request.GET.items() if one in ("last", "frequency") and one != name
        }
        return [
            {"label": label, "url": "?" + urlencode({**given, name: value}), "here": value == chosen}
            for value, label in choices
        ]


class Scorecards(ListPage):
    """To the bureau everybody's latest card, to be sorted and narrowed; to a partner its own card.

    A partner that others are part of is shown these beside its own.
    """

    roles = {"GET": READERS}
    from_above = True
    template = "scorecards/scorecards.html"
    part = "scorecards/scorecards_part.html"
    name = "scorecards"
    leads = ("web:scorecard", "card.organisation")
    filterset_class = ScorecardFilter
    parameters = ("sort",)
    choosing = {
        "period": lazy("Period"),
        "kind": lazy("Kind"),
        "frequency": lazy("Frequency"),
        "organisation": lazy("Organisation"),
    }
    headings = {
        "organisation": lazy("Organisation"),
        "name": lazy("Name"),
        "period": lazy("Period"),
        **showing.NAMES,
        "rows": lazy("Rows"),
        "decided": lazy("Decided"),
        "corrected": lazy("Corrected"),
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.actor.sees_several:
            own = OneCard()
            own.setup(request)
            return own.card(self.actor.organisation)
        return super().get(request, *args, **kwargs)

    def rows(self) -> Sequence[Scorecard]:
        chosen = self.chosen()
        rows: QuerySet[Obligation] = self.narrowed(selectors.owed(self.actor))
        if not any(name in chosen for name in selectors.NAMING):
            rows = ScorecardFilter({"latest": "true"}, queryset=rows).qs
        return selectors.scorecards(self.actor, rows, last=None, sort=self._sort())

    def _sort(self) -> str:
        return self.request.GET.get("sort", "") or "organisation"

    def present(self, rows: Sequence[Scorecard]) -> Sequence[Any]:
        return [{"card": one, "measures": [showing.told(one, measure) for measure in MEASURES]} for one in rows]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        card: Scorecard = row["card"]
        counts = {name: card.counts[name] for name in ("rows", "decided", "corrected")}
        return {
            "organisation": card.organisation,
            "name": named(card.body),
            "period": card.period,
            **{measure: getattr(card, measure) for measure in MEASURES},
            **counts,
        }

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        known = periods.periods(self.actor).order_by("-starts_on", "code")
        kinds = [(one.value, one.label) for one in Organisation.Kind if one != Organisation.Kind.BUREAU]
        return {
            "period": [(one.code, one.code) for one in known],
            "kind": kinds,
            "frequency": [(one, FREQUENCIES[one]) for one in Period.Frequency.values],
            "organisation": choices_of(partners),
        }

    def more(self) -> Mapping[str, Any]:
        sort = self._sort()
        columns = [("organisation", _("Organisation"), ""), ("period", _("Period"), ""), *showing.measures()]
        return {"sorts": [_heading(sort, *one) for one in columns], "measures": showing.measures()}


def _heading(sort: str, code: str, label: str, said: str) -> dict[str, Any]:
    """A column's heading, which sorts by it: the best first, and the other way round where it does so already."""
    best = code if code in ("organisation", *showing.FALLING) else f"-{code}"
    other = best.removeprefix("-") if best.startswith("-") else f"-{best}"
    return {
        "code": code,
        "label": label,
        "help": said,
        "sort": other if sort == best else best,
        "order": "" if sort.lstrip("-") != code else "descending" if sort.startswith("-") else "ascending",
    }


def _measure(cards: Sequence[Scorecard], code: str, name: str, said: str) -> dict[str, Any]:
    """One measure: how it stands, beside whom, and its course from the earliest of ``cards`` on."""
    course = list(reversed(cards))
    return {
        "code": code,
        "name": name,
        "help": said,
        "now": showing.told(cards[0], code),
        "strip": showing.strip(cards[0], code),
        "drawn": len(cards) > 1 and any(getattr(one, code) is not None or one.peers[code] for one in cards),
        "chart": showing.course(course, code),
        "quarters": code != "on_time",
        "rows": [
            {
                "period": one.period,
                "told": showing.told(one, code),
                "peers": [
                    showing.share(code, getattr(one.peers[code], part, None)) for part in ("low", "median", "high")
                ]
                if code != "on_time"
                else [showing.share(code, getattr(one.peers[code], "mean", None))],
            }
            for one in course
        ],
    }


def _punctual(actor: User, rows: QuerySet[Obligation], cards: Sequence[Scorecard]) -> dict[str, Any]:
    """How many of the reports that are shown were expected and came on time, by the rates' own formulas."""
    [counted] = rates(actor, rows=rows.filter(period__code__in=[one.period for one in cards]))
    return counted


def _chosen(given: str, offered: Sequence[str], name: str, otherwise: str) -> str:
    if not given:
        return otherwise
    if given not in offered:
        raise Invalid([FieldError(name, "invalid_choice", f"{name}: " + ", ".join(offered))])
    return given


def _last(number: int) -> str:
    return _("Last %(n)d") % {"n": number}


urlpatterns = [
    path("scorecards/", Scorecards.as_view(), name="scorecards"),
    path("scorecards/<str:code>/", OneCard.as_view(), name="scorecard"),
]
