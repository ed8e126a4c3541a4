"""Pages about background jobs: what is under way, how far it is, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.jobs import selectors
from backend.jobs.filters import JobFilter
from backend.jobs.models import Job
from backend.web.base import EVERYONE, Page, is_partial
from backend.web.lists import Label, ListPage
from backend.web.templatetags.web import named
from programs.desks.officer import words
from programs.desks.officer.deciding import skipped_rows, told_of
from programs.desks.officer.previewing import told
from programs.review import undoing
from programs.review.previewing import PREVIEW
from programs.review.services import DECIDE, Summary
from programs.review.undoing import UNDO
from programs.submissions import selectors as submissions

UNFINISHED = frozenset({Job.State.QUEUED, Job.State.RUNNING})


def presented(jobs: Sequence[Job], actor: User) -> list[dict[str, Any]]:
    """Jobs as the pages show them: in words, each with the page of what it is done to, where the actor may see that."""
    about = {job.subject_id for job in jobs if _is_of_submission(job) and job.subject_id is not None}
    seen = submissions.with_practice(actor).filter(pk__in=about).values_list("pk", flat=True) if about else ()
    pages = set(seen)
    return [_presented(job, pages) for job in jobs]


def _is_of_submission(job: Job) -> bool:
    return job.kind.startswith("submission.")


def _presented(job: Job, pages: set[int]) -> dict[str, Any]:
    open_ = _is_of_submission(job) and job.subject_id in pages
    return {
        "job": job,
        "kind": words.JOB_KINDS.get(job.kind, job.kind),
        "state_label": words.JOB_STATES[Job.State(job.state)],
        "unfinished": job.state in UNFINISHED,
        "subject_url": reverse("web:submission", args=[job.subject_id]) if open_ else "",
    }


class Jobs(ListPage):
    """Background jobs, the newest first. Partners see their organisation's."""

    roles = {"GET": EVERYONE}
    template = "desks/officer/jobs.html"
    part = "desks/officer/jobs_part.html"
    name = "jobs"
    leads = ("web:job", "job.pk")
    filterset_class = JobFilter
    choosing = {"kind": lazy("Kind"), "state": lazy("State"), "organisation": lazy("Organisation")}
    ordering = ("-id",)
    headings = {
        "id": lazy("Job"),
        "kind": lazy("Kind"),
        "subject": lazy("About"),
        "organisation": lazy("Organisation"),
        "state": lazy("State"),
        "done": lazy("Done"),
        "total": lazy("In all"),
        "begun": lazy("Begun"),
        "ended": lazy("Ended"),
        "error": lazy("Error"),
    }

    def rows(self) -> Any:
        return selectors.jobs(self.actor).select_related("organisation").defer("params")

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return presented(rows, self.actor)

    def cells(self, row: Any) -> Mapping[str, Any]:
        job: Job = row["job"]
        return {
            "id": job.pk,
            "kind": str(row["kind"]),
            "subject": job.subject_id,
            "organisation": job.organisation.code if job.organisation else "",
            "state": str(row["state_label"]),
            "done": job.done,
            "total": job.total,
            "begun": job.created_at,
            "ended": job.finished_at,
            "error": job.error,
        }

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {
            "organisation": [(one.code, f"{named(one)} · {one.code}") for one in partners],
            "kind": list(words.JOB_KINDS.items()),
            "state": [(state.value, label) for state, label in words.JOB_STATES.items()],
        }

    def offered(self) -> list[Any]:
        return [one for one in super().offered() if self.actor.sees_everything or one.name != "organisation"]


class OneJob(Page):
    """One job. While it is unfinished, its part of the page asks again and again how far it is."""

    roles = {"GET": EVERYONE}
    template = "desks/officer/job.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        job = self.one(selectors.jobs(self.actor).select_related("organisation"), pk=id)
        template = "desks/officer/job_part.html" if is_partial(request) else ""
        (one,) = presented([job], self.actor)
        return self.show(template, one=one, partial=is_partial(request), **self._result(job))

    def _result(self, job: Job) -> dict[str, Any]:
        """What a decision on many records has come to so far."""
        if job.kind == PREVIEW and job.result:
            return {"effect": told(job.result, self.actor), "asked": self._asked(job)}
        if job.kind == UNDO and job.result:
            stays = [undoing.said(one["why"]) % {"id": one["id"]} for one in job.result["stays"]]
            return {"undone": job.result["undone"], "stays": stays, "stays_count": job.result["stays_count"]}
        if job.kind != DECIDE:
            return {}
        summary = Summary(**{name: value for name, value in job.result.items() if name != "after"})
        return {
            "decision": words.DECISIONS[job.params["decision"]],
            "reason": job.params.get("reason", ""),
            "asked": self._asked(job),
            "told": " ".join(told_of(summary, job.params["decision"])) if job.result else "",
            "skipped": skipped_rows(summary.skipped, self.actor),
            "skipped_count": summary.skipped_count,
        }

    def _asked(self, job: Job) -> list[tuple[str, str]]:
        return words.conditions(job.params.get("asked", {}).get("filter") or {})
