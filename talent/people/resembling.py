"""Whom somebody resembles who is on no books: the same keys and the same weights as between two persons who are.

Nothing is written and nobody is filed. In the caller's transaction and under the bureau's scope; what is found is the
bureau's to know.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import polars as pl
from django.db import connection

from talent.people import traits
from talent.people.evidence import FOUND, kinds_of
from talent.people.keys import Kind
from talent.people.probable import LARGEST_BLOCK, PERSON, Strangers, weigh
from talent.people.reading import read_columns
from talent.people.strangers import Key, Resemblance, Stranger
from talent.people.weights import probability, weights

LEAST_CHARACTERS = 2


def resembled(strangers: Sequence[Stranger], keys: Mapping[int, Sequence[Key]]) -> dict[int, list[Resemblance]]:
    """By stranger, the persons on the books who may be them, the likeliest first.

    Args:
        strangers: who is asked about.
        keys: theirs, by ``keys_of``.
    """
    asked = [one for one in strangers if len(one.name) >= LEAST_CHARACTERS]
    pairs = _sharing(asked, keys)
    if pairs.is_empty():
        return {}
    documents = pl.DataFrame(
        [(one.id, id_type) for one in asked for id_type in one.id_types],
        schema={"whole": pl.Int64, "id_type": pl.String},
        orient="row",
    )
    rows = [(one.id, one.id, one.name, one.gender, one.birth_date) for one in asked]
    persons = pl.DataFrame(rows, schema=PERSON, orient="row").join(kinds_of(documents), on="whole", how="left")
    claims = {
        one.id: [(f"education {one.education}", one.school, None)] for one in asked if one.education and one.school
    }
    weighed = weigh(pairs, Strangers(persons, {}, claims))
    wholes = _wholes({pair.b for pair in weighed})
    found: dict[int, dict[int, Resemblance]] = defaultdict(dict)
    for pair in sorted(weighed, key=lambda pair: -pair.bits):
        whole = wholes[pair.b]
        found[pair.a].setdefault(whole, Resemblance(whole, round(probability(pair.bits), 4), pair.reasons))
    return {owner: list(alike.values()) for owner, alike in found.items()}


def _sharing(strangers: Sequence[Stranger], keys: Mapping[int, Sequence[Key]]) -> pl.DataFrame:
    """The pairs of a stranger ``a`` and a person ``b`` who share a key; the three of ``FOUND`` say which traits."""
    lines = [(one.id, kind, key, one.birth_date) for one in strangers for kind, key in keys.get(one.id, ())]
    found = read_columns(
        """
        SELECT kind, who, holder FROM (
            SELECT asked.*, ARRAY(
                SELECT filed.person_id FROM person_key AS filed WHERE filed.key = asked.key
                LIMIT 1 + CASE WHEN kind = %(phone)s THEN %(phones)s ELSE %(most)s END
            ) AS holders
            FROM unnest(%(who)s::bigint[], %(kind)s::smallint[], %(key)s::bigint[], %(born)s::date[])
                AS asked (who, kind, key, born)
        ) AS asking
        CROSS JOIN LATERAL (
            -- A key that too many share is passed over; of a commoner name's month those of the day are looked at.
            SELECT holder FROM unnest(holders) AS holder
            WHERE cardinality(holders) <= CASE WHEN kind = %(phone)s THEN %(phones)s ELSE %(most)s END
            UNION ALL
            SELECT filed.person_id FROM person_key AS filed
            JOIN person ON person.id = filed.person_id AND person.birth_date = asking.born
            WHERE filed.key = asking.key AND kind = %(month)s AND cardinality(holders) > %(most)s
        ) AS held
        """,
        {
            "phone": Kind.PHONE.value,
            "phones": weights().holders_of_a_phone,
            "most": LARGEST_BLOCK,
            "month": Kind.MONTH.value,
            "who": traits.listed(line[0] for line in lines),
            "kind": traits.listed(line[1] for line in lines),
            "key": traits.listed(line[2] for line in lines),
            "born": [line[3] for line in lines],
        },
        {"kind": pl.Int16, "a": pl.Int64, "b": pl.Int64},
    )
    return (
        found.group_by("a", "b")
        .agg(
            (pl.col("kind") == kind.value).any().alias(name)
            for name, kind in zip(FOUND, (Kind.PHONE, Kind.CERTIFICATE, Kind.NUMBER), strict=True)
        )
        .sort("a", "b")
    )


def _wholes(person_ids: Iterable[int]) -> dict[int, int]:
    """By row of a person, the row that speaks for them now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, coalesce(canonical_id, id) FROM person WHERE id = ANY (%s::bigint[])",
            [traits.listed(person_ids)],
        )
        return dict(cursor.fetchall())
