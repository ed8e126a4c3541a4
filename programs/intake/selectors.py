"""What a user may see of the rules, of what is set about them, and of what is asked."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from backend import clock
from backend.accounts import scope
from backend.accounts.models import User
from programs.intake.models import Override, Replay, ReplayHit, RuleSetting
from programs.intake.rules import RULES, Rule, column_label, is_chinese
from programs.intake.severities import severities_on
from programs.intake.templates.template import template_of, templates_with


def rules(language: str, template: str = "") -> list[dict[str, Any]]:
    """Every rule with its words in one language, and how grave it is for a period that begins today.

    Args:
        language: of the words.
        template: the code of the one template whose rules are asked for.
    """
    in_force = severities_on(clock.today())
    codes = template_of(template).rule_codes if template else RULES
    return [told(rule, in_force, language, template) for code, rule in RULES.items() if code in codes]


def told(rule: Rule, in_force: Mapping[str, str], language: str, template: str = "") -> dict[str, Any]:
    """A rule in one language.

    ``columns`` are those of the template that is asked for, else of the first one whose rows may raise the rule;
    ``named`` has the names of the columns of each.
    """
    found = {one.code: one.columns_of(rule.code) for one in templates_with(rule.code)}
    names = {code: [column_label(column, language, code) for column in columns] for code, columns in found.items()}
    asked = template or next(iter(found), "")
    tongue = "zh" if is_chinese(language) else "en"
    reasons = (said[tongue == "en"] for said in rule.reasons.values())
    return {
        "code": rule.code,
        "severity": rule.severity,
        "in_force": in_force[rule.code],
        "gate": rule.gate,
        "templates": list(found),
        "columns": list(found.get(asked, ())),
        "column_names": names.get(asked, []),
        "named": names,
        "title": getattr(rule, f"title_{tongue}"),
        "messages": list(dict.fromkeys([getattr(rule, f"message_{tongue}"), *reasons])),
        "intent": getattr(rule, f"intent_{tongue}"),
        "guidance": getattr(rule, f"guidance_{tongue}"),
        "version": rule.version,
        "valid_from": rule.valid_from,
        "adjustable": rule.adjustable,
    }


def settings(actor: User | None) -> QuerySet[RuleSetting]:
    """What the bureau has set: everybody may know what applied when."""
    found = RuleSetting.objects.select_related("set_by")
    return found if actor is not None and actor.is_authenticated else found.none()


def replays(actor: User | None) -> QuerySet[Replay]:
    """Replays: the bureau's alone."""
    found = Replay.objects.select_related("job", "asked_by")
    return found if actor is not None and actor.is_authenticated and actor.sees_everything else found.none()


def hits(actor: User | None, replay: Replay) -> QuerySet[ReplayHit]:
    """Whom a replay would hit."""
    found = ReplayHit.objects.filter(replay=replay).select_related("organisation", "submission__period")
    whole = actor is not None and actor.is_authenticated and actor.sees_everything and not actor.districts
    return found if whole else found.none()


def overrides(actor: User | None) -> QuerySet[Override]:
    """The exceptions that ``actor`` may see: a partner its own organisation's, bureau staff all."""
    found = Override.objects.select_related("organisation", "submission__period", "asked_by", "decided_by")
    return scope.visible(found, actor)
