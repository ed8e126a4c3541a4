"""The JSON Schema (draft 2020-12) of a plan file, for editors and for whoever makes one by another program.

It says what the parser says of each entry by itself. What needs the rest of the file or the books is the parser's
alone: that days lie in order and within others, that what is named is there and is named once, what parts come to, and
how many places a number has. Days are TOML's own, which tools hand to a schema as texts.

``python -m programs.targets.planschema`` prints it; ``docs/plan-file.schema.json`` holds it.
"""

import json
from typing import Any

from programs.targets.planindicators import DIRECTIONS
from programs.targets.planparts import BY, GREATEST_GOAL
from programs.targets.plantable import GREATEST_NUMBER, LONGEST_CODE, LONGEST_TEXT

_DAY = {
    "type": "string",
    "format": "date",
    "pattern": r"^\d{4}-\d\d-\d\d$",
    "description": "A day, without quotation marks.",
}
_TEXT = {"type": "string", "pattern": r"\S", "maxLength": LONGEST_TEXT}
# No sign of ASCII but letters, digits, "-", "_" and "."; the pattern is the same to every dialect of them.
_CODE = {"type": "string", "pattern": r"^\s*[^\x00-,/:-@\[-^`{-\x7f]+\s*$", "maxLength": LONGEST_CODE}
_CODES = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "uniqueItems": True}
_EVIDENCE = {"enum": ["claimed", "evidenced", "confirmed"], "description": "What makes a credential count."}
_GOAL = {"type": "integer", "minimum": 1, "maximum": GREATEST_GOAL}
_NAMES = {"name_zh": _TEXT, "name_en": _TEXT}


def _table(properties: dict[str, Any], required: list[str], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False, **more}


def _tables(of: dict[str, Any], *, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": of, **({"minItems": least} if least else {})}


def _entry() -> dict[str, Any]:
    """A credential that qualifies: by codes, or by what its table knows of it."""
    title, education = {"kind": {"const": "title"}}, {"kind": {"const": "education"}}
    lacks = {"title": ["levels", "statuses"], "education": ["series", "ranks"]}
    return _table(
        {
            "kind": {"enum": ["education", "title"]},
            **dict.fromkeys(("codes", "series", "ranks", "levels", "statuses"), _CODES),
            "valid_from": _DAY,
            "valid_to": _DAY,
            "evidence": _EVIDENCE,
        },
        ["kind"],
        oneOf=[{"required": ["codes"]}, {"required": ["series"]}, {"required": ["levels"]}],
        dependentRequired={"ranks": ["series"], "statuses": ["levels"]},
        allOf=[
            {"if": {"properties": kind}, "then": {"not": {"anyOf": [{"required": [name]} for name in lacks[called]]}}}
            for called, kind in (("title", title), ("education", education))
        ],
    )


def _part(least: int) -> dict[str, Any]:
    """A part; an amendment takes one away by the goal 0."""
    return _table(
        {
            "by": {"enum": list(BY)},
            "key": _TEXT,
            "goal": {**_GOAL, "minimum": least},
            "year": {"type": "integer", "minimum": 1900, "maximum": 2999},
            "starts_on": _DAY,
            "ends_on": _DAY,
        },
        ["by", "key", "goal"],
        allOf=[
            {
                "if": {"properties": {"by": {"const": "year"}}},
                "then": {
                    "properties": {"key": {"pattern": r"^\s*(19|2\d)\d\d\s*$"}},
                    "not": {"anyOf": [{"required": [name]} for name in ("year", "starts_on", "ends_on")]},
                },
            },
            {
                "if": {"required": ["year"]},
                "then": {"not": {"anyOf": [{"required": ["starts_on"]}, {"required": ["ends_on"]}]}},
            },
        ],
    )


def schema() -> dict[str, Any]:
    """The schema as JSON-able data."""
    target = {"code": _CODE, **_NAMES, "goal": _GOAL, "may_exceed": {"type": "boolean"}}
    days = {"starts_on": _DAY, "ends_on": _DAY}
    tier = _table({"code": _CODE, **_NAMES, "evidence": _EVIDENCE, "qualifying": _tables(_entry())}, ["code", *_NAMES])
    whole = _table(
        {**target, "counts": _CODES, **days, "parts": _tables(_part(1))}, ["code", *_NAMES, "goal", "counts"]
    )
    amended = _table({**target, "ends_on": _DAY, "parts": _tables(_part(0))}, ["code"], minProperties=2)
    indicator = _table(
        {
            "code": _CODE,
            **_NAMES,
            "unit_zh": _TEXT,
            "unit_en": _TEXT,
            "goal": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": GREATEST_NUMBER},
            "direction": {"enum": list(DIRECTIONS)},
            "said_zh": _TEXT,
            "said_en": _TEXT,
            "source": _TEXT,
        },
        ["code", *_NAMES, "unit_zh", "unit_en", "goal", "said_zh", "said_en", "source"],
    )
    amendment = _table(
        {"from": _DAY, "source": _TEXT, "targets": _tables(amended, least=1)}, ["from", "source", "targets"]
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A plan file of Shugu",
        **_table(
            {
                "code": _CODE,
                **_NAMES,
                **days,
                "evidence": _EVIDENCE,
                "tiers": _tables(tier, least=1),
                "targets": _tables(whole, least=1),
                "amendments": _tables(amendment),
                "indicators": _tables(indicator),
            },
            ["code", *_NAMES, *days, "evidence", "tiers", "targets"],
        ),
    }


def text() -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    print(text(), end="")
