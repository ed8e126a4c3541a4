"""One programme: what it teaches and asks for, its cohorts in figures, its money, and what it adds to the targets."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from backend.naming import in_language
from backend.reference import selectors as reference
from backend.web.base import EVERYONE, Page
from programs.catalogue import selectors as catalogue
from programs.catalogue.codes import SEGMENTS
from programs.catalogue.models import Path
from programs.catalogue.web.cohorts import NewCohort
from programs.catalogue.web.programmes import ChangeProgramme
from programs.desks.training import words
from programs.desks.training.budget import NewLine
from programs.desks.training.cohorts import told
from programs.training import selectors
from programs.training.conflicts import Kind, conflicts

COHORTS_SHOWN = 60


class OneProgramme(Page):
    """One programme. A partner sees its own cohorts and their money."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/training/programme.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        programme = self.one(catalogue.programmes(self.actor), code=code)
        cohorts = list(catalogue.cohorts(self.actor).filter(programme=programme).order_by("-starts_on", "code"))
        tally = selectors.programme_tally(self.actor, programme)
        shown = selectors.courses(self.actor, cohorts[:COHORTS_SHOWN])
        places = [one.capacity for one in cohorts if one.capacity is not None]
        trained = programme.path == Path.TRAINED
        return self.show(
            programme=programme,
            trained=trained,
            segment=dict(SEGMENTS).get(programme.segment, programme.segment),
            funding=reference.label("funding_source", programme.funding_source) if programme.funding_source else "",
            areas=[{"area": one, "hours": words.hours(one.hours)} for one in programme.areas.all()],
            hours=words.hours(sum(one.hours for one in programme.areas.all())),
            requirements=[_requirement(one) for one in programme.requirements.all()],
            tally=tally,
            places=sum(places) if places else None,
            cost=words.yuan(tally.cost_per_completion_fen),
            rows=[told(one) for one in shown],
            more=max(0, len(cohorts) - COHORTS_SHOWN),
            found=self._found(cohorts),
            budget=words.money(catalogue.budget_lines(self.actor).filter(programme=programme).order_by("cohort", "pk")),
            shares=selectors.shares(self.actor, cohorts) if trained else [],
            may_change=ChangeProgramme.admits(self.actor),
            may_create=NewCohort.admits(self.actor) and trained,
            may_budget=NewLine.admits(self.actor),
        )

    def _found(self, cohorts: list[Any]) -> list[Any]:
        told_of = conflicts(self.actor, cohorts, [Kind.PROGRAMME_CAPACITY])
        return [(one, words.KIND_TONES[one.kind]) for one in told_of]


def _requirement(one: Any) -> dict[str, Any]:
    """A requirement in the reader's language."""
    return {
        "education": reference.label("education", one.education) if one.education else "",
        "title": reference.label("title", one.title) if one.title else "",
        "years": one.years,
        "text": in_language(one.text_zh, one.text_en) or one.text_en,
    }
