"""The board: candidates on the way in columns by stage, moved by a menu or by drawing a card to another column."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.lists.filters import filtered, refuse_unknown
from backend.web.base import Page
from backend.web.lists import Choosing
from programs.desks.recruitment import words
from programs.desks.recruitment.candidates import USERS, dressed, offered_to
from programs.desks.recruitment.forms import MoveForm
from programs.recruitment import selectors, showing
from programs.recruitment.filters import CandidateFilter
from programs.recruitment.stages import LEFT, ORDER, WAY, Stage

CARDS = 12
"""So many cards of a column stand on the board at first; as many more come each time they are asked for."""
MOST_CARDS = 300
OFFERED = {
    "campaign": lazy("Campaign"),
    "position": lazy("Position"),
    "source": lazy("Source"),
    "owner": lazy("Looked after by"),
    "organisation": lazy("Organisation"),
}


class Board(Page):
    """Where everybody stands: a column for each stage with its count, those who moved last first.

    ``more`` names the column of which more is wanted, ``cards`` how many; htmx puts that column in place.
    """

    roles = {"GET": USERS}
    template = "desks/recruitment/board.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        refuse_unknown(request.GET, [*CandidateFilter.names(), "more", "cards"])
        rows = selectors.candidates(self.actor)
        given = request.GET.copy()
        for name in list(given):
            if not given[name] or name not in OFFERED:
                del given[name]
        rows = filtered(CandidateFilter, given, rows, request)
        counts = dict(rows.order_by().values_list("stage").annotate(n=Count("pk")))
        wanted, cards = request.GET.get("more", ""), self._cards()
        return self.show(
            columns=[
                self._column(stage, rows, counts, given, cards if stage.value == wanted else CARDS) for stage in WAY
            ],
            left=[
                {
                    "label": stage.label,
                    "value": stage.value,
                    "count": counts.get(stage.value, 0),
                    "url": f"{reverse('web:candidates')}?{_with(given, stage=stage.value)}",
                }
                for stage in LEFT
            ],
            choosing=self._offered(given),
            chosen=dict(given),
            query=given.urlencode(),
            form=MoveForm(auto_id="board_%s"),
            may_work=words.may_work(self.actor),
            staff=self.actor.sees_everything,
            tabs=words.tabs(self.actor, "web:board"),
            here=request.get_full_path(),
            order=ORDER,
            today=clock.today(),
        )

    def _cards(self) -> int:
        text = self.request.GET.get("cards", "")
        return min(int(text), MOST_CARDS) if text.isascii() and text.isdigit() else CARDS

    def _column(self, stage: Stage, rows: Any, counts: Mapping[str, int], given: Any, cards: int) -> dict[str, Any]:
        own = rows.filter(stage=stage).order_by("-stage_on", "-id").values(*showing.PATHS)[:cards]
        count, today = counts.get(stage.value, 0), clock.today()
        shown = dressed(list(own), self.actor)
        for one in shown:
            one["days"] = (today - one["stage_on"]).days
        return {
            "value": stage.value,
            "label": stage.label,
            "tone": words.TONES[stage],
            "count": count,
            "cards": shown,
            "left": max(0, count - len(shown)),
            "more": _with(given, more=stage.value, cards=str(cards + CARDS)),
            "all": f"{reverse('web:candidates')}?{_with(given, stage=stage.value)}",
        }

    def _offered(self, given: Any) -> list[Choosing]:
        choices: Mapping[str, Sequence[tuple[str, Any]]] = offered_to(self.actor)
        return [
            Choosing(name, label, "text", given.getlist(name), choices[name])
            for name, label in OFFERED.items()
            if name != "organisation" or self.actor.sees_everything
        ]


def _with(given: Any, **more: str) -> str:
    query = given.copy()
    for name, value in more.items():
        query[name] = value
    return str(query.urlencode())
