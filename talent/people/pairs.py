"""Match cases as they are shown: the two sides with all by which they are told apart, and the reasons in words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from talent.people import selectors, traits
from talent.people.matching import Reason
from talent.people.models import Person, PersonReport

MATCH_COLUMNS = {
    "id": "id",
    "kind": "kind",
    "state": "state",
    "score": "score",
    "reasons": "reasons",
    "person": "person_id",
    "other": "other_id",
    "name_on_record": "person__name",
    "name_reported": "name",
    "organisation": "organisation__code",
    "submission": "submission_id",
    "row": "row",
    "follows": "follows_id",
    "opened_at": "opened_at",
    "decided_at": "decided_at",
}


def shown_matches(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of match cases, read by ``MATCH_COLUMNS``'s paths, with the reasons in words and what is known of each side.

    ``sides`` holds the person on record and, of a pair, the other one.
    """
    concerned = {row[side] for row in rows for side in ("person_id", "other_id") if row[side]}
    known = sides(concerned)
    return [
        {name: row[source] for name, source in MATCH_COLUMNS.items()}
        | {
            "reasons": [told(reason) for reason in row["reasons"]],
            "documents": known[row["person_id"]]["documents"],
            "sides": [known[row[side]] for side in ("person_id", "other_id") if row[side]],
        }
        for row in rows
    ]


def sides(person_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What is known of persons as their rows have it, for officers: by these a pair is judged."""
    ids = sorted(person_ids)
    documents = selectors.masked_documents(ids)
    schools: dict[int, dict[str, None]] = defaultdict(dict)
    for claim in traits.claims(ids):
        if claim.school:
            schools[claim.person_id][claim.school] = None
    reporters: dict[int, list[str]] = defaultdict(list)
    reports = PersonReport.objects.filter(person__in=ids).order_by("organisation__code")
    for person, code in reports.values_list("person_id", "organisation__code"):
        reporters[person].append(code)
    return {
        one.pk: {
            "person": one.pk,
            "now": one.canonical_id or one.pk,
            "name": one.name,
            "gender": one.gender,
            "birth_date": one.birth_date,
            "documents": documents.get(one.pk, []),
            "schools": list(schools.get(one.pk, ())),
            "organisations": reporters.get(one.pk, []),
            "since": one.created_at,
        }
        for one in Person.objects.filter(pk__in=ids)
    }


def told(reason: str | Mapping[str, Any]) -> dict[str, Any]:
    """A reason with its words and, of a pair, its weight: above nought for one person, below nought against it."""
    code, bits = (reason, None) if isinstance(reason, str) else (reason["code"], reason["bits"])
    return {"code": code, "message": said(code), "weight": bits}


def said(reason: str) -> str:
    """A match's reason in the reader's language."""
    return {
        Reason.SAME_NUMBER: _("Both give the same identity number."),
        Reason.READ_ALIKE: _("The names are read alike."),
        Reason.SAME_CHARACTERS: _("The names hold the same characters in another order."),
        Reason.PART_OF_NAME: _("One name is part of the other."),
        Reason.NAMES_ALIKE: _("The names share half of their characters or more."),
        Reason.NAMES_DIFFER: _("The names share less than half of their characters."),
        Reason.SAME_BIRTH_DATE: _("The days of birth agree."),
        Reason.OTHER_BIRTH_DATE: _("The days of birth differ."),
        Reason.SAME_NAME: _("The names are the same."),
        Reason.OTHER_SURNAME: _("The given names agree, the surnames differ."),
        Reason.OTHER_GIVEN_NAME: _("The surnames agree, the given names differ."),
        Reason.BIRTH_DATE_TURNED: _("The days of birth agree if day and month are exchanged."),
        Reason.BIRTH_DATE_NEAR: _("The days of birth differ in the year, the month or the day alone."),
        Reason.SAME_GENDER: _("The genders agree."),
        Reason.OTHER_GENDER: _("The genders differ."),
        Reason.SAME_PHONE: _("The same telephone number was given for both."),
        Reason.SAME_CERTIFICATE: _("The same certificate number was given for both."),
        Reason.OTHER_CERTIFICATE: _("Certificates of the same level bear different numbers."),
        Reason.SAME_SCHOOL: _("Both graduated at the same level from the same school."),
        Reason.OTHER_SCHOOL: _("They graduated at the same level from different schools."),
        Reason.NEAR_NUMBER: _("The document numbers differ by one character, and nothing checks such a number."),
        Reason.OTHER_RESIDENT_NUMBER: _("Each has a resident identity number, and one keeps that for life."),
        Reason.OTHER_PERMIT_NUMBER: _("Each has a permit whose number is for life, and the two differ."),
        Reason.ANOTHER_PASSPORT: _("The passports bear different numbers, as they do when one is replaced."),
        Reason.ANOTHER_KIND_OF_DOCUMENT: _("They were reported under different kinds of document."),
        Reason.LIKE_TWINS: _("They agree and differ as twins do."),
    }[Reason(reason)]
