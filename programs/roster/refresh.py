"""Making the roster's entries anew: marked persons, from what stands in the tables now.

One statement works out what each reader may know of the persons of a batch, writes what differs and removes what is no
more. It reads names and telephone numbers beforehand, because their terms cannot be made in SQL: a name's readings come
from a dictionary, and of a number the last four digits are indexed with the vault's key. Joins to the great tables are
lateral with ``OFFSET 0``, so that they go by index whatever the planner believes of the size of a batch.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from backend import locks
from backend.accounts.scope import everything
from backend.vault import services as vault
from programs.roster.terms import Term, name_key, terms_of_name

REFRESHER = "roster.refresher"
BATCH = 5_000
PHONE_END = 4
HIGH_END, OTHER = "high_end", "other"

# Which persons: those marked, whom they were found to be, and everybody found to be these. Who they are is found out
# beforehand, so that the planner of the great statement knows how many they are.
_WHO = """
WITH RECURSIVE upwards AS (
    SELECT marked AS person_id FROM unnest(%(marked)s::bigint[]) AS marked
    UNION
    SELECT step.canonical_id FROM upwards CROSS JOIN LATERAL (
        SELECT canonical_id FROM person WHERE id = upwards.person_id AND canonical_id IS NOT NULL OFFSET 0
    ) AS step
), member AS (
    SELECT upwards.person_id AS head, upwards.person_id FROM upwards CROSS JOIN LATERAL (
        SELECT FROM person WHERE id = upwards.person_id AND canonical_id IS NULL OFFSET 0
    ) AS canonical
    UNION
    SELECT member.head, step.id FROM member CROSS JOIN LATERAL (
        SELECT id FROM person WHERE canonical_id = member.person_id OFFSET 0
    ) AS step
)
SELECT NULL AS head, person_id FROM upwards UNION SELECT head, person_id FROM member"""

_MEMBERS = """
member AS MATERIALIZED (
    SELECT head, person_id FROM unnest(%(heads)s::bigint[], %(members)s::bigint[]) AS member (head, person_id)
)"""

_NAMES = f"""
WITH {_MEMBERS}
SELECT DISTINCT name FROM (
    SELECT known.name FROM member CROSS JOIN LATERAL (
        SELECT name FROM person WHERE id = member.person_id OFFSET 0) AS known
    UNION ALL
    SELECT other.name FROM member CROSS JOIN LATERAL (
        SELECT name FROM person_alias WHERE person_id = member.person_id OFFSET 0) AS other
    UNION ALL
    SELECT given.name FROM member CROSS JOIN LATERAL (
        SELECT name FROM sighting WHERE person_id = member.person_id OFFSET 0) AS given
) AS names"""

_SEALED = f"""
WITH {_MEMBERS}
SELECT sealed.id, sealed.sealed FROM member CROSS JOIN LATERAL (
    SELECT id, sealed FROM record WHERE person_id = member.person_id AND sealed IS NOT NULL OFFSET 0
) AS sealed"""

# What is known, by reader: 0 the bureau, from everything; an organisation from what it reported itself.
_KNOWN = f"""
reported AS MATERIALIZED (
    SELECT member.head, member.person_id, one.* FROM member CROSS JOIN LATERAL (
        SELECT record.id, record.organisation_id, organisation.code AS organisation, programme.code AS programme,
               record.path, record.district, record.segment, record.outcome, record.education, record.title,
               record.basis, record.state, record.completed_on
        FROM record JOIN organisation ON organisation.id = record.organisation_id
        JOIN programme ON programme.id = record.programme_id WHERE record.person_id = member.person_id OFFSET 0
    ) AS one
), reporter AS MATERIALIZED (
    SELECT one.head, one.person_id, one.organisation_id, organisation.code FROM (
        SELECT member.head, member.person_id, named.organisation_id FROM member CROSS JOIN LATERAL (
            SELECT organisation_id FROM person_report WHERE person_id = member.person_id OFFSET 0
        ) AS named
        UNION SELECT head, person_id, organisation_id FROM reported
    ) AS one JOIN organisation ON organisation.id = one.organisation_id
), reader AS MATERIALIZED (
    SELECT DISTINCT 0::bigint AS reader, head, person_id FROM member
    UNION SELECT organisation_id, head, person_id FROM reporter
), held AS MATERIALIZED (
    SELECT DISTINCT head.head, target.code AS target, target.position, one.*, organisation.code AS credited
    FROM (SELECT DISTINCT head FROM member) AS head CROSS JOIN target CROSS JOIN LATERAL (
        SELECT record_id, organisation_id, basis, effective_on FROM standing
        WHERE target_id = target.id AND person_id = head.head OFFSET 0
    ) AS one JOIN organisation ON organisation.id = one.organisation_id
), seen_held AS (
    SELECT 0::bigint AS reader, head, target, position, basis, effective_on, credited FROM held
    UNION ALL
    -- To an organisation its own credit is known in full; of another's it hears that the person counts, and only where
    -- a verified completion of its own would have made them count.
    SELECT organisation_id, head, target, position, basis, effective_on, credited FROM held
    UNION ALL
    SELECT DISTINCT reported.organisation_id, held.head, held.target, held.position, '', NULL::date, ''
    FROM held JOIN reported ON reported.head = held.head AND reported.organisation_id <> held.organisation_id
    WHERE reported.state = 'verified' AND reported.outcome = 'completed'
    AND NOT EXISTS (SELECT FROM reported AS credited WHERE credited.id = held.record_id
                    AND credited.organisation_id = reported.organisation_id)
), posted AS (
    SELECT head.head, target.code AS target, one.* FROM (SELECT DISTINCT head FROM member) AS head CROSS JOIN target
    CROSS JOIN LATERAL (
        SELECT reason, organisation_id, recorded_at, number FROM ledger_entry
        WHERE target_id = target.id AND person_id = head.head ORDER BY number DESC LIMIT 4
    ) AS one
), last_posted AS (
    SELECT DISTINCT ON (reader, head) reader, head, reason FROM (
        SELECT 0::bigint AS reader, head, reason, recorded_at, number FROM posted
        UNION ALL SELECT organisation_id, head, reason, recorded_at, number FROM posted
    ) AS entries ORDER BY reader, head, recorded_at DESC, number DESC
), seen AS (
    SELECT 0::bigint AS reader, * FROM reported UNION ALL SELECT organisation_id, * FROM reported
), said AS (
    SELECT reader, head, term FROM seen CROSS JOIN LATERAL unnest(ARRAY[
        '{Term.STATE}' || state, '{Term.ORGANISATION}' || organisation, '{Term.PROGRAMME}' || programme,
        '{Term.PATH}' || path, '{Term.OUTCOME}' || outcome,
        '{Term.DISTRICT}' || coalesce(nullif(district, ''), 'unspecified'),
        '{Term.SEGMENT}' || coalesce(nullif(segment, ''), 'unspecified'),
        '{Term.EDUCATION}' || nullif(education, ''), '{Term.TITLE}' || nullif(title, '')
    ]) AS term WHERE term IS NOT NULL
    UNION ALL
    SELECT seen.reader, seen.head, '{Term.PHONE}' || phone.term
    FROM seen JOIN unnest(%(records)s::bigint[], %(phones)s::text[]) AS phone (record_id, term)
        ON phone.record_id = seen.id
    UNION ALL
    SELECT 0, head, '{Term.ORGANISATION}' || code FROM reporter
    UNION ALL SELECT organisation_id, head, '{Term.ORGANISATION}' || code FROM reporter
    UNION ALL
    SELECT reader, head, term FROM seen_held CROSS JOIN LATERAL unnest(ARRAY[
        '{Term.COUNTED}*', '{Term.COUNTED}' || target, '{Term.CREDITED}' || nullif(credited, ''),
        '{Term.BASIS}' || nullif(basis, ''), '{Term.SINCE}' || to_char(effective_on, 'YYYY'),
        '{Term.SINCE}' || to_char(effective_on, 'YYYY-MM'), '{Term.SINCE}' || effective_on
    ]) AS term WHERE term IS NOT NULL
    UNION ALL
    SELECT reader.reader, reader.head, '{Term.NOT_COUNTED}' || target.code FROM reader CROSS JOIN target
    WHERE NOT EXISTS (SELECT FROM seen_held WHERE (seen_held.reader, seen_held.head, seen_held.target)
                      = (reader.reader, reader.head, target.code))
    UNION ALL
    SELECT reader.reader, reader.head, '{Term.NOT_COUNTED}*' FROM reader
    WHERE NOT EXISTS (SELECT FROM seen_held WHERE (seen_held.reader, seen_held.head) = (reader.reader, reader.head))
    UNION ALL SELECT reader, head, '{Term.REASON}' || reason FROM last_posted
)"""

# The entries: an organisation knows a person as it reported them, by its own name and under its own documents.
_ENTRIES = f"""
name_terms AS MATERIALIZED (
    SELECT name, string_to_array(terms, ' ') AS terms
    FROM unnest(%(names)s::text[], %(name_terms)s::text[]) AS known (name, terms)
), given AS MATERIALIZED (
    SELECT member.head, member.person_id, one.* FROM member CROSS JOIN LATERAL (
        SELECT id, organisation_id, name FROM sighting WHERE person_id = member.person_id OFFSET 0
    ) AS one
), own_name AS (
    SELECT DISTINCT ON (organisation_id, person_id) organisation_id, person_id, name
    FROM given ORDER BY organisation_id, person_id, id
), named AS (
    SELECT reader.reader, reader.head, coalesce(own_name.name, person.name) AS name, person.id, person.gender,
           person.birth_date
    FROM reader CROSS JOIN LATERAL (
        SELECT id, name, gender, birth_date FROM person WHERE id = reader.person_id OFFSET 0
    ) AS person
    LEFT JOIN own_name ON own_name.organisation_id = reader.reader AND own_name.person_id = reader.person_id
), own_alias AS (
    SELECT 0::bigint AS reader, member.head, other.name FROM member CROSS JOIN LATERAL (
        SELECT name FROM person_alias WHERE person_id = member.person_id OFFSET 0
    ) AS other
    UNION ALL SELECT organisation_id, head, name FROM given
), shown AS (
    -- The row that speaks for the person: of those that the reader knows, the one who they are now, or the earliest.
    SELECT DISTINCT ON (reader, head) reader, head, id AS speaks, name, gender, birth_date
    FROM named ORDER BY reader, head, id <> head, id
), read_as AS (
    SELECT reader, head, term FROM (
        SELECT reader, head, name FROM named UNION ALL SELECT reader, head, name FROM own_alias
    ) AS names JOIN name_terms USING (name) CROSS JOIN LATERAL unnest(name_terms.terms) AS term
), paper AS (
    SELECT reader.reader, reader.head,
           jsonb_agg(jsonb_build_object('id_type', one.id_type, 'number', one.masked_number) ORDER BY one.id) AS papers
    FROM reader CROSS JOIN LATERAL (
        SELECT id, id_type, masked_number FROM identity_document WHERE person_id = reader.person_id OFFSET 0
    ) AS one GROUP BY reader.reader, reader.head
), stood AS (
    SELECT reader, head, array_agg(DISTINCT state) AS states, bool_or(basis <> '') AS high_end
    FROM seen GROUP BY reader, head
), by AS (
    SELECT 0::bigint AS reader, head, array_agg(DISTINCT code) AS codes FROM reporter GROUP BY head
    UNION ALL SELECT organisation_id, head, array_agg(DISTINCT code) FROM reporter GROUP BY organisation_id, head
), counts AS (
    SELECT reader, head, array_agg(target ORDER BY position, target) AS targets,
           array_agg(effective_on ORDER BY position, target) AS since,
           array_agg(basis ORDER BY position, target) AS bases,
           array_agg(credited ORDER BY position, target) AS credited
    FROM seen_held GROUP BY reader, head
), entry AS MATERIALIZED (
    SELECT shown.reader, shown.head, shown.speaks, shown.name, shown.gender, shown.birth_date,
           coalesce(paper.papers, '[]') AS documents, coalesce(by.codes, '{{}}')::text[] AS organisations,
           coalesce(stood.states, '{{}}')::text[] AS states,
           CASE WHEN stood.high_end THEN '{HIGH_END}' ELSE '{OTHER}' END AS tier,
           coalesce(counts.targets, '{{}}')::text[] AS targets, coalesce(counts.since, '{{}}') AS since,
           coalesce(counts.bases, '{{}}')::text[] AS bases, coalesce(counts.credited, '{{}}')::text[] AS credited,
           coalesce(last_posted.reason, '') AS reason
    FROM shown LEFT JOIN paper USING (reader, head) LEFT JOIN by USING (reader, head)
    LEFT JOIN stood USING (reader, head) LEFT JOIN counts USING (reader, head)
    LEFT JOIN last_posted USING (reader, head)
), word AS (
    SELECT reader, head, term FROM said
    UNION ALL SELECT reader, head, term FROM read_as
    UNION ALL SELECT reader, head, term FROM entry CROSS JOIN LATERAL unnest(ARRAY[
        'R', 'A' || (speaks >> 10), 'B' || (speaks >> 16), '{Term.TIER}' || tier, '{Term.GENDER}' || nullif(gender, ''),
        '{Term.BORN}' || extract(year FROM birth_date)
    ]) AS term WHERE term IS NOT NULL
), found_by AS (
    SELECT reader, head, array_to_tsvector(array_agg(DISTINCT to_hex(reader) || '.' || left(term, 200))) AS terms
    FROM word GROUP BY reader, head
), fresh AS MATERIALIZED (
    SELECT entry.*, found_by.terms, known.key FROM entry JOIN found_by USING (reader, head)
    JOIN unnest(%(names)s::text[], %(keys)s::text[]) AS known (name, key) ON known.name = entry.name
)"""

_COLUMNS = (
    *("name", "name_key", "gender", "birth_date", "documents", "organisations", "states", "tier", "targets", "since"),
    *("bases", "credited", "reason", "terms"),
)

_WRITING = f"""
gone AS (
    DELETE FROM roster WHERE person_id = ANY(%(touched)s)
    AND NOT EXISTS (SELECT FROM fresh WHERE (fresh.reader, fresh.speaks) = (roster.organisation_id, roster.person_id))
    RETURNING 1
), written AS (
    INSERT INTO roster (organisation_id, person_id, {", ".join(_COLUMNS)})
    SELECT reader, speaks, {", ".join("key" if column == "name_key" else column for column in _COLUMNS)} FROM fresh
    ORDER BY reader, speaks
    ON CONFLICT (organisation_id, person_id) DO UPDATE
    SET {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS)}
    WHERE ({", ".join(f"roster.{column}" for column in _COLUMNS)})
        IS DISTINCT FROM ({", ".join(f"excluded.{column}" for column in _COLUMNS)})
    RETURNING 1
)
SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM gone)"""

_COMPARING = f"""
SELECT coalesce(fresh.reader, roster.organisation_id), coalesce(fresh.speaks, roster.person_id)
FROM fresh FULL JOIN (
    SELECT * FROM roster WHERE person_id = ANY(%(touched)s)
) AS roster ON (roster.organisation_id, roster.person_id) = (fresh.reader, fresh.speaks)
WHERE ({", ".join(f"roster.{column}" for column in _COLUMNS)})
    IS DISTINCT FROM ({", ".join(f"fresh.{'key' if column == 'name_key' else column}" for column in _COLUMNS)})
ORDER BY 1, 2"""

_COMPUTED = f"WITH {_MEMBERS}, {_KNOWN}, {_ENTRIES}"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was done: marks taken, entries written, entries removed."""

    marks: int = 0
    written: int = 0
    removed: int = 0

    def __add__(self, other: "Refreshed") -> "Refreshed":
        return Refreshed(self.marks + other.marks, self.written + other.written, self.removed + other.removed)


def refresh_batch(*, limit: int = BATCH) -> Refreshed | None:
    """Make the entries of up to ``limit`` marks anew, in a transaction of its own; ``None`` where another is at it.

    Done in full or not at all; done again it writes nothing.
    """
    with everything(), connection.cursor() as cursor:
        if not locks.try_hold(REFRESHER):
            return None
        cursor.execute(
            "DELETE FROM roster_mark WHERE id = ANY(ARRAY(SELECT id FROM roster_mark ORDER BY id LIMIT %s"
            " FOR UPDATE SKIP LOCKED)) RETURNING person_id",
            [limit],
        )
        marked = [person for (person,) in cursor.fetchall()]
        if not marked:
            return Refreshed()
        return Refreshed(len(marked)) + refresh(marked)


def refresh(person_ids: Sequence[int]) -> Refreshed:
    """Make the entries of some persons anew, in the caller's transaction that sees everything."""
    written, removed = _computed(person_ids, _WRITING)[0]
    return Refreshed(0, written, removed)


def differing(person_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Reader and person of every entry of some persons that is not what it should be; nothing is written."""
    return [(reader, person) for reader, person in _computed(person_ids, _COMPARING)]


def _computed(person_ids: Sequence[int], rest: str) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        # Compiling the plan would take longer than carrying it out.
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(_WHO, {"marked": sorted(set(person_ids))})
        found = cursor.fetchall()
        who = {
            "touched": sorted({person for _head, person in found}),
            "heads": [head for head, _person in found if head is not None],
            "members": [person for head, person in found if head is not None],
        }
        cursor.execute(_NAMES, who)
        names = [name for (name,) in cursor.fetchall()]
        cursor.execute(_SEALED, who)
        records, phones = _phones(cursor.fetchall())
        terms = [terms_of_name(name) for name in names]
        made = {
            "names": names,
            "name_terms": [" ".join(one) for one in terms],
            "keys": [name_key(name) for name in names],
            "records": records,
            "phones": phones,
        }
        comma = ", " if rest is _WRITING else " "
        cursor.execute(_COMPUTED + comma + rest, {**who, **made})
        return cursor.fetchall()


def phone_term(digits: str) -> str:
    """What the last four digits of a telephone number are found by; it cannot be read back without the vault's key."""
    return vault.index_many([f"phone-end|{digits}"])[0].hex()[:16]


def _phones(rows: Sequence[tuple[int, bytes]]) -> tuple[list[int], list[str]]:
    ids = [number for number, _sealed in rows]
    opened = vault.unseal_many("record", "sealed", ids, [sealed for _number, sealed in rows])
    ends: dict[int, str] = {}
    for number, text in zip(ids, opened, strict=True):
        digits = "".join(one for one in (json.loads(text).get("mobile") or "") if one.isdigit())
        if len(digits) > PHONE_END:
            ends[number] = digits[-PHONE_END:]
    known = sorted(set(ends.values()))
    indexed = dict(zip(known, vault.index_many([f"phone-end|{end}" for end in known]), strict=True))
    return list(ends), [indexed[end].hex()[:16] for end in ends.values()]
