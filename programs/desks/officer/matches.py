"""Pages about match cases: pairs that may be one person, which an officer settles."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.problems import Conflict
from backend.web.base import Page, SeeOther, back_to, is_partial, sentence
from backend.web.lists import Label, ListPage
from programs.desks.officer.pairs import KINDS, PATHS, partners_of, presented, story
from programs.desks.officer.words import MATCH_STATES
from talent.people import answering, selectors
from talent.people.filters import MatchFilter
from talent.people.models import MatchCase

State = MatchCase.State


class Matches(ListPage):
    """Pairs that may be one person, those that wait unless the filter says otherwise."""

    roles = {"GET": "officer"}
    template = "desks/officer/matches.html"
    part = "desks/officer/matches_part.html"
    name = "matches"
    leads = ("web:match", "id")
    plain = False
    filterset_class = MatchFilter
    choosing = {
        "state": lazy("State"),
        "kind": lazy("Kind"),
        "organisation": lazy("Organisation"),
        "submission": lazy("Submission"),
        "score_from": lazy("Likeness from (0 to 1)"),
    }
    ordering = ("-id",)
    page_size = 20
    headings = {
        "id": lazy("Pair"),
        "kind": lazy("Kind"),
        "on_record": lazy("One name"),
        "reported": lazy("The other name"),
        "organisation": lazy("Organisation"),
        "submission": lazy("Submission"),
        "row": lazy("Row"),
        "score": lazy("Likeness"),
        "state": lazy("State"),
        "opened_at": lazy("Opened at"),
        "decided_at": lazy("Decided at"),
    }

    def rows(self) -> Any:
        found = selectors.matches(self.actor)
        if "state" not in self.request.GET:
            found = found.filter(state=State.OPEN)
        return found.values(*PATHS)

    def chosen(self) -> dict[str, list[str]]:
        given = super().chosen()
        return given if "state" in self.request.GET else {"state": [State.OPEN.value], **given}

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return presented(rows, self.actor)

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        names = {side: "".join(text for text, _differs in row[side]) for side in ("on_record", "reported")}
        told = {"kind": str(row["kind_label"]), "organisation": row["organisation_name"]}
        return {**row, **names, **told, "state": str(row["state_label"])}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        return {
            "state": [(state.value, MATCH_STATES[state]) for state in State],
            "kind": list(KINDS.items()),
            "organisation": partners_of(self.actor),
        }

    def more(self) -> Mapping[str, Any]:
        waiting = self.chosen() == {"state": [State.OPEN.value]}
        return {"here": self.request.get_full_path(), "all_waiting": waiting}


class OneMatch(Page):
    """One pair."""

    roles = {"GET": "officer"}
    template = "desks/officer/match.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        row = self.one(selectors.matches(self.actor).values(*PATHS), pk=id)
        [pair] = presented([row], self.actor)
        return self.show(pair=pair, events=story(row, pair), here=request.path)


class Settle(Page):
    """Saying whether a pair is one person: settled once, the other answer is refused; a list gets the pair alone."""

    roles = {"POST": "officer"}
    http_method_names = ["post"]
    state = ""

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        self.one(selectors.matches(self.actor), pk=id)
        refused = ""
        try:
            with transaction.atomic():
                answering.settle_match(case_id=id, state=self.state, actor=self.actor)
        except Conflict as problem:
            refused = sentence(problem)
        said = refused or _("Pair %(id)s is settled: %(state)s.") % {"id": id, "state": MATCH_STATES[State(self.state)]}
        if is_partial(request):
            here = back_to(request, reverse("web:matches"))
            context = {"pair": pair_of(self, id), "refused": refused, "here": here}
            response = self.show("desks/officer/pair.html", 409 if refused else 200, **context)
            response["HX-Trigger"] = json.dumps({"shugu:said": said})
            return response
        (messages.error if refused else messages.success)(request, said)
        return SeeOther(back_to(request, reverse("web:matches")))


def pair_of(page: Page, id: int) -> dict[str, Any]:
    """One pair as a page shows it. Raises NotFound."""
    row = page.one(selectors.matches(page.actor).values(*PATHS), pk=id)
    return presented([row], page.actor)[0]
