-- What the parts of an organisation report is read by its users; their money, their candidates, what they were asked and
-- written, and the files themselves are not.
SELECT read_from_above(walled::regclass) FROM unnest(ARRAY[
    'programme_organisation', 'cohort', 'submission', 'finding', 'record', 'amendment', 'revision', 'decision', 'undoing',
    'obligation', 'due_extension', 'attendance', 'retention_check', 'retention_answer']) AS walled;

GRANT CREATE ON SCHEMA public TO shugu_resolver;
GRANT SELECT ON programme_organisation TO shugu_resolver;
SET ROLE shugu_resolver;
CREATE FUNCTION taken_part_in_by_parts(asked bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
BEGIN
    RETURN EXISTS (SELECT FROM programme_organisation WHERE programme_id = asked AND organisation_id = ANY (
        string_to_array(current_setting('shugu.parts', true), ',')::bigint[]));
END $$;
COMMENT ON FUNCTION taken_part_in_by_parts IS 'Whether a part of the scope''s organisation takes part in a programme.';
REVOKE ALL ON FUNCTION taken_part_in_by_parts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION taken_part_in_by_parts TO shugu_app, shugu_owner;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM shugu_resolver;

SELECT read_from_above_by('programme', 'taken_part_in_by_parts(id)');
-- Of periods of their own by way of their scheme, as for whom it covers.
SELECT read_from_above_by('period_scheme', $condition$
    organisation_id = ANY ((SELECT string_to_array(current_setting('shugu.parts', true), ','))::bigint[])
    OR taken_part_in_by_parts(programme_id)
$condition$);
SELECT read_from_above_by('curriculum_area', 'taken_part_in_by_parts(programme_id)');
SELECT read_from_above_by('entry_requirement', 'taken_part_in_by_parts(programme_id)');
