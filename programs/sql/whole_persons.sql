-- The look-ups that cross organisations, as they are since persons may be merged: what is said of a number is said of
-- the human being, under whichever of their documents others reported them. `person_id` is still the row that the
-- document belongs to, `whole_id` who that row is now.
GRANT CREATE ON SCHEMA public TO shugu_resolver;
SET ROLE shugu_resolver;

DROP FUNCTION known_numbers(bytea[], text[], bigint);
CREATE FUNCTION known_numbers(number_indexes bytea[], name_keys text[], asking bigint)
RETURNS TABLE (place integer, person_id bigint, name_state smallint, elsewhere boolean, whole_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1000
SET search_path = public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
    SELECT asked.place::integer,
           document.person_id,
           (CASE WHEN NOT report.live THEN 0
                 WHEN person.name_key = asked.name_key
                      OR EXISTS (SELECT FROM person_alias alias
                                 WHERE alias.person_id = person.id AND alias.name_key = asked.name_key)
                      OR EXISTS (SELECT FROM unnest(others.ids) AS other (id)
                                 JOIN person another ON another.id = other.id
                                 WHERE another.name_key = asked.name_key
                                    OR EXISTS (SELECT FROM person_alias alias
                                               WHERE alias.person_id = other.id
                                                 AND alias.name_key = asked.name_key)) THEN 1
                 ELSE 2 END)::smallint,
           report.elsewhere,
           others.whole_id
    FROM unnest(number_indexes, name_keys) WITH ORDINALITY AS asked (number_index, name_key, place)
    JOIN identity_document document ON document.number_index = asked.number_index
    JOIN person ON person.id = document.person_id
    CROSS JOIN LATERAL (
        SELECT coalesce(person.canonical_id, person.id) AS whole_id,
               CASE WHEN person.canonical_id IS NULL
                    THEN ARRAY(SELECT merged.id FROM person merged WHERE merged.canonical_id = person.id)
                    ELSE ARRAY(SELECT merged.id FROM person merged
                               WHERE merged.canonical_id = person.canonical_id AND merged.id <> person.id)
                         || person.canonical_id
               END AS ids
    ) AS others
    CROSS JOIN LATERAL (
        SELECT count(*) > 0 AS live, coalesce(bool_or(found.organisation_id <> asking), false) AS elsewhere
        FROM (
            SELECT record.organisation_id FROM record
            WHERE record.person_id = person.id AND record.state NOT IN ('rejected', 'revoked', 'withdrawn')
            UNION ALL
            SELECT record.organisation_id FROM unnest(others.ids) AS other (id)
            JOIN record ON record.person_id = other.id
            WHERE record.state NOT IN ('rejected', 'revoked', 'withdrawn')
        ) AS found
    ) AS report
$$;
COMMENT ON FUNCTION known_numbers IS
    'For each blind index asked: the person whose document it is, whether the name agrees with one on record (0 nothing on record, 1 agrees, 2 differs), whether another organisation reports them, and who they are now.';

CREATE OR REPLACE FUNCTION certificates_elsewhere(number_indexes bytea[], person_ids bigint[])
RETURNS TABLE (place integer)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
    SELECT DISTINCT asked.place::integer
    FROM unnest(number_indexes, person_ids) WITH ORDINALITY AS asked (number_index, person_id, place)
    JOIN credential ON credential.number_index = asked.number_index
    JOIN person holder ON holder.id = credential.person_id
        AND coalesce(holder.canonical_id, holder.id) IS DISTINCT FROM asked.person_id
    JOIN record ON record.id = credential.record_id AND record.state NOT IN ('rejected', 'revoked', 'withdrawn')
$$;
COMMENT ON FUNCTION certificates_elsewhere IS
    'The places of those certificate numbers that stand on another human being than the one asked about, who is named by the row that they are now.';

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM shugu_resolver;
