"""By what the lines of an answered list are narrowed: on the API, on the page and in downloads alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet, filtered
from programs.checklists.models import CheckList
from programs.checklists.reasons import WORDS


class CheckListFilter(StrictFilterSet):
    """Lines by whether their person counts, and why not."""

    counted = filters.BooleanFilter(method="kept")
    why = filters.ChoiceFilter(choices=[(str(code), label) for code, label in WORDS.items()], method="kept")

    class Meta:
        model = CheckList
        fields: list[str] = []

    def kept(self, queryset: Any, name: str, value: Any) -> Any:
        return queryset


def narrowed(rows: Sequence[dict[str, Any]], given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines that fit; the answer is a sealed file and no table, so they are gone through.

    Raises:
        Invalid: a value that a filter cannot read.
    """
    data = given if isinstance(given, QueryDict) else QueryDict(mutable=True)
    filtered(CheckListFilter, data, CheckList.objects.none(), None)
    counted, why = data.get("counted", "").strip().lower(), data.get("why", "")
    return [
        row
        for row in rows
        if (not counted or row["counted"] == (counted in ("true", "1"))) and (not why or why in row["why"])
    ]
