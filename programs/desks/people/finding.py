"""Looking for people: what one types, filters by everything that the ledger knows, and what is chosen as chips."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from backend.reference.selectors import labels
from backend.vault.masking import mask_number
from backend.web.base import EVERYONE, SeeOther, is_partial
from backend.web.lists import Choosing, Label, ListPage
from backend.web.templatetags.web import named
from programs.catalogue import selectors as catalogue
from programs.desks.manager import naming
from programs.desks.manager.people import described
from programs.records.models import Record
from programs.roster import selectors, services
from programs.roster.filters import PersonFilter, by_typed
from programs.roster.finding import RANK, RosterQuerySet
from programs.roster.looking import note_number
from programs.roster.showing import COLUMNS, shown
from programs.roster.typed import Kind, kind_of
from programs.targets.filters import SEGMENTS, UNSPECIFIED
from programs.targets.showing import said
from talent.people.models import PersonChange
from talent.people.naming import may_read_names

FIRST = ("target", "counted", "organisation", "programme", "state")
"""The filters that are always seen; the others are folded away until one of them is used."""

NAMES = ("q", "name")
OF_STAFF = ("organisation", "credited", "reason")
CASES: Mapping[str, Label] = {"true": lazy("Counts"), "false": lazy("Does not count")}
TIERS: Mapping[str, Label] = {"high_end": lazy("High-end"), "other": lazy("Other")}


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is chosen, in words, and the address without it."""

    label: Label
    value: Label
    without: str


class People(ListPage):
    """People, the latest known first; those found by a name, exact ones first. Partners see those they reported."""

    roles = {"GET": EVERYONE}
    name = "people"
    mark = "people"
    template = "desks/people/finding.html"
    part = "desks/people/finding_rows.html"
    leads = ("", "url")
    plain = False
    filterset_class = PersonFilter
    kept_as = "people"
    number = ""
    choosing = {
        "q": lazy("Name, pinyin, number"),
        "target": lazy("Target"),
        "counted": lazy("Counts"),
        "organisation": lazy("Reported by"),
        "programme": lazy("Programme"),
        "state": lazy("State of a record"),
        "effective_from": lazy("Counts since, from"),
        "effective_to": lazy("Counts since, to"),
        "basis": lazy("Credential"),
        "credited": lazy("Credited organisation"),
        "district": lazy("District"),
        "segment": lazy("Segment"),
        "path": lazy("Path"),
        "tier": lazy("Tier"),
        "outcome": lazy("Outcome"),
        "reason": lazy("Last change"),
        "education": lazy("Education"),
        "title": lazy("Professional title"),
        "gender": lazy("Gender"),
        "birth_year": lazy("Year of birth"),
        "name": lazy("Name begins with"),
    }
    headings = {
        "id": lazy("Person"),
        "name": lazy("Name"),
        "gender": lazy("Gender"),
        "birth": lazy("Born"),
        "documents": lazy("Documents"),
        "organisations": lazy("Reported by"),
        "states": lazy("States of the records"),
        "tier": lazy("Tier"),
        "counts": lazy("Counts towards"),
    }

    @property
    def ordering(self) -> Sequence[str]:  # type: ignore[override]  # by what is asked
        return (f"-{RANK}", "-person_id") if self.request.GET.get("q") else ("-person_id",)

    def rows(self) -> RosterQuerySet:
        found = selectors.entries(self.actor)
        return by_typed(found, self.number, self.actor) if self.number else found

    def narrowed(self, rows: Any) -> Any:
        found = super().narrowed(rows)
        ranked = (found.ranked(), (RANK,)) if len(self.ordering) > 1 else (found, ())
        return ranked[0].values(*COLUMNS.values(), *ranked[1])

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        people = [described(row) for row in shown(rows, self.actor)]
        codes = {code for row in people for code in row["organisations"]}
        organisations = naming.organisations(self.actor, codes) if self.actor.sees_everything else {}
        called = self._targets()
        for row in people:
            row["organisation_names"] = [organisations.get(code, code) for code in row["organisations"]]
            row["state_names"] = [(state, Record.State(state).label) for state in row["states"]]
            row["tier_name"] = TIERS[row["tier"]]
            for count in row["counts"]:
                count["label"] = called.get(count["target"], count["target"])
        return people

    def cells(self, row: Any) -> Mapping[str, Any]:
        documents = (f"{one['label']} {one['number']}" for one in row["documents"])
        counts = (f"{one['label']} {one['since'] or ''}".strip() for one in row["counts"])
        return {
            **row,
            "gender": row["gender_name"],
            "birth": row["born"],
            "documents": "; ".join(documents),
            "organisations": "; ".join(row["organisation_names"]),
            "states": "; ".join(str(label) for _state, label in row["state_names"]),
            "tier": str(row["tier_name"]),
            "counts": "; ".join(counts),
        }

    def offered(self) -> list[Choosing]:
        # Who may not read names cannot look for one, and a partner's people were all reported by the partner.
        hidden = {"name"} if may_read_names(self.actor) else set(NAMES)
        hidden |= set() if self.actor.sees_everything else set(OF_STAFF)
        given = self.chosen()
        offered = (one for one in super().offered() if one.name not in hidden or one.name == "name" in given)
        return [replace(one, kind="number") if one.name == "birth_year" else one for one in offered if one.name != "q"]

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        blank = (UNSPECIFIED, naming.value("", UNSPECIFIED))
        programmes = catalogue.programmes(self.actor).prefetch_related(None).order_by("code")
        found: dict[str, Sequence[tuple[str, Any]]] = {
            "target": list(self._targets().items()),
            "counted": list(CASES.items()),
            "tier": list(TIERS.items()),
            "programme": [(one.code, named(one)) for one in programmes],
            "district": [*labels("district").items(), blank],
            "segment": [*SEGMENTS, blank],
            **{name: list(labels(name).items()) for name in ("education", "title", "gender")},
        }
        if self.actor.sees_everything:
            partners = naming.partners(self.actor)
            found |= {
                "organisation": partners,
                "credited": partners,
                "reason": [(one.value, said(one.value)) for one in PersonChange.Reason],
            }
        return found

    def more(self) -> Mapping[str, Any]:
        offered = self.offered()
        folded = [one for one in offered if one.name not in FIRST]
        return {
            "first": [one for one in offered if one.name in FIRST],
            "folded": folded,
            "unfolded": any(one.values for one in folded),
            "chips": list(self.chips(offered)),
            "searches": may_read_names(self.actor),
            "typed": self.number or self.request.GET.get("q", ""),
            "number": bool(self.number),
            "lag": services.lag() if self.actor.sees_everything else None,
        }

    def downloadable(self) -> bool:
        # What is looked for by a number has no address that it could be downloaded from.
        return not self.number

    def chips(self, offered: Sequence[Choosing]) -> Iterator[Chip]:
        """What is chosen, as it is called."""
        known = {one.name: one for one in offered}
        home = reverse("web:people")
        if self.number:
            yield Chip(self.choosing["q"], mask_number(self.number), f"{home}?{self._without('q', '')}")
        for name, values in self.chosen().items():
            called = {str(value): label for value, label in known[name].choices} if name in known else {}
            for value in values:
                label = called.get(value, value)
                yield Chip(self.choosing.get(name, name), label, f"{home}?{self._without(name, value)}")

    def _without(self, name: str, value: str) -> str:
        rest = QueryDict(mutable=True)
        for one, values in self.chosen().items():
            rest.setlist(one, [each for each in values if (one, each) != (name, value)])
        if self.chosen_columns:
            rest["columns"] = ",".join(self.chosen_columns)
        return rest.urlencode()

    def _targets(self) -> dict[str, str]:
        if not hasattr(self, "_called"):
            self._called = selectors.target_names()
        return self._called


class Find(People):
    """The same by POST, as one types: a number is looked for and stands in no address."""

    roles = {"POST": EVERYONE}
    http_method_names = ["post"]
    reading = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given = QueryDict(mutable=True)
        for name, values in request.POST.lists():
            kept = [one for one in values if one.strip()]
            if kept and name != "csrfmiddlewaretoken":
                given.setlist(name, kept)
        typed = given.get("q", "")
        if kind_of(typed) is Kind.NUMBER:
            self.number = typed
            del given["q"]
        query = given.urlencode()
        address = reverse("web:people") + (f"?{query}" if query else "")
        if not self.number and not is_partial(request):
            return SeeOther(address)
        request.GET = given  # type: ignore[assignment]  # the list is that of the address which is shown
        request.path = reverse("web:people")
        response = self.get(request)
        if self.number:
            found = by_typed(selectors.entries(self.actor), self.number, self.actor).count()
            note_number(actor=self.actor, text=self.number, found=found)
        response["HX-Replace-Url"] = address
        return response
