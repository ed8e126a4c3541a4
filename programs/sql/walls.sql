SELECT wall_by_organisation('programme_organisation');
SELECT wall_by_organisation('cohort');
SELECT wall_by_organisation('submission');
SELECT wall_by_organisation('finding');
SELECT wall_by_organisation('mend');
SELECT wall_by_organisation('record');
SELECT wall_by_organisation('amendment');
SELECT wall_for_the_bureau('standing');
SELECT wall_for_the_bureau('ledger_entry');
SELECT keep_append_only('ledger_entry');

SELECT raise_wall('programme');
CREATE POLICY taking_part ON programme USING (
    (SELECT current_setting('shugu.scope', true)) = 'all'
    OR EXISTS (
        SELECT FROM programme_organisation part
        WHERE part.programme_id = programme.id
        AND part.organisation_id = (SELECT nullif(current_setting('shugu.organisation', true), '')::bigint)
    )
);

-- The look-ups that cross organisations: they run as the resolver and return ids and flags alone.

CREATE FUNCTION known_numbers(number_indexes bytea[], name_keys text[], asking bigint)
RETURNS TABLE (place integer, person_id bigint, name_state smallint, elsewhere boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1000 AS $$
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
        WHERE record.person_id = person.id AND record.state NOT IN ('rejected', 'revoked')
    ) AS report
$$;
COMMENT ON FUNCTION known_numbers IS
    'For each blind index asked: the person, whether the name agrees with the one on record (0 nothing on record, 1 agrees, 2 differs), and whether another organisation reports them.';

CREATE FUNCTION certificates_elsewhere(number_indexes bytea[], person_ids bigint[])
RETURNS TABLE (place integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 100 AS $$
    SELECT DISTINCT asked.place::integer
    FROM unnest(number_indexes, person_ids) WITH ORDINALITY AS asked (number_index, person_id, place)
    JOIN credential ON credential.number_index = asked.number_index
        AND credential.person_id IS DISTINCT FROM asked.person_id
    JOIN record ON record.id = credential.record_id AND record.state NOT IN ('rejected', 'revoked')
$$;
COMMENT ON FUNCTION certificates_elsewhere IS
    'The places of those certificate numbers that stand on another person than the one asked about.';

-- A function's owner must be able to create in its schema at the moment of the change, and at no other.
GRANT CREATE ON SCHEMA public TO shugu_resolver;
ALTER FUNCTION known_numbers OWNER TO shugu_resolver;
ALTER FUNCTION certificates_elsewhere OWNER TO shugu_resolver;
REVOKE CREATE ON SCHEMA public FROM shugu_resolver;
