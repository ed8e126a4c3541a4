"""Looking for persons who may be one under different documents, and asking an officer about them.

Set-based work behind a commit: persons are filed under blind keys, those who share a key are looked up by index, never
all pairs, and what is found is weighed. A key that very many share is not gone through: what is passed over is counted
and told with the result, so that nothing is lost unnoticed. Nobody is merged here (decision 0021).
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl
from django.db import connection

from backend import locks
from talent.people import traits
from talent.people.evidence import FOUND, Known, Reasoned, beside_names, compared, kinds_of, like_twins
from talent.people.evidence import of_schools as compare_schools
from talent.people.filing import file
from talent.people.keys import ALL_PERSONS, Blinder, Kind, name_trait, school_trait, sound_trait
from talent.people.matching import Reason
from talent.people.reading import read_columns
from talent.people.weights import Weights, probability, weights

logger = logging.getLogger(__name__)

TURN = "people.comparing"
LARGEST_BLOCK = 100
"""Persons under one key that are gone through; of a commoner name's month those of the same day of birth alone."""

SHARED = {"kind": pl.Int16, "asking": pl.Int64, "holder": pl.Int64}
PERSON = {"id": pl.Int64, "whole": pl.Int64, "name": pl.String, "gender": pl.String, "birth_date": pl.Date}
Claims = Mapping[int, Sequence[tuple[str, str, bytes | None]]]


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing came to: persons of whom anything new was learnt, pairs weighed, cases opened, and how many times
    a key was passed over because too many share it."""

    persons: int = 0
    pairs: int = 0
    cases: int = 0
    passed_over: int = 0

    def __add__(self, other: "Compared") -> "Compared":
        return Compared(
            self.persons + other.persons,
            self.pairs + other.pairs,
            self.cases + other.cases,
            self.passed_over + other.passed_over,
        )


def compare_persons(*, person_ids: Sequence[int], submission_id: int) -> Compared:
    """File persons, and ask about those who may be the same as somebody else on the books.

    In the caller's transaction and under the bureau's scope. Comparisons take turns, so that of two submissions that
    bring the same human being the second finds what the first has filed. Done again it finds nothing new.

    Args:
        person_ids: the persons of a submission, or some of them.
        submission_id: the submission: of these persons, what it said is what made a pair known.
    """
    locks.hold(TURN)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
    filed = file(person_ids)
    if not filed.learnt:
        return Compared()
    pairs, passed_over = _sharing(filed.learnt)
    if passed_over:
        logger.info("Submission %s: %s keys were too common to be gone through.", submission_id, passed_over)
    reasoned = weigh(pairs)
    return Compared(len(filed.learnt), pairs.height, _ask_about(reasoned, submission_id), passed_over)


def _sharing(learnt: Iterable[int]) -> tuple[pl.DataFrame, int]:
    """The pairs of a learnt person and whoever shares a key with them, and how many keys were too common.

    ``a`` is the longer known of the two; the three of ``FOUND`` say which of the blind traits they share.
    """
    most_phones = weights().holders_of_a_phone
    found = read_columns(
        """
        SELECT kind, asking.person_id, holder FROM (
            SELECT asked.kind, asked.person_id, ARRAY(
                SELECT filed.person_id FROM person_key AS filed WHERE filed.key = asked.key
                LIMIT 1 + CASE WHEN asked.kind = %(phone)s THEN %(phones)s ELSE %(most)s END
            ) AS holders
            FROM asked WHERE asked.person_id = ANY (%(learnt)s::bigint[])
        ) AS asking
        CROSS JOIN LATERAL unnest(
            CASE WHEN cardinality(holders) > CASE WHEN kind = %(phone)s THEN %(phones)s ELSE %(most)s END
                 THEN ARRAY[0::bigint] ELSE holders END
        ) AS holder
        WHERE cardinality(holders) > 1 AND holder <> asking.person_id
        """,
        {"phone": Kind.PHONE.value, "phones": most_phones, "most": LARGEST_BLOCK, "learnt": traits.listed(learnt)},
        SHARED,
    )
    common = found.filter(pl.col("holder") == 0)
    by_day = _of_the_same_day(common.filter(pl.col("kind") == Kind.MONTH.value)["asking"].to_list())
    # Many holders of one telephone number are an office's: that says nothing, and is nothing lost.
    passed_over = common.filter(~pl.col("kind").is_in([Kind.MONTH.value, Kind.PHONE.value])).height
    found = pl.concat([found.filter(pl.col("holder") != 0), by_day])
    pairs = (
        found.with_columns(a=pl.min_horizontal("asking", "holder"), b=pl.max_horizontal("asking", "holder"))
        .group_by("a", "b")
        .agg(
            (pl.col("kind") == kind.value).any().alias(name)
            for name, kind in zip(FOUND, (Kind.PHONE, Kind.CERTIFICATE, Kind.NUMBER), strict=True)
        )
        .sort("a", "b")
    )
    return pairs, passed_over


def _of_the_same_day(asking: Sequence[int]) -> pl.DataFrame:
    """Where a name's month is too common to be gone through, those of its holders who were born on the same day."""
    if not asking:
        return pl.DataFrame(schema=SHARED)
    return read_columns(
        """
        SELECT asked.kind, asked.person_id, filed.person_id
        FROM asked
        JOIN person AS one ON one.id = asked.person_id
        JOIN person_key AS filed ON filed.key = asked.key AND filed.person_id <> asked.person_id
        JOIN person AS other ON other.id = filed.person_id AND other.birth_date = one.birth_date
        WHERE asked.kind = %(month)s AND asked.person_id = ANY (%(asking)s::bigint[])
        """,
        {"month": Kind.MONTH.value, "asking": traits.listed(asking)},
        SHARED,
    )


def weigh(pairs: pl.DataFrame, strangers: "Strangers | None" = None) -> list[Reasoned]:
    """The pairs that reach the threshold, with their reasons; of several rows of the same two the weightiest pair.

    Args:
        pairs: ``a``, ``b`` and the three of ``FOUND``.
        strangers: what is known of those of them who are no persons on the books.
    """
    if pairs.is_empty():
        return []
    scale = weights()
    known = _known(pairs)
    if strangers is not None:
        known = replace(
            known,
            persons=pl.concat([known.persons, strangers.persons], how="diagonal"),
            names={**known.names, **strangers.names},
        )
    told = beside_names(pairs, known, scale)
    counts = _Counts(known.total)
    # What no name and no school can make up for is left here: most of those who merely share a day and a surname.
    best = scale.shared(Reason.SAME_NAME, 1, known.total)
    schooling = scale.shared(Reason.SAME_SCHOOL, 1, known.total)
    told = told.filter(pl.col("bits") + best + schooling >= scale.least_bits)
    rows = told.select("a", "b", "whole", "whole_b", "bits", "born", "sex", "called", "certified", "papers").rows()
    concerned = sorted({id for row in rows for id in row[:2]})
    claims = {**_claims(concerned), **(strangers.claims if strangers is not None else {})}
    names = {id: (name, *known.names.get(id, ())) for id, name in known.persons.select("id", "name").rows()}
    counts.look_up(
        {text for id in concerned for name in names[id] for text in (name_trait(name), sound_trait(name))}
        | {school_trait(school) for id in concerned for _level, school, _number in claims.get(id, ())}
    )
    strongest: dict[tuple[int, int], Reasoned] = {}
    for a, b, whole, whole_b, bits, *columns in rows:
        one = _with_the_rest(Reasoned(a, b, bits), columns, names, claims, counts, scale)
        two = (min(whole, whole_b), max(whole, whole_b))
        if one.bits >= scale.least_bits and (two not in strongest or strongest[two].bits < one.bits):
            strongest[two] = one
    return list(strongest.values())


@dataclass(frozen=True, slots=True)
class Strangers:
    """People who are on no books, as ``Known`` has persons: each under a number below 0, which no person has."""

    persons: pl.DataFrame
    names: Mapping[int, Sequence[str]]
    claims: Claims


class _Counts:
    """How many persons have a trait, by the books; ``total`` is how many there are."""

    def __init__(self, total: int) -> None:
        self.total = total
        self._persons: dict[str, int] = {}

    def look_up(self, texts: Iterable[str]) -> None:
        """Read the counts of some traits."""
        asked = sorted(texts)
        keys = Blinder()(asked)
        with connection.cursor() as cursor:
            cursor.execute("SELECT key, persons FROM trait_count WHERE key = ANY (%s::bigint[])", [traits.listed(keys)])
            persons = dict(cursor.fetchall())
        self._persons = {text: persons.get(key, 1) for text, key in zip(asked, keys, strict=True)}

    def of(self, *texts: str) -> int:
        """How many have the commonest of some traits."""
        return max(self._persons.get(text, 1) for text in texts)


def _with_the_rest(
    pair: Reasoned,
    columns: Sequence[str | None],
    names: Mapping[int, Sequence[str]],
    claims: Claims,
    counts: _Counts,
    scale: Weights,
) -> Reasoned:
    """A pair with its names, its schools and its certificates weighed as well."""
    reasons = {Reason(code): scale.evidence[Reason(code)].bits for code in columns if code}
    weighed = [
        (_named(reason, one, other, counts, scale), reason)
        for one in names[pair.a]
        for other in names[pair.b]
        for reason in [compared(one, other)]
    ]
    named_bits, named = max(weighed)
    reasons[named] = named_bits
    schools, certificates, school = compare_schools(claims.get(pair.a, ()), claims.get(pair.b, ()))
    if schools is not None:
        reasons[schools] = scale.evidence[schools].bits
        if schools == Reason.SAME_SCHOOL:
            reasons[schools] = scale.shared(schools, counts.of(school_trait(school)), counts.total)
    if certificates is not None and Reason.SAME_CERTIFICATE not in reasons:
        reasons[certificates] = scale.evidence[certificates].bits
    born, _sex, _called, _certified, papers = columns
    if like_twins(born, named, papers) and Reason.SAME_CERTIFICATE not in reasons:
        reasons[Reason.LIKE_TWINS] = scale.evidence[Reason.LIKE_TWINS].bits
    already = sum(scale.evidence[Reason(code)].bits for code in columns if code)
    ordered = sorted(reasons.items(), key=lambda item: -abs(item[1]))
    total = pair.bits + sum(reasons.values()) - already
    return replace(pair, bits=total, reasons=[(reason.value, round(bits, 1)) for reason, bits in ordered])


def _named(reason: Reason, one: str, other: str, counts: _Counts, scale: Weights) -> float:
    if scale.evidence[reason].u is not None:
        return scale.evidence[reason].bits
    trait = name_trait if reason == Reason.SAME_NAME else sound_trait
    return scale.shared(reason, counts.of(trait(one), trait(other)), counts.total)


def _known(pairs: pl.DataFrame) -> Known:
    ids = traits.listed(sorted({*pairs["a"].to_list(), *pairs["b"].to_list()}))
    persons = read_columns(
        "SELECT id, coalesce(canonical_id, id), name, gender, birth_date FROM person"
        " WHERE id = ANY (%(ids)s::bigint[])",
        {"ids": ids},
        PERSON,
    )
    documents = read_columns(
        "SELECT coalesce(person.canonical_id, person.id), id_type FROM identity_document"
        " JOIN person ON person.id = person_id"
        " WHERE person.id = ANY (%(wholes)s::bigint[]) OR person.canonical_id = ANY (%(wholes)s::bigint[])",
        {"wholes": traits.listed(persons["whole"].unique())},
        {"whole": pl.Int64, "id_type": pl.String},
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, name FROM person_alias WHERE person_id = ANY (%s::bigint[])", [ids])
        names: dict[int, list[str]] = defaultdict(list)
        for person, name in cursor.fetchall():
            names[person].append(name)
        cursor.execute("SELECT persons FROM trait_count WHERE key = %s", [ALL_PERSONS])
        [total] = cursor.fetchone() or (0,)
    return Known(persons.join(kinds_of(documents), on="whole", how="left"), names, total)


def _claims(ids: Sequence[int]) -> Claims:
    found: dict[int, list[tuple[str, str, bytes | None]]] = defaultdict(list)
    for one in traits.claims(ids):
        found[one.person_id].append((one.level, one.school, one.certificate))
    return found


_ASK = """
WITH pair AS MATERIALIZED (
    SELECT found.a, found.b, found.score, found.reasons::jsonb AS reasons,
           coalesce(one.canonical_id, one.id) AS whole, coalesce(other.canonical_id, other.id) AS whole_b,
           other.name, other.name_key
    FROM unnest(%(a)s::bigint[], %(b)s::bigint[], %(score)s::float8[], %(reasons)s::text[])
        AS found (a, b, score, reasons)
    JOIN person AS one ON one.id = found.a
    JOIN person AS other ON other.id = found.b
), answered AS MATERIALIZED (
    -- Every pair that was ever asked about, whatever came of it, as the two that it is about now.
    SELECT DISTINCT least(first.whole, second.whole) AS whole, greatest(first.whole, second.whole) AS whole_b
    FROM (
        SELECT coalesce(person.canonical_id, person.id) AS whole, person.id FROM person
        WHERE id IN (SELECT whole FROM pair UNION SELECT whole_b FROM pair)
           OR canonical_id IN (SELECT whole FROM pair UNION SELECT whole_b FROM pair)
    ) AS first
    JOIN match_case ON match_case.person_id = first.id AND match_case.kind = 'pair'
    JOIN LATERAL (
        SELECT coalesce(person.canonical_id, person.id) AS whole FROM person WHERE person.id = match_case.other_id
    ) AS second ON true
)
INSERT INTO match_case (kind, person_id, other_id, organisation_id, submission_id, row, name, name_key, score, reasons,
                        state)
SELECT 'pair', pair.a, pair.b, source.organisation_id, source.submission_id, source.row, pair.name, pair.name_key,
       pair.score, pair.reasons, 'open'
FROM pair
CROSS JOIN LATERAL (
    SELECT organisation_id, submission_id, row FROM sighting
    WHERE person_id IN (pair.a, pair.b)
    ORDER BY submission_id = %(submission)s DESC, person_id = pair.b DESC, id DESC LIMIT 1
) AS source
WHERE pair.whole <> pair.whole_b
AND NOT EXISTS (
    SELECT FROM answered
    WHERE answered.whole = least(pair.whole, pair.whole_b) AND answered.whole_b = greatest(pair.whole, pair.whole_b)
)
ORDER BY pair.score DESC, pair.a, pair.b
ON CONFLICT DO NOTHING
"""


def _ask_about(found: Sequence[Reasoned], submission_id: int) -> int:
    """Open a case for each pair that was never asked about, nor the two whom its persons are now; how many."""
    if not found:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _ASK,
            {
                "a": [one.a for one in found],
                "b": [one.b for one in found],
                "score": [round(probability(one.bits), 4) for one in found],
                "reasons": [json.dumps([{"code": code, "bits": bits} for code, bits in one.reasons]) for one in found],
                "submission": submission_id,
            },
        )
        return cursor.rowcount
