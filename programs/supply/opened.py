"""What a cell is made of, as it is answered and shown: positions, cohorts, people; a batch of them at a time."""

from collections.abc import Sequence
from typing import Any

from backend.accounts.models import Organisation, User
from backend.naming import in_language
from programs.catalogue import selectors as catalogue
from programs.recruitment import selectors as recruitment
from programs.supply.figures import Behind
from talent.people.models import Person
from talent.people.naming import shown_name


def _called(body: Organisation) -> str:
    return in_language(body.name_zh, body.name_en)


def positions(rows: Sequence[Behind], actor: User) -> list[dict[str, Any]]:
    """Positions that are open and not filled; ``body`` is whose they are."""
    known = recruitment.positions(actor).in_bulk([one.subject for one in rows])
    return [
        {
            "position": one.subject,
            "ref": known[one.subject].ref,
            "title": known[one.subject].title,
            "body": known[one.subject].organisation,
            "organisation": known[one.subject].organisation.code,
            "organisation_name": _called(known[one.subject].organisation),
            "needed": one.n,
            "accepted": one.part,
            "open_until": one.day,
        }
        for one in rows
    ]


def cohorts(rows: Sequence[Behind], actor: User) -> list[dict[str, Any]]:
    """Cohorts in which people are in training; ``body`` is whose they are."""
    known = catalogue.cohorts(actor).in_bulk([one.subject for one in rows])
    return [
        {
            "cohort": known[one.subject].code,
            "body": known[one.subject].organisation,
            "organisation": known[one.subject].organisation.code,
            "organisation_name": _called(known[one.subject].organisation),
            "in_training": one.n,
            "ends_on": one.day,
        }
        for one in rows
    ]


def people(rows: Sequence[Behind], actor: User) -> list[dict[str, Any]]:
    """People who count, names as the reader may see them."""
    names = dict(Person.objects.filter(pk__in=[one.subject for one in rows]).values_list("pk", "name"))
    return [
        {"person": one.subject, "name": shown_name(names[one.subject], actor), "high_end": bool(one.part)}
        for one in rows
    ]
