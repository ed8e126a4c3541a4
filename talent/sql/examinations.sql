-- Verdicts on credentials and the files that show them; each row is its record's organisation's, as the credential is.

SELECT wall_by_organisation('examination');
SELECT keep_append_only('examination');
SELECT wall_by_organisation('evidence');

-- Who a person is found to be, however many steps away.
CREATE FUNCTION whole_person(asked bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE upwards AS (
        SELECT id, canonical_id FROM person WHERE id = asked
        UNION
        SELECT step.id, step.canonical_id FROM upwards JOIN person step ON step.id = upwards.canonical_id
    )
    SELECT id FROM upwards WHERE canonical_id IS NULL
$$;

-- A commit sees its own organisation's rows alone, and what was found false stands perhaps on another's record. Few
-- certificates ever are: the look-up goes from these to the credentials asked about.
CREATE FUNCTION false_certificates(first_id bigint, last_id bigint)
RETURNS TABLE (id bigint, found_on bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 10 AS $$
    WITH refuted AS MATERIALIZED (
        SELECT id, person_id, record_id, kind, code, number_index FROM credential
        WHERE state = 'refuted' AND number_index IS NOT NULL
    )
    SELECT DISTINCT ON (own.id) own.id, refuted.id
    FROM refuted CROSS JOIN LATERAL (
        SELECT id, person_id, record_id, kind, code, state FROM credential
        WHERE number_index = refuted.number_index OFFSET 0
    ) AS own
    WHERE own.id BETWEEN first_id AND last_id AND own.record_id <> refuted.record_id
        AND own.kind = refuted.kind AND own.code = refuted.code AND own.state IN ('claimed', 'evidenced')
        AND (own.person_id = refuted.person_id OR whole_person(own.person_id) = whole_person(refuted.person_id))
    ORDER BY own.id, refuted.id
$$;
COMMENT ON FUNCTION false_certificates IS
    'Those of a range of credentials whose certificate was found false on another record of the same person, and on which credential.';
GRANT CREATE ON SCHEMA public TO shugu_resolver;
ALTER FUNCTION whole_person OWNER TO shugu_resolver;
ALTER FUNCTION false_certificates OWNER TO shugu_resolver;
REVOKE CREATE ON SCHEMA public FROM shugu_resolver;
