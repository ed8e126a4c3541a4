"""The catalogue of checks: every rule declared once, for the checks, the messages, the error workbook and the docs.

The words are in ``programs.intake.rules_text``; this module says what a rule is and turns a finding into a sentence.
A message says what happened, where, and what to do; it never tells another organisation's name, nor the name on
record for a number.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from programs.intake.columns import TEMPLATE, layout_of
from programs.intake.readers.limits import MEGABYTE
from programs.intake.readers.refusals import WORDS
from programs.intake.rules_text import TEXTS, Said, Text

FATAL, ERROR, WARNING, OFF = "fatal", "error", "warning", "off"
FILE, HEADER, CELLS, ROWS = "file", "columns", "cells", "rows"
"""The gates, in their order: the file, then the columns, then the cells, then the rows against each other."""

IN_FORCE = date(2017, 11, 28)
MEGABYTES = "_mb"
"""``{limit_mb}`` in a message is the param ``limit``, which counts bytes, in megabytes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One check.

    ``columns`` are the columns that its findings may name (none: the whole file). ``message_…`` is what a finding
    says, ``reasons`` (Chinese, English) what it says instead where its params give a ``reason``; both hold ``{named}``
    params. ``intent_…`` is what the rule is for, ``guidance_…`` what a clerk does about it. ``version`` rises and
    ``valid_from`` moves whenever what raises it changes. ``adjustable``: the bureau may set it to another severity.
    """

    code: str
    severity: str
    gate: str
    columns: tuple[str, ...]
    title_zh: str
    title_en: str
    message_zh: str
    message_en: str
    intent_zh: str
    intent_en: str
    guidance_zh: str
    guidance_en: str
    reasons: Mapping[str, Said]
    version: int = 1
    valid_from: date = IN_FORCE
    adjustable: bool = False

    def message(self, language: str, reason: str | None = None) -> str:
        """What a finding says in a language for a reason, its params still by their names."""
        chinese, english = self.reasons.get(reason or "", (self.message_zh, self.message_en))
        return chinese if is_chinese(language) else english


_DATES = ("birth_date", "started_on", "completed_on", "graduated_on", "title_awarded_on")
_NEEDED = (
    *("name", "id_type", "id_number", "birth_date", "path", "programme", "cohort", "started_on", "completed_on"),
    *("outcome", "graduated_on", "title_awarded_on", "employer", "employer_uscc"),
)
_DECLARED: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("F01", FATAL, FILE, ()),
    ("F02", FATAL, HEADER, ()),
    ("F03", FATAL, HEADER, ()),
    ("F04", FATAL, FILE, ()),
    ("F05", FATAL, FILE, ()),
    ("F06", FATAL, FILE, ()),
    ("F07", FATAL, FILE, ()),
    ("E01", ERROR, CELLS, _NEEDED),
    ("E02", ERROR, CELLS, ("id_type", "gender", "path", "outcome", "education", "title", "district", "segment")),
    ("E03", ERROR, CELLS, _DATES),
    ("E04", ERROR, CELLS, ("id_number",)),
    ("E05", ERROR, CELLS, ("id_number", "education_cert_no", "title_cert_no", "employer_uscc")),
    ("E06", ERROR, CELLS, ("birth_date", "gender")),
    ("E07", ERROR, ROWS, ("id_number",)),
    ("E08", ERROR, CELLS, ("programme", "cohort")),
    ("E09", ERROR, CELLS, ("started_on", "completed_on")),
    ("E10", ERROR, CELLS, ("employer_uscc",)),
    ("E11", ERROR, CELLS, ("education_cert_no",)),
    ("E12", ERROR, ROWS, ("name",)),
    ("E13", ERROR, CELLS, ()),
    ("W01", WARNING, CELLS, ("education_cert_no",)),
    ("W02", WARNING, CELLS, ("education_cert_no", "title_cert_no")),
    ("W03", WARNING, CELLS, ("completed_on",)),
    ("W04", WARNING, ROWS, ("id_number",)),
    ("W05", WARNING, CELLS, ("name", "started_on", "completed_on", "graduated_on", "title_awarded_on")),
    ("W06", WARNING, ROWS, ("education_cert_no", "title_cert_no")),
    ("W07", WARNING, HEADER, ()),
)

_ADJUSTABLE = frozenset({"E06", "E09", "E11", "W01", "W02", "W03", "W04", "W05", "W06"})
"""What may pass, or be refused, as the bureau sets it. The others are structural: without them a row cannot be told
from another one (E04, E05, E07, E12), placed (E01 to E03, E08), or written down (E10: a record has room for a sound
code alone)."""


def rule(
    code: str, severity: str, gate: str, columns: tuple[str, ...], text: Text, *, adjustable: bool = False
) -> Rule:
    """A rule of its words; a room that brings a template declares its own with it."""
    return Rule(
        code=code,
        severity=severity,
        gate=gate,
        columns=columns,
        title_zh=text.title[0],
        title_en=text.title[1],
        message_zh=text.message[0],
        message_en=text.message[1],
        intent_zh=text.intent[0],
        intent_en=text.intent[1],
        guidance_zh=text.guidance[0],
        guidance_en=text.guidance[1],
        reasons=text.reasons,
        adjustable=adjustable,
    )


RULES: dict[str, Rule] = {
    declared[0]: rule(*declared, TEXTS[declared[0]], adjustable=declared[0] in _ADJUSTABLE) for declared in _DECLARED
}
"""Every rule by its code: those that templates share, in the contract's order, then those of single templates."""

SEVERITIES: dict[str, str] = {code: declared.severity for code, declared in RULES.items()}
"""How grave each rule is where the bureau has set nothing."""

SHARED = tuple(RULES)
"""The rules that belong to no single template."""


def declare(*rules: Rule) -> None:
    """Adds the rules of a template to the catalogue.

    Raises:
        ValueError: a code is no letter with two digits, or belongs to a rule that templates share.
    """
    for one in rules:
        if re.fullmatch("[A-Z][0-9]{2}", one.code) is None or one.code in SHARED:
            raise ValueError(f"{one.code} is no code for a template's own rule")
        RULES[one.code] = one
        SEVERITIES[one.code] = one.severity
    # In the order of their codes: rooms are loaded in no order of meaning.
    for code in sorted(RULES.keys() - set(SHARED)):
        RULES[code] = RULES.pop(code)


def withdraw(*rules: Rule) -> None:
    """Takes a template's own rules out of the catalogue again."""
    for one in rules:
        RULES.pop(one.code, None)
        SEVERITIES.pop(one.code, None)


def is_chinese(language: str) -> bool:
    """Whether a language tag asks for Simplified Chinese; every other one gets English."""
    return language.lower().startswith("zh")


def column_label(code: str, language: str, template: str = TEMPLATE) -> str:
    """A column's name in a language, or its code if the template does not know it."""
    return layout_of(template).label(code, is_chinese(language))


def render(
    rule: str,
    params: Mapping[str, Any] | str | None,
    language: str,
    column: str | None = None,
    template: str = TEMPLATE,
) -> str:
    """What a finding says.

    Args:
        rule: the rule's code.
        params: the finding's params, as a mapping or as the JSON that findings are kept with.
        language: ``zh-hans`` or ``en``.
        column: the code of the column that the finding names, for params that do not say it.
        template: the template whose columns are meant.

    Raises:
        KeyError: for a rule that does not exist.
    """
    values = json.loads(params) if isinstance(params, str) and params else dict(params or {})
    values.setdefault("column", column or "")
    message = RULES[rule].message(language, values.get("reason"))
    if "{line}" in message and values.get("line") is None:
        # A message that names a line is of no use where the line is not known.
        message = RULES[rule].message(language)
    return message.format_map(_Spoken(values, language, template))


class _Spoken(dict[str, str]):
    """A finding's params as words: columns by their names, lists joined, the readers' reasons spelled out."""

    def __init__(self, params: Mapping[str, Any], language: str, template: str) -> None:
        super().__init__()
        self._params, self._language, self._template = params, language, template

    def _column(self, code: Any) -> str:
        return column_label(str(code), self._language, self._template)

    def __missing__(self, name: str) -> str:
        value, language = self._params.get(name.removesuffix(MEGABYTES)), self._language
        if name == "reason" and value in WORDS:
            chinese, english = WORDS[value]
            return chinese if is_chinese(language) else english
        if isinstance(value, list):
            nothing, comma = ("无", "、") if is_chinese(language) else ("none", ", ")
            return comma.join(self._column(item) for item in value) or nothing
        if name == "found" and value is None:
            return f"> {self._params.get('limit')}"
        if value is None:
            return "?"
        if name.endswith(MEGABYTES):
            # Rounded up, so that what is over a limit never looks as large as the limit.
            return f"{math.ceil(10 * value / MEGABYTE) / 10:g}"
        return self._column(value) if name == "column" else str(value)
