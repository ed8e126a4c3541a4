-- The second wall within the bureau: an officer of some districts sees the records of these alone, and what belongs to
-- these. It stands behind the wall between organisations and takes away from what that lets through.
--   shugu.districts  codes parted by commas; empty for whoever is bound to none
-- A record without a district belongs to no such officer. Figures name nobody and stay whole: ledger, cube, snapshots.
--
-- For whoever is bound to no district the policies ask one setting, once a statement. For the others what is reached
-- from a record is looked up by functions that run as the resolver: as subqueries of the policies they would make every
-- statement of everybody longer to plan, and a person's policy would have to ask itself. They are safe in parallel
-- workers: one that is not keeps every statement that so much as names its table from being shared out.

CREATE FUNCTION wall_by_districts(walled regclass, condition text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($policy$
        CREATE POLICY own_districts ON %s AS RESTRICTIVE USING (
            (SELECT coalesce(current_setting('shugu.districts', true), '') = '') OR (%s)
        )$policy$, walled, condition);
END $$;

GRANT CREATE ON SCHEMA public TO shugu_resolver;
GRANT SELECT ON amendment, thread, lot_unit, evidence, retention_check TO shugu_resolver;
SET ROLE shugu_resolver;

CREATE FUNCTION district_record(asked bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
BEGIN
    RETURN EXISTS (SELECT FROM record WHERE id = asked
                   AND district = ANY (string_to_array(current_setting('shugu.districts', true), ',')));
END $$;
COMMENT ON FUNCTION district_record IS 'Whether a record lies in one of the districts of the scope.';

-- Whoever was found to be one person is seen by any of their records.
CREATE FUNCTION district_person(asked bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
DECLARE
    own CONSTANT text[] := string_to_array(current_setting('shugu.districts', true), ',');
    whole bigint;
BEGIN
    IF EXISTS (SELECT FROM record WHERE person_id = asked AND district = ANY (own)) THEN
        RETURN true;
    END IF;
    SELECT coalesce(canonical_id, id) INTO whole FROM person WHERE id = asked;
    RETURN EXISTS (SELECT FROM record WHERE person_id = whole AND district = ANY (own))
        OR EXISTS (SELECT FROM person one JOIN record ON record.person_id = one.id
                   WHERE one.canonical_id = whole AND record.district = ANY (own));
END $$;
COMMENT ON FUNCTION district_person IS 'Whether a person has a record in one of the districts of the scope.';

CREATE FUNCTION district_row(asked bigint, in_row integer) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
DECLARE
    own CONSTANT text[] := string_to_array(current_setting('shugu.districts', true), ',');
BEGIN
    RETURN EXISTS (SELECT FROM record WHERE submission_id = asked AND "row" = in_row AND district = ANY (own))
        OR EXISTS (SELECT FROM amendment JOIN record ON record.id = amendment.record_id
                   WHERE amendment.submission_id = asked AND amendment."row" = in_row AND record.district = ANY (own));
END $$;
COMMENT ON FUNCTION district_row IS 'Whether a submission''s row became a record, or an amendment of one, in one of the districts of the scope.';

CREATE FUNCTION district_thread(asked bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
BEGIN
    RETURN EXISTS (SELECT FROM thread WHERE id = asked AND district_record(record_id));
END $$;
COMMENT ON FUNCTION district_thread IS 'Whether a question is about a record in one of the districts of the scope.';

-- A verdict is of the whole lot, so it is seen by whoever sees all of it.
CREATE FUNCTION district_lot(asked bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
BEGIN
    RETURN EXISTS (SELECT FROM lot_unit WHERE lot_id = asked)
        AND NOT EXISTS (SELECT FROM lot_unit WHERE lot_id = asked AND NOT district_record(record_id));
END $$;
COMMENT ON FUNCTION district_lot IS 'Whether every member of a lot lies in the districts of the scope.';

CREATE FUNCTION district_file(asked bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
BEGIN
    RETURN EXISTS (SELECT FROM evidence WHERE (file_id = asked OR thumbnail_id = asked) AND district_record(record_id));
END $$;
COMMENT ON FUNCTION district_file IS 'Whether a file shows a credential on a record in one of the districts of the scope.';

CREATE FUNCTION district_check(asked bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
BEGIN
    RETURN EXISTS (SELECT FROM retention_check WHERE id = asked AND district_record(record_id));
END $$;
COMMENT ON FUNCTION district_check IS 'Whether it is asked who stayed of a record in one of the districts of the scope.';

REVOKE ALL ON FUNCTION district_record, district_person, district_row, district_thread, district_lot, district_file,
    district_check FROM PUBLIC;
GRANT EXECUTE ON FUNCTION district_record, district_person, district_row, district_thread, district_lot, district_file,
    district_check TO shugu_app, shugu_owner;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM shugu_resolver;

SELECT wall_by_districts('record',
    'district = ANY ((SELECT string_to_array(current_setting(''shugu.districts'', true), '',''))::text[])');
-- What stands in the gap and is no record names nobody.
SELECT wall_by_districts('gap', 'kind <> ''record'''
    ' OR district = ANY ((SELECT string_to_array(current_setting(''shugu.districts'', true), '',''))::text[])');
SELECT wall_by_districts(walled::regclass, 'district_record(record_id)') FROM unnest(ARRAY[
    'amendment', 'attendance', 'revision', 'decision', 'undoing', 'claim', 'first_verification', 'thread', 'lot_unit',
    'credential', 'examination', 'evidence', 'retention_check', 'departure']) AS walled;
SELECT wall_by_districts('retention_answer', 'district_check(check_id)');
SELECT wall_by_districts('thread_message', 'district_thread(thread_id)');
SELECT wall_by_districts('thread_reading', 'district_thread(thread_id)');
SELECT wall_by_districts('lot', 'district_lot(id)');
SELECT wall_by_districts('lot_defect', 'district_lot(lot_id)');
SELECT wall_by_districts('person', 'district_person(id)');
SELECT wall_by_districts(walled::regclass, 'district_person(person_id)') FROM unnest(ARRAY[
    'identity_document', 'person_alias', 'person_report', 'sighting', 'person_merge', 'standing', 'roster']) AS walled;
SELECT wall_by_districts('finding', 'district_row(submission_id, "row")');
SELECT wall_by_districts('sealed_file', 'district_file(id)');
SELECT wall_by_districts('sealed_chunk', 'district_file(file_id)');
SELECT wall_by_districts('decision_run', 'decided_by_id = (SELECT nullif(current_setting(''shugu.user'', true), '''')::bigint)');
-- These are about people of any district, or of none yet, and for the officers of the whole city.
SELECT wall_by_districts(walled::regclass, 'false') FROM unnest(ARRAY[
    'match_case', 'mend', 'check_list', 'plan_change', 'replay_hit', 'person_key', 'candidate', 'candidate_move',
    'candidate_document', 'candidate_arrival', 'candidate_hint', 'candidate_key']) AS walled;
