"""Candidates as they are told: typed values, what a document and a name come to, and what contradicts itself."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.problems import FieldError, Invalid
from programs.catalogue.models import Programme
from programs.records.traits import comparable
from programs.recruitment.models import Position
from programs.recruitment.stages import Stage
from talent.people.keys import SELF_CHECKED
from talent.people.strangers import Stranger


@dataclass(frozen=True, slots=True)
class Told:
    """A candidate as they are told; ``stage`` and ``day`` are where and since when they stand at entry."""

    name: str
    source: str
    ref: str = ""
    id_type: str = ""
    id_number: str = ""
    mobile: str = ""
    email: str = ""
    birth_date: dt.date | None = None
    gender: str = ""
    education: str = ""
    school: str = ""
    graduated_on: dt.date | None = None
    education_cert_no: str = ""
    title: str = ""
    title_awarded_on: dt.date | None = None
    title_cert_no: str = ""
    campaign: Programme | None = None
    position: Position | None = None
    owner: User | None = None
    notes: str = ""
    stage: str = Stage.SOURCED.value
    day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """One who was told, and what their document and name come to."""

    told: Told
    name_key: str
    number_key: str
    stranger: Stranger


def read_all(told: Sequence[Told], day: dt.date) -> list[Read]:
    """What the documents and names of some come to; what a number carries is filled in where it was not said.

    Raises:
        Invalid: a number that is none of its kind, or that contradicts the day of birth or the gender.
    """
    # The engine is heavy and must not be loaded in the process that forks the workers.
    import polars as pl

    from programs.intake.numbers import read_identity
    from programs.intake.tidying import tidy, tidy_names

    names, keys, _told = tidy_names(tidy("name", pl.Series("name", [one.name for one in told], dtype=pl.String)))
    numbers = pl.Series([one.id_number.strip().upper() or None for one in told], dtype=pl.String)
    kinds = pl.Series([one.id_type or None for one in told], dtype=pl.String)
    identity = read_identity(kinds, numbers, day)
    found, errors = [], []
    columns = zip(told, names.to_list(), keys.to_list(), numbers.to_list(), identity.iter_rows(named=True), strict=True)
    for place, (one, name, key, number, document) in enumerate(columns):
        prefix = f"{place}." if len(told) > 1 else ""
        errors += [FieldError(prefix + field, code, text) for field, code, text in _contradictions(one, document)]
        whole = replace(
            one,
            name=name or "",
            id_number=number or "",
            birth_date=one.birth_date or document["born_on"],
            gender=one.gender or document["sex"] or "",
        )
        found.append(Read(whole, key or "", document["key"] or "", _stranger(-place - 1, whole, document["key"])))
    if errors:
        raise Invalid(errors)
    return found


def _contradictions(one: Told, document: dict[str, Any]) -> Iterable[FieldError]:
    if bool(one.id_number) != bool(one.id_type):
        text = _("Give the number together with the kind of document, or neither.")
        yield FieldError("id_number" if one.id_type else "id_type", "required", text)
    elif document["problem"]:
        text = _("This is no number of such a document: its form or its check character is wrong.")
        yield FieldError("id_number", document["problem"], text)
    elif document["carries"]:
        told = _("This disagrees with the document's number.")
        if one.birth_date and one.birth_date != document["born_on"]:
            yield FieldError("birth_date", "contradiction", told)
        if one.gender in ("1", "2") and one.gender != document["sex"]:
            yield FieldError("gender", "contradiction", told)


def _stranger(id: int, one: Told, number_key: str | None) -> Stranger:
    kind, _bar, number = (number_key or "").partition("|")
    phone = comparable(one.mobile)
    return Stranger(
        id=id,
        name=one.name,
        birth_date=one.birth_date,
        gender=one.gender if one.gender in ("1", "2") else "",
        phones=[phone] if phone else (),
        education=one.education,
        school=one.school,
        id_types=[kind] if kind else (),
        numbers=[(kind, number)] if kind and kind not in SELF_CHECKED else (),
    )
