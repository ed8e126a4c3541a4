"""Pages about the checks: what each finds, why, how grave it is, and since when; an officer sets it and tries it."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts.models import User
from backend.problems import NotFound
from backend.web.base import EVERYONE, Page, SeeOther
from backend.web.forms import DayField, Form
from backend.web.lists import ListPage
from programs.desks.rules.words import GATES, SEVERITIES
from programs.intake import selectors, services
from programs.intake.answers import language
from programs.intake.models import Replay, Severity
from programs.intake.rules import is_chinese
from programs.intake.services import LONGEST_REASON
from programs.submissions import templates

LOOK_BACK = dt.timedelta(days=365)
LISTED = 10


def listed(names: Sequence[str]) -> str:
    """Names in a row, parted as the reader's language does."""
    return ("、" if is_chinese(language()) else ", ").join(names)


def presented(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as the pages show it."""
    return {
        **rule,
        "severity_label": SEVERITIES[rule["severity"]],
        "in_force_label": SEVERITIES[rule["in_force"]],
        "gate_label": GATES[rule["gate"]],
        "named": listed(rule["column_names"]),
        "by_template": [
            {"name": templates.name_of(code), "named": listed(names)} for code, names in rule["named"].items()
        ],
        "whose": listed([templates.name_of(code) for code in rule["templates"]]),
        # What a message says of a finding differs from finding to finding.
        "messages": list(dict.fromkeys(re.sub(r"\{\w+\}", "…", one) for one in rule["messages"])),
    }


class Rules(ListPage):
    """Every check, gate by gate."""

    roles = {"GET": EVERYONE}
    template = "desks/rules/rules.html"
    name = "rules"
    leads = ("web:rule", "code")
    parameters = ("template",)
    page_size = 100
    headings = {
        "code": lazy("Check"),
        "title": lazy("What it finds"),
        "severity": lazy("In the catalogue"),
        "in_force": lazy("In force today"),
        "gate": lazy("Gate"),
        "templates": lazy("Templates"),
        "columns": lazy("Columns"),
        "intent": lazy("Why"),
        "guidance": lazy("What to do"),
        "version": lazy("Version"),
        "valid_from": lazy("Since"),
    }

    def rows(self) -> list[dict[str, Any]]:
        gates = list(GATES)
        return sorted(selectors.rules(language(), self.asked), key=lambda rule: gates.index(rule["gate"]))

    @property
    def asked(self) -> str:
        """The template whose checks are shown; empty for all, and for one that is not there."""
        code = self.request.GET.get("template", "")
        return code if any(one.code == code for one in templates.known()) else ""

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [presented(rule) for rule in rows]

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {
            **{key: row[key] for key in self.headings},
            "severity": row["severity_label"],
            "in_force": row["in_force_label"],
            "gate": row["gate_label"],
            "columns": row["named"],
            "templates": row["whose"],
        }

    def more(self) -> Mapping[str, Any]:
        return {"asked": self.asked, "offered": templates.known()}


class ReplayForm(Form):
    """How grave the rule would be, and on which submissions that is tried."""

    severity = forms.ChoiceField(label=lazy("Tried as"), choices=[])
    from_on = DayField(label=lazy("Periods that begin from"))
    until_on = DayField(label=lazy("Periods that begin until"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        severity: Any = self.fields["severity"]
        severity.choices = [(value, SEVERITIES[value]) for value in Severity.values]


class SettingForm(ReplayForm):
    """How grave the rule is to be, for which periods, and why."""

    severity = forms.ChoiceField(label=lazy("How grave"), choices=[])
    until_on = DayField(
        label=lazy("Periods that begin until"), required=False, help_text=lazy("Left blank: until it is set anew.")
    )
    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("Everybody reads it beside the rule."),
    )


class RulePage(Page):
    """One check. Whoever shows it shows all of it, with the forms as they stand."""

    roles = {"GET": EVERYONE}
    template = "desks/rules/rule.html"

    def rule(self, code: str) -> dict[str, Any]:
        """The rule. Raises NotFound."""
        found = next((one for one in selectors.rules(language()) if one["code"] == code), None)
        if found is None:
            raise NotFound
        return presented(found)

    def show_rule(self, code: str, status: int = 200, **given: Form) -> HttpResponse:
        """The page of the rule ``code``, with the forms that were given, or new ones."""
        rule = self.rule(code)
        sets = rule["adjustable"] and self.actor.role == User.Role.OFFICER
        today = clock.today()
        proposed = self.request.GET.get("severity", "")
        if proposed not in Severity.values:
            proposed = rule["in_force"]
        tried = {"severity": proposed, "from_on": today - LOOK_BACK, "until_on": today}
        settings = selectors.settings(self.actor).filter(rule=code).order_by("-pk")
        replays = selectors.replays(self.actor).filter(rule=code).order_by("-pk")[:LISTED] if sets else ()
        return self.show(
            status=status,
            rule=rule,
            settings=[{"setting": one, "label": SEVERITIES[one.severity]} for one in settings],
            replays=[{"replay": one, "label": SEVERITIES[one.severity]} for one in replays],
            sets=sets,
            setting_form=given.get("setting") or SettingForm(initial={"severity": proposed, "from_on": today}),
            replay_form=given.get("replay") or ReplayForm(initial=tried, auto_id="try_%s"),
        )


class OneRule(RulePage):
    """One check."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.show_rule(code)


class SetSeverity(RulePage):
    """Sets how grave a rule is by period."""

    roles = {"POST": "officer"}
    http_method_names = ["post"]

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        self.rule(code)
        form = SettingForm(request.POST)
        if form.do(lambda values: services.set_severity(actor=self.actor, rule=code, **values)):
            return said(request, _("It is set. What is checked from now on goes by it."), "web:rule", code)
        return self.show_rule(code, 400, setting=form)


class StartReplay(RulePage):
    """Has a rule tried on past submissions."""

    roles = {"POST": "officer"}
    http_method_names = ["post"]

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        self.rule(code)
        form = ReplayForm(request.POST, auto_id="try_%s")
        begun: list[Replay] = []
        if form.do(lambda values: begun.append(services.start_replay(actor=self.actor, rule=code, **values))):
            return said(request, "", "web:replay", begun[0].pk)
        return self.show_rule(code, 400, replay=form)


def said(request: HttpRequest, sentence: str, name: str, *args: Any) -> HttpResponse:
    """On to a page, with what was done said above it."""
    if sentence:
        messages.success(request, sentence)
    return SeeOther(reverse(name, args=args))
