"""What the books say of somebody who is entered as a candidate, and whether they are one already.

A document's number is asked about as a file's rows are (``known_numbers``), the rest by the keys and weights by which
persons are told apart. An organisation is told whether, and never by whom or as whom; so it could ask who is on
record, and whoever lets it ask limits and enters it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.accounts.scope import everything
from programs.recruitment.models import Candidate
from programs.targets.models import Standing
from talent.people.keys import Kind
from talent.people.strangers import Key, Resemblance, Stranger

Known = Candidate.Known
SAME_PERSON = "same_document"
ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one: ``person_id`` the holder of the document, ``hints`` whom they resemble otherwise."""

    known: str = Known.NOBODY.value
    person_id: int | None = None
    hints: Sequence[Resemblance] = field(default=())


@dataclass(frozen=True, slots=True)
class Double:
    """Another candidate who is the same person, by the same document, or may be (``alike``)."""

    id: int
    why: str


def look_up(
    strangers: Sequence[Stranger],
    keys: Mapping[int, Sequence[Key]],
    numbers: Mapping[int, tuple[bytes, str]],
    organisation_id: int,
) -> dict[int, Answer]:
    """By stranger, what the books say of them.

    Args:
        strangers: who is asked about.
        keys: theirs, by ``keys_of``.
        numbers: by stranger with a document, its number's blind index and the key of the name.
        organisation_id: who asks.
    """
    # The engine is heavy: a process that enters nobody does not load it.
    from talent.people.resembling import resembled

    with everything():
        holders = _holders(numbers, organisation_id)
        counting = set(
            Standing.objects.filter(person__in=set(holders.values())).values_list("person_id", flat=True).distinct()
        )
        alike = resembled(strangers, keys)
    found = {}
    for one in strangers:
        holder = holders.get(one.id)
        hints = [hint for hint in alike.get(one.id, ()) if hint.person_id != holder]
        if holder is not None:
            found[one.id] = Answer(Known.COUNTS if holder in counting else Known.REPORTED, holder, hints)
        else:
            found[one.id] = Answer(Known.MAYBE if hints else Known.NOBODY, None, hints)
    return found


def _holders(numbers: Mapping[int, tuple[bytes, str]], organisation_id: int) -> dict[int, int]:
    """By stranger, the person who holds the document, by the row that speaks for them, where anybody reports them."""
    if not numbers:
        return {}
    asked = list(numbers)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, whole_id FROM known_numbers(%s::bytea[], %s::text[], %s) WHERE name_state > 0",
            [[numbers[one][0] for one in asked], [numbers[one][1] for one in asked], organisation_id],
        )
        return {asked[place - 1]: whole for place, whole in cursor.fetchall()}


def elsewhere(indexes: Sequence[bytes], name_keys: Sequence[str], organisation_id: int) -> list[int]:
    """The places of those documents whose holder another organisation reports (rule W04)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place FROM known_numbers(%s::bytea[], %s::text[], %s) WHERE elsewhere",
            [list(indexes), list(name_keys), organisation_id],
        )
        return [place - 1 for (place,) in cursor.fetchall()]


_DOUBLES = """
SELECT other.id, coalesce(other.number_index = mine.number_index, false)
FROM candidate AS mine
JOIN candidate AS other ON other.id <> mine.id AND (%(everywhere)s OR other.organisation_id = mine.organisation_id)
LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT ours.kind) AS kinds
    FROM candidate_key AS ours
    JOIN candidate_key AS theirs ON theirs.key = ours.key AND theirs.candidate_id = other.id
    WHERE ours.candidate_id = mine.id
) AS shared ON true
WHERE mine.id = %(id)s
AND other.id IN (
    SELECT id FROM candidate WHERE number_index = mine.number_index
    UNION
    SELECT theirs.candidate_id FROM candidate_key AS ours
    JOIN candidate_key AS theirs ON theirs.key = ours.key
    WHERE ours.candidate_id = mine.id AND ours.kind IN (%(phone)s, %(month)s)
)
AND (other.number_index = mine.number_index
     -- Read alike and born on the same day; or read alike, or called the same, under the same telephone number.
     OR (other.number_index IS NULL OR mine.number_index IS NULL)
        AND (shared.kinds @> %(born)s::smallint[]
             OR %(phone)s = ANY (shared.kinds) AND (other.name_index = mine.name_index
                                                   OR shared.kinds && %(named)s::smallint[])))
ORDER BY other.id
LIMIT %(most)s
"""
MOST_DOUBLES = 20


def doubles(candidate: Candidate, actor: User) -> list[Double]:
    """Other candidates who are, or may be, the same person: an organisation's own; for the bureau everybody's."""
    with everything(), connection.cursor() as cursor:
        cursor.execute(
            _DOUBLES,
            {
                "id": candidate.pk,
                "everywhere": actor.sees_everything,
                "phone": Kind.PHONE.value,
                "month": Kind.MONTH.value,
                "born": [Kind.MONTH.value, Kind.DAY.value],
                "named": [Kind.MONTH.value, Kind.DAY.value, Kind.YEARLESS.value, Kind.SCHOOL.value],
                "most": MOST_DOUBLES,
            },
        )
        return [Double(id, SAME_PERSON if same else ALIKE) for id, same in cursor.fetchall()]


def sentence(known: str) -> str:
    """What an organisation is told of what the books say: whether, and neither by whom nor as whom."""
    told = {
        Known.COUNTS: _("This document is already on record for a person who counts. They will count once."),
        Known.REPORTED: _("This document is already on record for a person who is reported. They will count once."),
        Known.MAYBE: _("This person may be known already. The bureau will look at it once they are reported."),
    }
    return told.get(Known(known), "")
