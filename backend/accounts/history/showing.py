"""Organisations as they are answered: as of a day, with the editions of their names and what they were part of."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backend.accounts.history.models import OrganisationChange
from backend.accounts.history.selectors import in_force, standing
from backend.accounts.models import Organisation

Kind = OrganisationChange.Kind


def with_history(answers: Sequence[Mapping[str, Any]], day: dt.date | None = None) -> list[dict[str, Any]]:
    """Answers of organisations that the reader was given, each with its ``names`` and ``parents``.

    Args:
        answers: each with its ``code``.
        day: tells names, parent and end as of this day; without one as they are in force.
    """
    ids = dict(Organisation.objects.filter(code__in=[one["code"] for one in answers]).values_list("code", "pk"))
    names, parents = _editions(ids.values())
    found = [
        {**one, "names": names.get(ids[one["code"]], []), "parents": parents.get(ids[one["code"]], [])}
        for one in answers
    ]
    return found if day is None else _as_of(found, ids, day)


def _editions(ids: Iterable[int]) -> tuple[dict[int, list[dict[str, Any]]], dict[int, list[dict[str, Any]]]]:
    names, parents = defaultdict(list), defaultdict(list)
    rows = standing().filter(organisation__in=list(ids), kind__in=[Kind.NAME, Kind.PARENT]).select_related("other")
    for one in sorted(rows, key=lambda row: row.from_on or dt.date.min):
        if one.kind == Kind.NAME:
            names[one.organisation_id].append({"from": one.from_on, "name_zh": one.name_zh, "name_en": one.name_en})
        else:
            above = one.other.code if one.other else None
            parents[one.organisation_id].append({"from": one.from_on, "parent": above})
    return names, parents


def _as_of(answers: list[dict[str, Any]], ids: Mapping[str, int], day: dt.date) -> list[dict[str, Any]]:
    named = {one.organisation_id: one for one in in_force(Kind.NAME, day, ids.values())}
    nested = {one.organisation_id: one for one in in_force(Kind.PARENT, day, ids.values()).select_related("other")}
    for one in answers:
        pk = ids[one["code"]]
        if pk in named:
            one |= {"name_zh": named[pk].name_zh, "name_en": named[pk].name_en}
        # What is part of something since some day was part of nothing before that.
        if one["parents"]:
            other = nested[pk].other if pk in nested else None
            one["parent"] = other.code if other else None
        if one["closed_on"] is not None and one["closed_on"] > day:
            one |= {"closed_on": None, "merged_into": None}
    return answers
