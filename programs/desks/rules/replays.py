"""Pages about replays: how far one is, and whom the rule would hit."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.jobs.models import Job
from backend.web.base import Act
from backend.web.lists import Label, ListPage, choices_of
from backend.web.templatetags.web import named
from programs.desks.officer.words import JOB_STATES
from programs.desks.rules.rules import listed
from programs.desks.rules.words import SEVERITIES
from programs.intake import selectors, services
from programs.intake.answers import language
from programs.intake.filters import ReplayFilter, ReplayHitFilter
from programs.intake.models import Replay, ReplayHit
from programs.intake.rules import RULES, column_label

UNFINISHED = frozenset({Job.State.QUEUED, Job.State.RUNNING})


def presented(replay: Replay) -> dict[str, Any]:
    """A replay as the pages show it."""
    state = Job.State(replay.job.state) if replay.job else Job.State.DONE
    return {
        "replay": replay,
        "title": services.title_of(RULES[replay.rule]),
        "severity_label": SEVERITIES[replay.severity],
        "state": state,
        "state_label": JOB_STATES[state],
        "unfinished": state in UNFINISHED,
    }


class Replays(ListPage):
    """Replays, the latest first."""

    roles = {"GET": "officer"}
    template = "desks/rules/replays.html"
    part = "desks/rules/replays_part.html"
    name = "replays"
    leads = ("web:replay", "replay.pk")
    filterset_class = ReplayFilter
    choosing = {"rule": lazy("Check"), "severity": lazy("Tried as")}
    ordering = ("-id",)
    headings = {
        "id": lazy("Replay"),
        "rule": lazy("Check"),
        "title": lazy("What it finds"),
        "severity": lazy("Tried as"),
        "from_on": lazy("Periods that begin from"),
        "until_on": lazy("Periods that begin until"),
        "state": lazy("State"),
        "submissions": lazy("Submissions read"),
        "rows": lazy("Rows read"),
        "asked_by": lazy("Asked by"),
        "asked_at": lazy("Begun"),
    }

    def rows(self) -> Any:
        return selectors.replays(self.actor)

    def present(self, rows: Sequence[Replay]) -> Sequence[Any]:
        return [presented(replay) for replay in rows]

    def cells(self, row: Any) -> Mapping[str, Any]:
        replay: Replay = row["replay"]
        own = {
            "id": replay.pk,
            "title": str(row["title"]),
            "severity": str(row["severity_label"]),
            "state": str(row["state_label"]),
            "asked_by": replay.asked_by.username,
        }
        return {name: own[name] if name in own else getattr(replay, name) for name in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        known = [(rule.code, f"{rule.code} {services.title_of(rule)}") for rule in RULES.values() if rule.adjustable]
        return {"rule": known, "severity": [(value, SEVERITIES[value]) for value in ("error", "warning", "off")]}


class OneReplay(ListPage):
    """One replay: the list is of whom it would hit. While it is unfinished that part asks again how far it is."""

    roles = {"GET": "officer"}
    template = "desks/rules/replay.html"
    part = "desks/rules/replay_part.html"
    name = "replay"
    leads = ("web:submission", "hit.submission_id")
    plain = False
    filterset_class = ReplayHitFilter
    choosing = {"organisation": lazy("Organisation"), "period": lazy("Period")}
    ordering = ("-newly_refused", "-found", "id")
    headings = {
        "organisation": lazy("Organisation"),
        "period": lazy("Period"),
        "submission": lazy("Submission"),
        "found": lazy("Rows found"),
        "newly_refused": lazy("Newly refused"),
        "newly_accepted": lazy("Newly accepted"),
        "examples": lazy("For example"),
    }
    replay: Replay

    def get(self, request: HttpRequest, id: int, **kwargs: Any) -> HttpResponse:
        self.replay = self.one(selectors.replays(self.actor), pk=id)
        if request.headers.get("HX-Trigger") == "rows" and not presented(self.replay)["unfinished"]:
            # What the rest of the page offers is for one under way.
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return super().get(request, **kwargs)

    def rows(self) -> Any:
        return selectors.hits(self.actor, self.replay)

    def present(self, rows: Sequence[ReplayHit]) -> Sequence[Any]:
        return [
            {
                "hit": hit,
                "examples": [
                    {"row": one["row"], "named": listed([column_label(code, language()) for code in one["columns"]])}
                    for one in hit.examples
                ],
            }
            for hit in rows
        ]

    def cells(self, row: Any) -> Mapping[str, Any]:
        hit = row["hit"]
        examples = "; ".join(f"{one['row']} ({one['named']})" for one in row["examples"])
        return {
            "organisation": named(hit.organisation),
            "period": hit.submission.period_code,
            "submission": hit.submission_id,
            "found": hit.found,
            "newly_refused": hit.newly_refused,
            "newly_accepted": hit.newly_accepted,
            "examples": examples,
        }

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        hits = selectors.hits(self.actor, self.replay)
        organisations = {hit.organisation.code: hit.organisation for hit in hits.distinct("organisation")}
        periods = hits.order_by("submission__period__code").values_list("submission__period__code", flat=True)
        periods = periods.exclude(submission__period=None)
        return {
            "organisation": choices_of(organisations[code] for code in sorted(organisations)),
            "period": [(code, code) for code in periods.distinct()],
        }

    def more(self) -> Mapping[str, Any]:
        totals = selectors.hits(self.actor, self.replay).aggregate(
            submissions=Count("pk"),
            organisations=Count("organisation", distinct=True),
            found=Sum("found", default=0),
            refused=Sum("newly_refused", default=0),
            accepted=Sum("newly_accepted", default=0),
        )
        return {"one": presented(self.replay), "totals": totals, "here": self.request.get_full_path()}


class CancelReplay(Act):
    """Calls a replay off."""

    roles = {"POST": "officer"}

    def act(self, id: int) -> str:
        replay = self.one(selectors.replays(self.actor), pk=id)
        services.cancel_replay(actor=self.actor, replay=replay)
        return _("Replay %(id)s is called off. What it had found stays below.") % {"id": replay.pk}

    def leads_to(self, id: int) -> str:
        return reverse("web:replay", args=[id])
