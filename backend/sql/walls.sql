-- The second wall between organisations. A session that has not entered a scope sees no row.
--   shugu.scope         'all' (bureau staff and the system) or 'organisation'
--   shugu.organisation  the organisation's id, where the scope is 'organisation'
--   shugu.user          the user's id, for what belongs to one user
-- The settings are read in scalar subqueries so that they are evaluated once a statement and not once a row.

CREATE FUNCTION raise_wall(walled regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', walled);
END $$;

CREATE FUNCTION wall_by_organisation(walled regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM raise_wall(walled);
    EXECUTE format($policy$
        CREATE POLICY own_organisation ON %s USING (
            (SELECT current_setting('shugu.scope', true)) = 'all'
            OR organisation_id = (SELECT nullif(current_setting('shugu.organisation', true), '')::bigint)
        )$policy$, walled);
END $$;

-- The comparison stands inside the subquery: outside, the planner takes it to let one row in two hundred through, and
-- sorts a million entries where it should add them up.
CREATE FUNCTION wall_for_the_bureau(walled regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM raise_wall(walled);
    EXECUTE format($policy$
        CREATE POLICY the_bureau ON %s USING ((SELECT current_setting('shugu.scope', true) = 'all'))$policy$, walled);
END $$;

CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION keep_append_only(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', kept);
END $$;

SELECT wall_by_organisation('sealed_file');
SELECT wall_by_organisation('sealed_chunk');
SELECT wall_by_organisation('job');

SELECT raise_wall('idempotency_key');
CREATE POLICY own_user ON idempotency_key USING (
    user_id = (SELECT nullif(current_setting('shugu.user', true), '')::bigint)
);

SELECT raise_wall('audit_entry');
CREATE POLICY the_bureau_reads ON audit_entry FOR SELECT
    USING ((SELECT current_setting('shugu.scope', true)) = 'all');
CREATE POLICY anyone_is_audited ON audit_entry FOR INSERT WITH CHECK (true);
SELECT keep_append_only('audit_entry');
