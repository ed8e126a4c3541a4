-- A file's numbers are looked up one by one, in the order in which they are asked for: OFFSET 0 leaves the planner no
-- other order. Where the tables had no statistics yet it went from the books to the file, and compared every number of
-- the one with every number of the other.
GRANT CREATE ON SCHEMA public TO shugu_resolver;
SET ROLE shugu_resolver;

CREATE OR REPLACE FUNCTION known_numbers(number_indexes bytea[], name_keys text[], asking bigint)
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
    CROSS JOIN LATERAL (
        SELECT identity_document.person_id FROM identity_document
        WHERE identity_document.number_index = asked.number_index OFFSET 0
    ) AS document
    CROSS JOIN LATERAL (
        SELECT one.id, one.name_key, one.canonical_id FROM person one WHERE one.id = document.person_id OFFSET 0
    ) AS person
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

CREATE OR REPLACE FUNCTION certificates_elsewhere(number_indexes bytea[], person_ids bigint[])
RETURNS TABLE (place integer)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
    SELECT DISTINCT asked.place::integer
    FROM unnest(number_indexes, person_ids) WITH ORDINALITY AS asked (number_index, person_id, place)
    CROSS JOIN LATERAL (
        SELECT credential.person_id, credential.record_id FROM credential
        WHERE credential.number_index = asked.number_index OFFSET 0
    ) AS held
    CROSS JOIN LATERAL (
        SELECT FROM person holder WHERE holder.id = held.person_id
        AND coalesce(holder.canonical_id, holder.id) IS DISTINCT FROM asked.person_id OFFSET 0
    ) AS another
    CROSS JOIN LATERAL (
        SELECT FROM record WHERE record.id = held.record_id
        AND record.state NOT IN ('rejected', 'revoked', 'withdrawn') OFFSET 0
    ) AS live
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM shugu_resolver;
