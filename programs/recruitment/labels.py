"""What the keys by which figures are split are called, in the reader's language."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from backend.accounts.models import Organisation
from backend.naming import in_language
from backend.reference.selectors import labels
from programs.catalogue.models import Programme
from programs.recruitment.figures import UNSPECIFIED
from programs.recruitment.models import Position

TABLES = {"source": "candidate_source", "occupation": "occupation", "level": "level"} | {
    name: name for name in ("segment", "district")
}


def labels_of(by: str, keys: Iterable[str]) -> dict[str, str]:
    """By key, what it is called: the key itself where it has no name."""
    asked = set(keys) - {UNSPECIFIED}
    names: Mapping[str, str] = labels(TABLES[by]) if by in TABLES else _OF.get(by, _as_they_are)(asked)
    return {key: names.get(key) or key for key in asked} | {UNSPECIFIED: _("Unspecified")}


def _as_they_are(keys: Iterable[str]) -> Mapping[str, str]:
    return {"all": _("All")}


def _named(rows: Iterable[tuple[str, str, str]]) -> Mapping[str, str]:
    return {code: in_language(name_zh, name_en) for code, name_zh, name_en in rows}


def _organisations(keys: Iterable[str]) -> Mapping[str, str]:
    found = Organisation.objects.filter(code__in=list(keys))
    return _named(found.values_list("code", "name_zh", "name_en"))


def _campaigns(keys: Iterable[str]) -> Mapping[str, str]:
    return _named(Programme.objects.filter(code__in=list(keys)).values_list("code", "name_zh", "name_en"))


def _positions(keys: Iterable[str]) -> Mapping[str, str]:
    rows = Position.objects.filter(pk__in=[int(key) for key in keys]).values_list("pk", "ref", "title")
    return {str(pk): f"{ref} {title}" for pk, ref, title in rows}


_OF: Mapping[str, Callable[[Iterable[str]], Mapping[str, str]]] = {
    "organisation": _organisations,
    "campaign": _campaigns,
    "position": _positions,
}
