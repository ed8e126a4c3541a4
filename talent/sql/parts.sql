-- Whom the parts of an organisation report is read by its users: masked, and by the names that the parts gave.
GRANT CREATE ON SCHEMA public TO shugu_resolver;
GRANT SELECT ON person_report TO shugu_resolver;
SET ROLE shugu_resolver;
CREATE FUNCTION reported_by_parts(asked bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
BEGIN
    RETURN EXISTS (SELECT FROM person_report WHERE person_id = asked AND organisation_id = ANY (
        string_to_array(current_setting('shugu.parts', true), ',')::bigint[]));
END $$;
COMMENT ON FUNCTION reported_by_parts IS 'Whether a part of the scope''s organisation has reported a person.';
REVOKE ALL ON FUNCTION reported_by_parts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reported_by_parts TO shugu_app, shugu_owner;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM shugu_resolver;

SELECT read_from_above(walled::regclass) FROM unnest(ARRAY['person_report', 'sighting', 'credential', 'examination'])
    AS walled;
SELECT read_from_above_by('person', 'reported_by_parts(id)');
SELECT read_from_above_by('identity_document', 'reported_by_parts(person_id)');
SELECT read_from_above_by('person_alias', 'reported_by_parts(person_id)');
