-- The look-ups that cross organisations, as they are since partners may withdraw what they reported: withdrawn records
-- are no more on the books than rejected and revoked ones.
GRANT CREATE ON SCHEMA public TO shugu_resolver;
SET ROLE shugu_resolver;

CREATE OR REPLACE FUNCTION known_numbers(number_indexes bytea[], name_keys text[], asking bigint)
RETURNS TABLE (place integer, person_id bigint, name_state smallint, elsewhere boolean)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1000
SET search_path = public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
    SELECT asked.place::integer,
           document.person_id,
           (CASE WHEN NOT report.live THEN 0
                 WHEN person.name_key = asked.name_key
                      OR EXISTS (SELECT FROM person_alias alias
                                 WHERE alias.person_id = person.id AND alias.name_key = asked.name_key) THEN 1
                 ELSE 2 END)::smallint,
           report.elsewhere
    FROM unnest(number_indexes, name_keys) WITH ORDINALITY AS asked (number_index, name_key, place)
    JOIN identity_document document ON document.number_index = asked.number_index
    JOIN person ON person.id = document.person_id
    CROSS JOIN LATERAL (
        SELECT count(*) > 0 AS live, coalesce(bool_or(record.organisation_id <> asking), false) AS elsewhere
        FROM record
        WHERE record.person_id = person.id AND record.state NOT IN ('rejected', 'revoked', 'withdrawn')
    ) AS report
$$;

CREATE OR REPLACE FUNCTION certificates_elsewhere(number_indexes bytea[], person_ids bigint[])
RETURNS TABLE (place integer)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
    SELECT DISTINCT asked.place::integer
    FROM unnest(number_indexes, person_ids) WITH ORDINALITY AS asked (number_index, person_id, place)
    JOIN credential ON credential.number_index = asked.number_index
        AND credential.person_id IS DISTINCT FROM asked.person_id
    JOIN record ON record.id = credential.record_id AND record.state NOT IN ('rejected', 'revoked', 'withdrawn')
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM shugu_resolver;
