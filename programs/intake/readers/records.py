"""A JSON batch of records as a sheet: the same checks as for a file, with the record's place for its row."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from backend.vault.masking import scrub
from programs.intake.columns import LAYOUT
from programs.intake.layout import Layout
from programs.intake.readers.cells import plain_number, without_nul
from programs.intake.readers.limits import Limits, Refused
from programs.intake.readers.sheet import (
    LONGEST_HEADER,
    MOST_UNKNOWN,
    NUMBER,
    TEXT,
    TRUTH,
    Header,
    Sheet,
    finish,
    meta_of,
    name_of,
    refused,
)

_TEXTS = {str, type(None)}


def sheet_from_records(
    records: Sequence[Mapping[str, Any]], limits: Limits | None = None, layout: Layout = LAYOUT
) -> Sheet:
    """The sheet of a batch sent as JSON.

    ``row`` is a record's place from 1. A column is there if any record has its key, null included; keys are matched
    like headers. JSON numbers are kept as numbers, so that a long one counts as damaged like a spreadsheet's.

    Args:
        records: objects with column codes as keys.
        limits: F04 beyond ``max_rows`` filled records.
        layout: the template's columns.

    Returns:
        the sheet; with a fatal finding F01 (a record is no object), F02, F03 (no record holds a value) or F04.
    """
    limits = limits or Limits()
    meta = meta_of("json")
    try:
        if len(records) > 2 * limits.max_rows:
            raise Refused("F04", reason="rows", limit=limits.max_rows, found=len(records))
        header, keys = _header(records, layout)
        meta |= {"headers": header.texts, "unknown": header.unknown}
        if not any(records):
            raise Refused("F03")
        header.check(limits)
        columns: list[pl.Series] = [pl.int_range(1, len(records) + 1, dtype=pl.UInt32, eager=True).alias("row")]
        for code, position in header.places.items():
            key = keys[code]
            columns += texts_and_kinds_of(name_of(position), [record.get(key) for record in records])
        sheet = finish(pl.DataFrame(columns), header, limits, meta)
        return Sheet(sheet.frame, sheet.meta | {"header_row": None})
    except Refused as refusal:
        return refused(refusal, meta)


def _header(records: Sequence[Mapping[str, Any]], layout: Layout) -> tuple[Header, dict[str, str]]:
    """The header that the records' keys make, and the key by which each column is named."""
    seen: dict[str, None] = {}
    for place, record in enumerate(records, 1):
        if not isinstance(record, Mapping):
            raise Refused("F01", reason="record", line=place)
        seen.update(dict.fromkeys(record))
    header, keys, doubled = Header(layout=layout), dict[str, str](), set[str]()
    for key in map(str, seen):
        code = layout.header_code(key) if len(key) <= LONGEST_HEADER else None
        if code is None:
            header.unknown.append(scrub(key[:LONGEST_HEADER]))
        elif code in keys:
            doubled.add(code)
        else:
            header.places[code], header.texts[code], keys[code] = len(keys), key, key
    header.width = len(keys)
    header.unknown = header.unknown[:MOST_UNKNOWN]
    header.doubled = sorted(doubled, key=layout.order.__getitem__)
    return header, keys


def texts_and_kinds_of(name: str, values: list[Any]) -> Iterator[pl.Series]:
    """A column's texts by its name and their kinds by ``…__k``; values that are all texts are not looked at singly."""
    if set(map(type, values)) <= _TEXTS:
        yield without_nul(pl.Series(name, values, dtype=pl.String))
        yield pl.repeat(TEXT, len(values), dtype=pl.UInt8, eager=True).alias(f"{name}__k")
        return
    texts, kinds = zip(*map(_told, values), strict=True)
    yield pl.Series(name, texts, dtype=pl.String)
    yield pl.Series(f"{name}__k", kinds, dtype=pl.UInt8)


def _told(value: Any) -> tuple[str | None, int]:
    if isinstance(value, str):
        # JSON can hold the one character that neither a spreadsheet nor the database can.
        return value.replace("\0", ""), TEXT
    if value is None:
        return None, TEXT
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), TRUTH
    if isinstance(value, (int, float)) and math.isfinite(value):
        return plain_number(value), NUMBER
    return json.dumps(value, ensure_ascii=False, default=str), TEXT
