"""What is the partner's alone, so marked that it is known again wherever it turns up: in words, codes and ids."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models

from backend.accounts import scope
from backend.accounts.models import Organisation
from talent.people.models import PersonReport
from tests.factories import CohortFactory, OrganisationFactory, PartnerFactory, ProgrammeFactory
from tests.support.partner import Partner, Row

MARK = "QXBVJZKW"
"""Stands in every code and text of the partner's that takes letters; so long that no random token holds it."""
SURNAME = "禤"
"""Of everybody whom the partner reports, and of nobody else."""
WORKBOOK = b"PK\x03\x04"
# Whole numbers that stand alone: no fraction of a second, no day of a workbook, no part of a digest.
NUMBERS = re.compile(r"(?<![\w.])\d{5,}(?![\w.])")


class Marked(Partner):
    """A partner of whom everything is marked."""

    def __init__(self, run_jobs: Callable[[], int]) -> None:
        organisation = OrganisationFactory(
            code=f"{MARK}-UNI",
            name_zh=f"{MARK}大学",
            name_en=f"{MARK} University",
            contacts=[{"name": f"{SURNAME}主任", "email": f"head@{MARK.lower()}.example.com"}],
        )
        named = {"name_zh": f"{MARK}实训", "name_en": f"{MARK} training"}
        programme = ProgrammeFactory(code=f"{MARK}-PROG", organisations=[organisation], **named)
        super().__init__(
            run_jobs,
            organisation,
            programme=programme,
            cohort=CohortFactory(code=f"{MARK}-COHORT", programme=programme, organisation=organisation),
            clerk=PartnerFactory(username=f"{MARK.lower()}-clerk", organisation=organisation),
        )

    def row(self, n: int, **changes: Any) -> Row:
        row = super().row(n, **changes)
        name = row["name"] if "name" in changes else SURNAME + row["name"][1:]
        return row | {"name": name, "partner_ref": f"{MARK}{n:06d}", "remarks": f"{MARK} {n}"}


def ids_of(organisation: Organisation) -> frozenset[str]:
    """The ids of every row that is the organisation's, in whatever table, and of the people whom it alone reported."""
    with scope.everything():
        found = {str(organisation.pk)}
        for model in apps.get_models():
            if _names_an_organisation(model):
                found |= {
                    str(pk) for pk in model._base_manager.filter(organisation=organisation).values_list("pk", flat=True)
                }
        reports = PersonReport.objects
        others = reports.exclude(organisation=organisation).values("person")
        own = reports.filter(organisation=organisation).exclude(person__in=others)
        return frozenset(found | {str(pk) for pk in own.values_list("person", flat=True)})


def _names_an_organisation(model: type[models.Model]) -> bool:
    return any(isinstance(one, models.ForeignKey) and one.name == "organisation" for one in model._meta.fields)


def found(answer: Any, ids: frozenset[str], sent: Iterable[object] = ()) -> set[str]:
    """What of the partner's stands in an answer: in its headers, its body, or any part of a workbook.

    Args:
        ids: what ``ids_of`` gives.
        sent: what the asker named: it may be said back to them.
    """
    hits: set[str] = set()
    named = sorted({str(one) for one in sent}, key=len, reverse=True)
    for text, plain in _texts(answer):
        for one in named:
            text = text.replace(one, "")
        hits |= {mark for mark in (MARK, SURNAME) if mark.casefold() in text.casefold()}
        if plain:
            hits |= set(NUMBERS.findall(text)) & ids
    return hits


def _texts(answer: Any) -> Iterator[tuple[str, bool]]:
    """Every text of an answer, and whether its numbers are what they seem: a workbook's may be days."""
    yield "\n".join(f"{name}: {value}" for name, value in answer.headers.items()), True
    body = answer.getvalue() if hasattr(answer, "getvalue") else bytes(answer.content)
    if not body.startswith(WORKBOOK):
        yield body.decode("utf-8", "replace"), True
        return
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        for name in parts.namelist():
            yield parts.read(name).decode("utf-8", "replace"), False
