"""The administrator's desk: what needs somebody, and whether everything runs."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as lazy

from backend.health import probes
from backend.web.base import Page
from programs.desks.admin import recounts, watching
from programs.desks.first_steps import first_steps
from programs.desks.officer.words import JOB_KINDS

PROBES = {
    "database": (lazy("Database"), lazy("Look at PostgreSQL’s log; nothing works without it.")),
    "broker": (lazy("Broker"), lazy("Start Valkey again. What was queued is found again by itself.")),
    "worker": (
        lazy("Worker"),
        lazy("Start a worker. Until then submissions wait to be checked, and no mail goes out."),
    ),
    "vault": (
        lazy("Encryption keys"),
        lazy("FIELD_KEYS does not open every data key; the page “Encryption keys” says what it lacks."),
    ),
}


class Desk(Page):
    """What there is to look after today."""

    roles = {"GET": "admin"}
    template = "desks/admin/desk.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        health = [
            {"name": PROBES[name][0], "hint": PROBES[name][1], "ok": found.ok}
            for name, found in probes.findings().items()
        ]
        sight = watching.look(self.actor)
        return self.show(
            sight=sight,
            failures=[{"job": job, "kind": JOB_KINDS.get(job.kind, job.kind)} for job in sight.failures],
            health=health,
            recount=recounts.latest(self.actor),
            jobs_looked_at=watching.JOBS_LOOKED_AT,
            first_steps=first_steps(self.actor),
        )
