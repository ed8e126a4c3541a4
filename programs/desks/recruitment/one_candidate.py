"""The page of one candidate: who they are, where they stand, their files, their arrival, and what is done with them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.filing.faults import MEGABYTE
from backend.problems import FieldError, Invalid
from backend.reference.selectors import label
from backend.web.base import Act, Page, SeeOther, back_to, is_partial
from programs.desks.recruitment import words
from programs.desks.recruitment.candidates import USERS, dressed
from programs.desks.recruitment.forms import ArriveForm, CandidateForm, DocumentForm, MoveForm
from programs.recruitment import arriving, choosing, documents, entering, known, moving, selectors, showing
from programs.recruitment.models import Candidate, Document
from programs.recruitment.stages import LEFT, Stage
from talent.people.pairs import said

DOCUMENT_TONES = {"received": "checking", "kept": "ok", "refused": "rejected"}


class OneCandidate(Page):
    """One candidate."""

    roles = {"GET": USERS}
    template = "desks/recruitment/candidate.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        candidate: Candidate = self.one(selectors.candidates(self.actor), pk=id)
        return self.show(**told(candidate, self.actor))


def told(candidate: Candidate, actor: Any) -> dict[str, Any]:
    """Everything that the page tells; the caller has found out that ``actor`` may see the candidate."""
    row = Candidate.objects.filter(pk=candidate.pk).values(*showing.PATHS).get()
    [shown] = dressed([row], actor)
    arrivals = [showing.told_of(one) for one in showing.arrivals_of([candidate.pk])]
    again = candidate.stage == Stage.ARRIVED and entering.may_arrive_again(candidate)
    works = words.may_work(actor)
    ended = candidate.stage in LEFT or (candidate.stage == Stage.ARRIVED and not again)
    return {
        "candidate": candidate,
        "row": shown,
        "told": known.sentence(candidate.known),
        "doubles": _doubles(candidate, actor),
        "hints": _hints(candidate, actor),
        "arrivals": arrivals,
        "moves": _moves(candidate, actor),
        "documents": _documents(candidate, actor),
        "may_work": works,
        "may_arrive": works and not ended,
        "again": again,
        "evident": documents.evidence_of(candidate.pk).exists(),
        "move": MoveForm(auto_id="move_%s") if works and (candidate.stage != Stage.ARRIVED or again) else None,
        "arrive": arrive_form(candidate, actor) if works and not ended else None,
        "filing": DocumentForm(auto_id="file_%s") if works else None,
        "megabytes": settings.EVIDENCE_BYTES // MEGABYTE,
        "title_label": label("title", candidate.title) if candidate.title else "",
        "id_type_label": label("id_type", candidate.id_type) if candidate.id_type else "",
        "gender_label": label("gender", candidate.gender) if candidate.gender else "",
        "staff": actor.sees_everything,
        "here": reverse("web:candidate", args=[candidate.pk]),
    }


def arrive_form(candidate: Candidate, actor: Any) -> ArriveForm:
    """The form of an arrival, with the employer that reports it filled in."""
    reporter = arriving.reporter_of(candidate)
    return ArriveForm(
        auto_id="arrive_%s",
        initial={
            "day": None,
            "employer": reporter.name_zh,
            "employer_uscc": reporter.uscc,
            "district": candidate.position.district if candidate.position else "",
        },
    )


def _moves(candidate: Candidate, actor: Any) -> list[dict[str, Any]]:
    moves = showing.moves_of(candidate, actor)
    for one in moves:
        one["to_label"], one["tone"] = Stage(one["to"]).label, words.TONES[Stage(one["to"])]
        one["before_label"] = Stage(one["before"]).label if one["before"] else ""
        one["reason_label"] = label("move_reason", one["reason"]) if one["reason"] else ""
    return moves[::-1]


def _documents(candidate: Candidate, actor: Any) -> list[dict[str, Any]]:
    rows = selectors.documents(actor).filter(candidate=candidate).order_by("pk")
    found = showing.shown_documents(rows.values(*showing.DOCUMENT_COLUMNS.values()))
    for one in found:
        one["kind_label"] = Document.Kind(one["kind"]).label
        one["state_label"], one["tone"] = Document.State(one["state"]).label, DOCUMENT_TONES[one["state"]]
        one["kilobytes"] = max(1, round(one["size"] / 1024))
    return found


def _doubles(candidate: Candidate, actor: Any) -> list[dict[str, Any]]:
    found = known.doubles(candidate, actor)
    rows = selectors.candidates(actor).filter(pk__in=[one.id for one in found]).values(*showing.PATHS)
    shown = {one["id"]: one for one in dressed(list(rows), actor)}
    return [{"row": shown[one.id], "same": one.why == known.SAME_PERSON} for one in found if one.id in shown]


def _hints(candidate: Candidate, actor: Any) -> list[dict[str, Any]]:
    return [
        one | {"reasons": [said(reason["code"]) for reason in one["reasons"] if reason["bits"] > 0]}
        for one in showing.hints_of(candidate, actor)
    ]


class EditCandidate(Page):
    """What is known of a candidate, to be changed; sealed values are not shown, and stay unless they are given anew."""

    roles = {"GET": USERS, "POST": USERS}
    template = "desks/recruitment/candidate_form.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        candidate = self._candidate(id)
        return self.show(form=self._form(candidate), candidate=candidate)

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        candidate = self._candidate(id)
        form = self._form(candidate, request.POST)
        change = entering.change_candidate
        if form.do(lambda _values: change(actor=self.actor, candidate=candidate, **form.values())):
            messages.success(request, _("The changes of candidate %(id)s are saved.") % {"id": id})
            return SeeOther(reverse("web:candidate", args=[id]))
        return self.show(form=form, candidate=candidate, status=400)

    def _candidate(self, id: int) -> Candidate:
        found: Candidate = self.one(selectors.candidates(self.actor), pk=id)
        return found

    def _form(self, candidate: Candidate, *data: Any) -> CandidateForm:
        [inside] = entering.opened([candidate])
        return CandidateForm(*data, actor=self.actor, candidate=candidate, given=[key for key in inside if inside[key]])


class OnCandidate(Act):
    """Something done with one candidate, which leads back to where it was asked for."""

    roles = {"POST": USERS}

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:candidate", args=[id]))

    def go(self, address: str) -> HttpResponse:
        # A board asks for itself again, and takes what it needs out of the page that it is led to.
        return SeeOther(address) if is_partial(self.request) else super().go(address)

    def values(self, form: Any) -> dict[str, Any]:
        """What a form says. Raises Invalid."""
        if not form.is_valid():
            raise Invalid(
                FieldError(
                    name, "invalid", f"{form.fields[name].label}: {error}" if name in form.fields else str(error)
                )
                for name, errors in form.errors.items()
                for error in errors
            )
        return dict(form.cleaned_data)


class Move(OnCandidate):
    """Moves a candidate from where the reader saw them."""

    def act(self, id: int) -> str:
        self.one(selectors.candidates(self.actor), pk=id)
        wished = moving.wish(**self.values(MoveForm(self.request.POST)))
        expected = self.request.POST.get("expected", "")
        row = moving.move(actor=self.actor, candidate_id=id, expected=expected, wished=wished)
        return _("Candidate %(id)s stands at “%(stage)s” now.") % {"id": id, "stage": row.get_stage_display()}


class Arrive(OnCandidate):
    """A candidate has arrived: the introduction is reported."""

    def act(self, id: int) -> str:
        self.one(selectors.candidates(self.actor), pk=id)
        values = self.values(ArriveForm(self.request.POST))
        told = arriving.Arriving(candidate=id, expected=self.request.POST.get("expected", ""), **values)
        submission = arriving.arrive(actor=self.actor, arriving=told)
        return _("The arrival is reported as submission %(id)s and being checked.") % {"id": submission.pk}


class FileDocument(OnCandidate):
    """Sends a file of a candidate."""

    def act(self, id: int) -> str:
        self.one(selectors.candidates(self.actor), pk=id)
        values = self.values(DocumentForm(self.request.POST, self.request.FILES))
        documents.file_document(actor=self.actor, candidate_id=id, kind=values["kind"], data=values["file"].read())
        return _("The file is received and is being looked at.")


class TakeAway(OnCandidate):
    """Destroys a file that was filed in error."""

    def act(self, id: int, document: int) -> str:
        row = self.one(selectors.documents(self.actor), candidate=id, pk=document)
        documents.take_away(actor=self.actor, document=row)
        return _("The file is taken away.")

    def leads_to(self, id: int, document: int) -> str:  # type: ignore[override]
        return reverse("web:candidate", args=[id])


class Look(Page):
    """A file as it was sent; each look is entered on the audit trail."""

    roles = {"GET": USERS}

    def get(self, request: HttpRequest, id: int, document: int) -> HttpResponse:
        row = self.one(selectors.documents(self.actor).select_related("file"), candidate=id, pk=document)
        return documents.answer(actor=self.actor, document=row)


class Reveal(Page):
    """A candidate's number and contacts in full, to whoever says why."""

    roles = {"POST": USERS}
    template = "desks/recruitment/revealed.html"

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        candidate = self.one(selectors.candidates(self.actor), pk=id)
        reason = request.POST.get("reason", "")
        told = choosing.reveal(actor=self.actor, candidate=candidate, reason=reason)
        return self.show(candidate=candidate, revealed=told)
