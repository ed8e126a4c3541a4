"""What codes are called in the reader's language, many at once."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.history.selectors import names_of_codes
from backend.accounts.models import Organisation, User
from backend.reference.selectors import label
from backend.web.templatetags.web import named
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import Path
from programs.targets.filters import UNSPECIFIED
from programs.targets.models import Basis

DIMENSIONS: dict[str, str | Promise] = {
    "organisation": lazy("Organisation"),
    "programme": lazy("Programme"),
    "path": lazy("Path"),
    "basis": lazy("Credential"),
    "district": lazy("District"),
    "segment": lazy("Segment"),
}
"""By what a figure is taken apart."""

NARROWING: dict[str, str | Promise] = {**DIMENSIONS, "cohort": lazy("Cohort")}
"""By what its heads may be narrowed."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One dimension by which heads are narrowed, and to what, in words."""

    name: str
    dimension: str
    value: str


def organisations(actor: User, codes: Iterable[str], day: dt.date | None = None) -> dict[str, str]:
    """The names of organisations that ``actor`` may see, by code: those in force, or those of ``day``."""
    if day is not None:
        return names_of_codes(day, codes, actor)
    return {one.code: named(one) for one in accounts.organisations(actor).filter(code__in=set(codes))}


def programmes(actor: User, codes: Iterable[str]) -> dict[str, str]:
    """The names of programmes that ``actor`` may see, by code."""
    found = catalogue.programmes(actor).prefetch_related(None)
    return {one.code: named(one) for one in found.filter(code__in=set(codes))}


def partners(actor: User) -> list[tuple[str, str]]:
    """Every organisation that reports people, by code and name."""
    found = accounts.organisations(actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
    return [(one.code, named(one)) for one in found]


def value(dimension: str, key: str) -> str:
    """What a key of a dimension that stands for itself is called: its table knows it, or it is a choice."""
    if not key or key == UNSPECIFIED:
        return _("Not given")
    choices = {"path": Path, "basis": Basis}.get(dimension)
    if choices is not None:
        return str(choices(key).label) if key in choices.values else key
    return label(dimension, key)


def chosen_heads(actor: User, given: Mapping[str, str], day: dt.date) -> list[Chosen]:
    """By what the heads are narrowed, in words, organisations as they were called on ``day``."""
    found = []
    for name, key in given.items():
        if name == "organisation":
            codes = key.split(",")
            names = organisations(actor, codes, day)
            said = " · ".join(names.get(code, code) for code in codes)
        elif name == "programme":
            said = programmes(actor, [key]).get(key, key)
        elif name == "cohort":
            said = key
        else:
            said = value(name, key)
        found.append(Chosen(name, str(NARROWING[name]), said))
    return found
