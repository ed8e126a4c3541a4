"""The pages of positions."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation
from backend.reference.selectors import label
from backend.web.base import EVERYONE, Act, Page, SeeOther
from backend.web.lists import ListPage, choices_of
from programs.desks.recruitment import words
from programs.desks.recruitment.forms import PositionForm
from programs.recruitment import positions, selectors
from programs.recruitment.filters import PositionFilter
from programs.recruitment.models import Position
from programs.recruitment.stages import Stage

WRITERS = "partner officer"
CANDIDATES_SHOWN = 50


class Positions(ListPage):
    """Positions, the latest first; partners see their own."""

    roles = {"GET": EVERYONE}
    template = "desks/recruitment/positions.html"
    part = "desks/recruitment/positions_rows.html"
    name = "positions"
    leads = ("web:position", "pk")
    filterset_class = PositionFilter
    choosing = {
        "q": lazy("Reference or title"),
        "state": lazy("State"),
        "level": lazy("Level"),
        "segment": lazy("Segment"),
        "district": lazy("District"),
        "open_on": lazy("Open on"),
        "organisation": lazy("Organisation"),
    }
    ordering = ("-id",)
    headings = {
        "id": lazy("Position"),
        "organisation": lazy("Organisation"),
        "ref": lazy("Reference"),
        "title": lazy("Job title"),
        "occupation": lazy("Occupation"),
        "level": lazy("Level"),
        "wanted": lazy("People wanted"),
        "arrived": lazy("Arrived"),
        "segment": lazy("Segment"),
        "district": lazy("District"),
        "opened_on": lazy("Open since"),
        "open_until": lazy("Open until"),
        "state": lazy("State"),
    }

    def rows(self) -> QuerySet[Position]:
        return selectors.positions(self.actor)

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [dressed(row) for row in rows]

    def cells(self, row: Any) -> Mapping[str, Any]:
        named = {"organisation": row.organisation.code, "state": str(row.state_label)}
        coded = {name: label(name, getattr(row, name)) for name in positions.TABLES if getattr(row, name)}
        return {name: getattr(row, name) for name in self.headings} | coded | named

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {name: words.choices(name) for name in ("level", "segment", "district")} | {
            "organisation": choices_of(partners)
        }

    def offered(self) -> list[Any]:
        return [one for one in super().offered() if one.name != "organisation" or self.actor.sees_everything]

    def more(self) -> Mapping[str, Any]:
        return {
            "tabs": words.tabs(self.actor, "web:positions"),
            "may_create": NewPosition.admits(self.actor),
            "staff": self.actor.sees_everything,
        }


def dressed(row: Any) -> Any:
    """A position with what its codes are called, and how far it is filled."""
    row.state_label, row.tone = Position.State(row.state).label, words.POSITION_TONES[row.state]
    for name in positions.TABLES:
        value = getattr(row, name)
        setattr(row, f"{name}_name", label(name, value) if value else "")
    return row


class NewPosition(Page):
    """A position to be registered."""

    roles = {"GET": WRITERS, "POST": WRITERS}
    template = "desks/recruitment/position.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=PositionForm(actor=self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PositionForm(request.POST, actor=self.actor)
        made: list[Position] = []
        if form.do(lambda values: made.append(positions.open_position(actor=self.actor, **values))):
            messages.success(request, _("Position %(ref)s is registered.") % {"ref": made[0].ref})
            return SeeOther(reverse("web:position", args=[made[0].pk]))
        return self.show(form=form, status=400)


class OnePosition(Page):
    """One position: what is said of it, how far it is filled, and who is on the way for it."""

    roles = {"GET": EVERYONE, "POST": WRITERS}
    template = "desks/recruitment/position.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        position = self._position(id)
        form = PositionForm(actor=self.actor, position=position) if self.admits(self.actor) else None
        return self._shown(position, form)

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        position = self._position(id)
        form = PositionForm(request.POST, actor=self.actor, position=position)
        change = positions.change_position
        if form.do(lambda values: change(actor=self.actor, position=position, **values)):
            messages.success(request, _("The changes of %(code)s are saved.") % {"code": position.ref})
            return SeeOther(request.path)
        return self._shown(self._position(id), form, status=400)

    def _position(self, id: int) -> Position:
        found: Position = self.one(selectors.positions(self.actor), pk=id)
        return found

    def _shown(self, position: Position, form: PositionForm | None, status: int = 200) -> HttpResponse:
        works = self.actor.role in words.USERS
        on_the_way = selectors.candidates(self.actor).filter(position=position) if works else None
        return self.show(
            position=dressed(position),
            form=form,
            stages=counted(on_the_way, position) if on_the_way is not None else [],
            may_close=self.admits(self.actor),
            status=status,
        )


def counted(candidates: QuerySet[Any], position: Position) -> list[dict[str, Any]]:
    """How many candidates for a position stand in each stage, with where they are listed."""
    found = dict(candidates.order_by().values_list("stage").annotate(n=Count("pk")))
    address = reverse("web:candidates")
    return [
        {
            "label": one.label,
            "count": found[one.value],
            "tone": words.TONES[one],
            "url": f"{address}?position={position.pk}&stage={one.value}",
        }
        for one in Stage
        if one.value in found
    ]


class Close(Act):
    """Closes a position, with a reason."""

    roles = {"POST": WRITERS}

    def act(self, id: int) -> str:
        position = self.one(selectors.positions(self.actor), pk=id)
        positions.close_position(actor=self.actor, position=position, reason=self.request.POST.get("reason", ""))
        return _("Position %(ref)s is closed.") % {"ref": position.ref}

    def leads_to(self, id: int) -> str:
        return reverse("web:position", args=[id])


class Reopen(Close):
    """Opens a closed position again."""

    def act(self, id: int) -> str:
        position = self.one(selectors.positions(self.actor), pk=id)
        day = self.request.POST.get("open_until", "")
        positions.reopen_position(actor=self.actor, position=position, open_until=parse_date(day) if day else None)
        return _("Position %(ref)s is open again.") % {"ref": position.ref}
