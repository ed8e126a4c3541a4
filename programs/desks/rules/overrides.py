"""Pages about exceptions: a partner asks beside a failing rule, an officer answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.web.base import EVERYONE, Act, back_to
from backend.web.lists import Label, ListPage
from backend.web.templatetags.web import named
from programs.desks.rules.words import STATES, TONES
from programs.intake import selectors, services
from programs.intake.filters import OverrideFilter
from programs.intake.models import Override
from programs.intake.rules import ERROR, RULES
from programs.submissions import selectors as submissions
from programs.submissions.models import Submission

State = Override.State


def presented(override: Override) -> dict[str, Any]:
    """An exception as the pages show it."""
    state = State(override.state)
    return {
        "override": override,
        "title": services.title_of(RULES[override.rule]),
        "state_label": STATES[state],
        "tone": TONES[state],
        "asked": state == State.ASKED,
        "open": override.submission.status == Submission.Status.CHECKED,
    }


def with_exceptions(lines: Sequence[dict[str, Any]], submission: Submission, actor: User) -> list[dict[str, Any]]:
    """A submission's findings by rule, each with the exception that was asked for, or whether one may be asked for."""
    asked = {one.rule: presented(one) for one in selectors.overrides(actor).filter(submission=submission)}
    open_ = submission.status == Submission.Status.CHECKED and not submission.practice
    asks = open_ and AskOverride.admits(actor)
    return [
        {
            **line,
            "exception": asked.get(line["rule"]),
            "may_ask": asks
            and line["severity"] == ERROR
            and RULES[line["rule"]].adjustable
            and line["rule"] not in asked,
        }
        for line in lines
    ]


class Overrides(ListPage):
    """Exceptions, the latest first: for officers those that await an answer, unless the filter says otherwise."""

    roles = {"GET": EVERYONE}
    template = "desks/rules/overrides.html"
    part = "desks/rules/overrides_part.html"
    name = "overrides"
    leads = ("web:submission", "override.submission_id")
    plain = False
    filterset_class = OverrideFilter
    choosing = {"state": lazy("State"), "organisation": lazy("Organisation"), "rule": lazy("Check")}
    ordering = ("-id",)
    headings = {
        "organisation": lazy("Organisation"),
        "period": lazy("Period"),
        "submission": lazy("Submission"),
        "rule": lazy("Check"),
        "explanation": lazy("Explanation"),
        "state": lazy("State"),
        "reason": lazy("Reason"),
        "asked_at": lazy("Asked at"),
        "decided_at": lazy("Answered at"),
    }

    def rows(self) -> Any:
        found = selectors.overrides(self.actor)
        return found.filter(state=State.ASKED) if self._queue() else found

    def _queue(self) -> bool:
        return self.actor.role == User.Role.OFFICER and "state" not in self.request.GET

    def chosen(self) -> dict[str, list[str]]:
        given = super().chosen()
        return {"state": [State.ASKED.value], **given} if self._queue() else given

    def present(self, rows: Sequence[Override]) -> Sequence[Any]:
        officer = self.actor.role == User.Role.OFFICER
        found = submissions.found_rows(self.actor, [(one.submission_id, one.rule) for one in rows])
        return [
            {
                **presented(one),
                "answers": officer and one.state == State.ASKED,
                "rows": found[one.submission_id, one.rule],
            }
            for one in rows
        ]

    def cells(self, row: Any) -> Mapping[str, Any]:
        one = row["override"]
        return {
            "organisation": named(one.organisation),
            "period": one.submission.period_code,
            "submission": one.submission_id,
            "rule": one.rule,
            "explanation": one.explanation,
            "state": row["state_label"],
            "reason": one.reason,
            "asked_at": one.asked_at,
            "decided_at": one.decided_at,
        }

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {
            "state": [(state.value, STATES[state]) for state in State],
            "organisation": [(one.code, f"{named(one)} · {one.code}") for one in partners],
            "rule": [(one.code, f"{one.code} {services.title_of(one)}") for one in RULES.values() if one.adjustable],
        }

    def offered(self) -> list[Any]:
        return [one for one in super().offered() if self.actor.sees_everything or one.name != "organisation"]

    def more(self) -> Mapping[str, Any]:
        return {"here": self.request.get_full_path(), "waiting": self.chosen() == {"state": [State.ASKED.value]}}


class AskOverride(Act):
    """Asks for an exception from a rule for one submission."""

    roles = {"POST": "partner"}

    def act(self, id: int) -> str:
        submission = self.one(submissions.with_practice(self.actor), pk=id)
        given = self.request.POST
        rule = given.get("rule", "")
        services.ask_override(
            actor=self.actor, submission=submission, rule=rule, explanation=given.get("explanation", "")
        )
        return _("The exception from %(rule)s is asked for. The bureau's answer will stand here.") % {"rule": rule}

    def leads_to(self, id: int) -> str:
        return reverse("web:submission", args=[id])


class _Answer(Act):
    """An officer's answer; back to where the button was."""

    roles = {"POST": "officer"}

    def override(self, id: int) -> Override:
        """The exception. Raises NotFound."""
        return self.one(selectors.overrides(self.actor), pk=id)

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:overrides"))


class Grant(_Answer):
    """Lets the rows pass with a warning, in this submission alone."""

    def act(self, id: int) -> str:
        given = services.grant_override(actor=self.actor, override=self.override(id))
        return _("Granted: what %(rule)s finds in submission %(id)s is a warning now.") % {
            "rule": given.rule,
            "id": given.submission_id,
        }


class Refuse(_Answer):
    """Refuses it, with a reason that the partner reads."""

    def act(self, id: int) -> str:
        given = services.refuse_override(
            actor=self.actor, override=self.override(id), reason=self.request.POST.get("reason", "")
        )
        return _("Refused: %(rule)s goes on refusing rows of submission %(id)s.") % {
            "rule": given.rule,
            "id": given.submission_id,
        }
