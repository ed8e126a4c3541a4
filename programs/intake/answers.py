"""Findings as people read them: the rule's words in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import get_language

from programs.intake.columns import layout_of
from programs.intake.rules import RULES, is_chinese, render
from programs.submissions.models import Finding, Submission


def language() -> str:
    """The reader's language."""
    return get_language() or "zh-hans"


def finding(found: Finding, submission: Submission, language: str, *, by_file: bool = True) -> dict[str, Any]:
    """One finding.

    Args:
        found: the finding.
        submission: what it was found in; a column that its file lacks is called by the template's name.
        language: of the message.
        by_file: whether columns are called as the file calls them; else by the template's names.
    """
    headers = submission.meta.get("headers", {}) if by_file else {}
    column = layout_of(submission.template).by_code.get(found.column)
    return {
        "row": found.row,
        "column": found.column or None,
        "header": headers.get(found.column) or (column.label(is_chinese(language)) if column else None),
        "rule": found.rule,
        "severity": found.severity,
        "message": render(found.rule, found.params, language, found.column or None, submission.template),
        "value": found.value or None,
    }


Alike = tuple[str, str, str]


def alike(found: Sequence[Finding], among: QuerySet[Finding], submission: Submission) -> dict[Alike, int]:
    """How many rows have the same finding on the same value, for those of ``found`` that may be mended together.

    Numbers are left out, and what is shown masked: what looks alike need not be alike.

    Args:
        found: some findings.
        among: all of their submission.
        submission: the submission.
    """
    masked = layout_of(submission.template).masked
    asked = {
        (one.rule, one.column, one.value)
        for one in found
        if one.row is not None and one.column and one.column not in masked and "*" not in one.value
    }
    if not asked:
        return {}
    rules, columns, values = (sorted(set(part)) for part in zip(*asked, strict=True))
    counted = (
        among.filter(row__isnull=False, rule__in=rules, column__in=columns, value__in=values)
        .order_by()
        .values_list("rule", "column", "value")
        .annotate(rows=Count("row", distinct=True))
    )
    return {(rule, column, value): rows for rule, column, value, rows in counted if (rule, column, value) in asked}


def summary(line: Mapping[str, Any], language: str) -> dict[str, Any]:
    """How often one rule was found, with what it means and what to do about it."""
    rule = RULES[line["rule"]]
    return {
        "rule": rule.code,
        "severity": line["severity"],
        "title": rule.title_zh if is_chinese(language) else rule.title_en,
        "guidance": rule.guidance_zh if is_chinese(language) else rule.guidance_en,
        "occurrences": line["occurrences"],
    }


def summaries(findings: QuerySet[Finding], language: str) -> list[dict[str, Any]]:
    """The findings counted by rule, the most frequent first."""
    counted = findings.values("rule", "severity").annotate(occurrences=Count("id")).order_by("-occurrences", "rule")
    return [summary(line, language) for line in counted]
