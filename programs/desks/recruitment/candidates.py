"""The pages of candidates: the list, entering one, and moving many."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from backend.accounts import selectors as accounts
from backend.problems import Invalid
from backend.reference.selectors import label
from backend.web.base import Page, SeeOther
from backend.web.lists import ListPage, choices_of
from programs.desks.recruitment import words
from programs.desks.recruitment.forms import CandidateForm, MoveForm
from programs.recruitment import choosing, entering, moving, selectors, showing
from programs.recruitment.filters import REPORTS, CandidateFilter
from programs.recruitment.models import Candidate
from programs.recruitment.positions import owner_of
from programs.recruitment.stages import Bar, Stage

USERS = "partner officer"
SKIPPED_SHOWN = 200
FOLDED = frozenset(
    {"owner", "known", "report", "entered_from", "entered_to", "stage_from", "stage_to", "live", "education"}
)
"""Filters that stand behind “More filters” until one of them is chosen."""


def dressed(rows: Sequence[Mapping[str, Any]], actor: Any) -> list[dict[str, Any]]:
    """Candidates, read by ``showing.PATHS``, with what their codes are called."""
    answers = showing.shown(rows, actor)
    for one in answers:
        stage = Stage(one["stage"])
        one["stage_label"], one["tone"] = stage.label, words.TONES[stage]
        one["source_label"] = label("candidate_source", one["source"])
        one["education_label"] = label("education", one["education"]) if one["education"] else ""
        one["known_label"] = Candidate.Known(one["known"]).label
        one["known_tone"] = words.KNOWN_TONES[one["known"]]
        one["report_label"] = dict(REPORTS).get(one["report"], "")
        one["report_tone"] = words.REPORT_TONES.get(one["report"], "")
    return answers


class Candidates(ListPage):
    """Candidates, the latest first; partners see their own."""

    roles = {"GET": USERS}
    template = "desks/recruitment/candidates.html"
    part = "desks/recruitment/candidates_rows.html"
    name = "candidates"
    leads = ("web:candidate", "id")
    filterset_class = CandidateFilter
    choosing = {
        "q": lazy("Whole name, or reference"),
        "stage": lazy("Stage"),
        "campaign": lazy("Campaign"),
        "position": lazy("Position"),
        "source": lazy("Source"),
        "organisation": lazy("Organisation"),
        "live": lazy("On the way"),
        "owner": lazy("Looked after by"),
        "known": lazy("On the books"),
        "report": lazy("Report of the arrival"),
        "education": lazy("Education"),
        "entered_from": lazy("Entered from"),
        "entered_to": lazy("Entered until"),
        "stage_from": lazy("In the stage from"),
        "stage_to": lazy("In the stage until"),
    }
    ordering = ("-id",)
    headings = {
        "id": lazy("Candidate"),
        "ref": lazy("Reference"),
        "name": lazy("Name"),
        "id_number": lazy("ID number"),
        "mobile": lazy("Mobile"),
        "organisation": lazy("Organisation"),
        "campaign": lazy("Campaign"),
        "position_ref": lazy("Position"),
        "source": lazy("Source"),
        "owner": lazy("Looked after by"),
        "education": lazy("Education"),
        "school": lazy("School"),
        "stage": lazy("Stage"),
        "stage_on": lazy("Since"),
        "entered_on": lazy("Entered on"),
        "known": lazy("On the books"),
        "report": lazy("Report of the arrival"),
        "record": lazy("Record"),
    }

    def rows(self) -> Any:
        return selectors.candidates(self.actor).values(*showing.PATHS)

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return dressed(rows, self.actor)

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        told = {name: str(row[f"{name}_label"]) for name in ("stage", "source", "education", "known", "report")}
        return {**row, **told}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return offered_to(self.actor) | {
            "live": [("true", _("Yes")), ("false", _("No"))],
            "education": words.choices("education"),
        }

    def offered(self) -> list[Any]:
        return [one for one in super().offered() if one.name != "organisation" or self.actor.sees_everything]

    def more(self) -> Mapping[str, Any]:
        chosen = self.request.GET.copy()
        for name in ("cursor", "limit", "format", "count"):
            chosen.pop(name, None)
        return {
            "tabs": words.tabs(self.actor, "web:candidates"),
            "may_work": words.may_work(self.actor),
            "staff": self.actor.sees_everything,
            "folded": FOLDED,
            "unfolded": bool(FOLDED & set(self.chosen())),
            "found_by": chosen.urlencode(),
        }


def offered_to(actor: Any) -> dict[str, Sequence[tuple[str, Any]]]:
    """What a list of candidates may be narrowed by, of what ``actor`` sees."""
    wanted = selectors.positions(actor).order_by("organisation__code", "ref")
    owners = selectors.candidates(actor).exclude(owner=None).order_by("owner__username")
    return {
        "campaign": choices_of(selectors.introductions(actor).order_by("code")),
        "position": [(str(one.pk), f"{one.ref} · {one.title}") for one in wanted],
        "source": words.sources(),
        "organisation": choices_of(accounts.organisations(actor).order_by("code")),
        "owner": [(name, name) for name in owners.values_list("owner__username", flat=True).distinct()],
    }


class NewCandidate(Page):
    """A candidate to be entered."""

    roles = {"GET": USERS, "POST": USERS}
    template = "desks/recruitment/candidate_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        given = {name: request.GET[name] for name in ("campaign", "position") if request.GET.get(name)}
        form = CandidateForm(actor=self.actor)
        form.initial = {**form.initial, **given}
        return self.show(form=form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CandidateForm(request.POST, actor=self.actor)
        made: list[Candidate] = []

        def enter(_values: dict[str, Any]) -> None:
            told = form.values()
            owner = owner_of(self.actor, told.pop("organisation", None))
            made.append(entering.enter_candidate(actor=self.actor, organisation=owner, **told))

        if form.do(enter):
            messages.success(request, _("Candidate %(id)s is entered.") % {"id": made[0].pk})
            return SeeOther(reverse("web:candidate", args=[made[0].pk]))
        return self.show(form=form, status=400)


class MoveMany(Page):
    """Moves those who were ticked, or all that a filter finds; what came of it stands on the page."""

    roles = {"GET": USERS, "POST": USERS}
    template = "desks/recruitment/move_many.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen, ids = self._chosen(request.GET)
        return self.show(form=MoveForm(), count=len(ids), **self._carried(chosen, ids))

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen, ids = self._chosen(request.POST)
        form = MoveForm(request.POST)
        done: list[moving.Moved] = []

        def move(values: dict[str, Any]) -> None:
            wished = moving.wish(**values)
            asked: dict[str, Any] = {"filter": chosen} if chosen else {"ids": len(ids)}
            done.append(moving.move_many(actor=self.actor, ids=ids, wished=wished, asked=asked))

        if not form.do(move):
            return self.show(form=form, count=len(ids), status=400, **self._carried(chosen, ids))
        moved = len(done[0].moved)
        told = ngettext("%(count)s candidate was moved.", "%(count)s candidates were moved.", moved)
        messages.success(request, told % {"count": moved})
        if not done[0].skipped:
            return SeeOther(self._back(chosen))
        return self.show(
            done=done[0],
            moved=moved,
            skipped=self._skipped(done[0]),
            more=max(0, len(done[0].skipped) - SKIPPED_SHOWN),
            back=self._back(chosen),
        )

    def _chosen(self, given: QueryDict) -> tuple[dict[str, Any], list[int]]:
        """The filter that was chosen, if one was, and the candidates."""
        ticked = [one for one in given.getlist("ids") if one.isascii() and one.isdigit()]
        if ticked:
            return {}, choosing.by_ids(map(int, ticked), actor=self.actor)
        query = QueryDict(given.get("query", "")) if "query" in given else given
        chosen = {
            name: query.getlist(name) if name in choosing.MANY else query.get(name)
            for name in query
            if name in CandidateFilter.names() and query.get(name)
        }
        if not chosen:
            raise Invalid([("ids", "required", _("Tick candidates, or choose a filter, and then move them."))])
        return chosen, choosing.by_filter(chosen, actor=self.actor, request=self.request)

    def _carried(self, chosen: Mapping[str, Any], ids: Sequence[int]) -> dict[str, Any]:
        """What the form brings along: the filter, or the ids of those who were ticked."""
        query = QueryDict(mutable=True)
        for name, value in chosen.items():
            query.setlist(name, value if isinstance(value, list) else [value])
        return {"query": query.urlencode(), "ids": [] if chosen else ids, "back": self._back(chosen)}

    def _back(self, chosen: Mapping[str, Any]) -> str:
        query = QueryDict(mutable=True)
        for name, value in chosen.items():
            query.setlist(name, value if isinstance(value, list) else [value])
        return f"{reverse('web:candidates')}{'?' if chosen else ''}{query.urlencode()}"

    def _skipped(self, done: moving.Moved) -> list[dict[str, Any]]:
        shown = dict(done.skipped[:SKIPPED_SHOWN])
        rows: QuerySet[Any] = selectors.candidates(self.actor).filter(pk__in=shown).order_by("pk")
        found = dressed(list(rows.values(*showing.PATHS)), self.actor)
        return [{"row": row, "why": Bar(shown[row["id"]]).label} for row in found]
