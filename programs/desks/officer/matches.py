"""Pages about match cases: pairs that may be one person, which an officer settles."""

import json
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation
from backend.problems import Conflict
from backend.reference.selectors import label
from backend.web.base import Page, SeeOther, back_to, is_partial, sentence
from backend.web.lists import Label, ListPage
from backend.web.templatetags.web import named
from programs.desks.officer.words import MATCH_STATES
from talent.people import answering, selectors
from talent.people.filters import MatchFilter
from talent.people.models import MatchCase
from talent.people.pairs import MATCH_COLUMNS, shown_matches

NAMES = ("organisation__name_zh", "organisation__name_en")
State = MatchCase.State


def presented(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Match cases, read by ``MATCH_COLUMNS`` and ``NAMES``, as the pages show them."""
    english = (get_language() or "").startswith("en")
    pairs = shown_matches(rows)
    for pair, row in zip(pairs, rows, strict=True):
        pair["organisation_name"] = (english and row[NAMES[1]]) or row[NAMES[0]]
        pair["state_label"] = MATCH_STATES[State(row["state"])]
        pair["on_record"], pair["reported"] = told_apart(row["person__name"], row["name"])
        pair["cards"] = [{"type": label("id_type", one["id_type"]), **one} for one in pair["documents"]]
    return pairs


def told_apart(one: str, other: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Two names in pieces, each with whether the other name lacks it."""
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        left += [(one[a:b], kind != "equal")] if b > a else []
        right += [(other[c:d], kind != "equal")] if d > c else []
    return left, right


class Matches(ListPage):
    """Pairs that may be one person, those that wait unless the filter says otherwise."""

    roles = {"GET": "officer"}
    template = "desks/officer/matches.html"
    part = "desks/officer/matches_part.html"
    name = "matches"
    filterset_class = MatchFilter
    choosing = {
        "state": lazy("State"),
        "organisation": lazy("Organisation"),
        "submission": lazy("Submission"),
        "score_from": lazy("Likeness from (0 to 1)"),
    }
    ordering = ("-id",)
    page_size = 20

    def rows(self) -> Any:
        found = selectors.matches(self.actor)
        if "state" not in self.request.GET:
            found = found.filter(state=State.OPEN)
        return found.values(*MATCH_COLUMNS.values(), *NAMES)

    def chosen(self) -> dict[str, list[str]]:
        given = super().chosen()
        return given if "state" in self.request.GET else {"state": [State.OPEN.value], **given}

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return presented(rows)

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {
            "state": [(state.value, MATCH_STATES[state]) for state in State],
            "organisation": [(one.code, f"{named(one)} · {one.code}") for one in partners],
        }

    def more(self) -> Mapping[str, Any]:
        waiting = self.chosen() == {"state": [State.OPEN.value]}
        return {"here": self.request.get_full_path(), "all_waiting": waiting}


class OneMatch(Page):
    """One pair."""

    roles = {"GET": "officer"}
    template = "desks/officer/match.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        return self.show(pair=pair_of(self, id), here=request.path)


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
    row = page.one(selectors.matches(page.actor).values(*MATCH_COLUMNS.values(), *NAMES), pk=id)
    return presented([row])[0]
